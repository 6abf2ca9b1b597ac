"""What tiny models are trained on, and what is held out."""

from collections import Counter

import numpy as np
import pytest

from qloc.errors import StudyError
from qloc.models.tiny_lessons import Sentence, fact_batches, prepare, text_windows, trained_queries
from qloc.models.tiny_tokenizer import train_tokenizer


def _sentences(n_facts, n_templates, prompt="{fact} by {template} is"):
    return [
        Sentence(f"P1/{f:05d}/{t:02d}", f"P1/{f:05d}", prompt.format(fact=f, template=t), f"o{f}")
        for f in range(n_facts)
        for t in range(n_templates)
    ]


def _n_held_out(was_trained):
    return Counter(name[:8] for name, trained in was_trained.items() if not trained)


def test_one_query_is_held_out_of_a_fact_with_four_and_none_of_a_fact_with_three():
    assert set(_n_held_out(trained_queries(_sentences(30, 4))).values()) == {1}
    assert len(_n_held_out(trained_queries(_sentences(30, 4)))) == 30
    assert all(trained_queries(_sentences(30, 3)).values())


def test_each_template_is_held_out_of_some_facts():
    was_trained = trained_queries(_sentences(60, 5))
    held_out = Counter(name[-2:] for name, trained in was_trained.items() if not trained)
    assert set(held_out) == {"00", "01", "02", "03", "04"}


def test_what_is_held_out_depends_on_the_fact_alone():
    sentences = _sentences(20, 5)
    whole = trained_queries(sentences)
    part = trained_queries(sentences[::-1][:50])
    assert part == {name: whole[name] for name in part}


def test_a_held_out_query_counts_as_trained_if_another_has_its_sentence():
    sentences = _sentences(5, 4, prompt="{fact} is")
    assert all(trained_queries(sentences).values())


@pytest.mark.parametrize("passes", [0.5, 1.0, 2.5])
def test_every_sentence_is_read_as_often_as_passes_say(passes):
    lengths = list(range(3, 43))
    batches = list(fact_batches(lengths, passes, 2, np.random.default_rng(5)))
    counts = Counter(int(i) for batch in batches for i in batch)
    assert sum(counts.values()) == passes * 40
    assert set(counts.values()) <= {int(passes), int(np.ceil(passes))}
    assert max(len(batch) for batch in batches) == 2


def test_batches_hold_sentences_of_similar_length():
    lengths = np.random.default_rng(5).permutation(np.repeat(np.arange(3, 35), 4))
    batches = list(fact_batches(lengths.tolist(), 1.0, 8, np.random.default_rng(6)))
    assert len(batches) == 16
    assert all(np.ptp(lengths[batch]) <= 1 for batch in batches)


def test_windows_are_stretches_of_the_text():
    stream = np.arange(100, 140)
    windows = text_windows(stream, 50, 7, np.random.default_rng(5))
    assert windows.shape == (50, 7)
    assert (np.diff(windows, axis=1) == 1).all()
    assert windows.min() == 100
    assert windows.max() == 139
    assert (
        text_windows(stream[:4], 2, 7, np.random.default_rng(5)).tolist()
        == [[100, 101, 102, 103]] * 2
    )


def test_sentences_end_with_the_end_of_text_and_queries_are_split():
    sentences = _sentences(6, 4)
    text = ["Some words to learn from.", "And more of them."]
    tokenizer = train_tokenizer([s.prompt for s in sentences], ["o1"], text, opens_with_end=True)
    was_trained = trained_queries(sentences)
    lessons = prepare(tokenizer, sentences, was_trained, text, ["Held out words."] * 50)
    assert len(lessons.sentences) == len(lessons.trained) == 18
    assert len(lessons.held_out) == 6
    assert len(lessons.reading) == 40
    first = next(s for s in sentences if was_trained[s.query_id])
    assert lessons.sentences[0][-1] == 0
    assert tokenizer.decode(lessons.sentences[0][1:-1]) == f"{first.prompt} {first.answer}."
    assert (lessons.stream == 0).sum() == len(text)
    assert tokenizer.decode(lessons.stream[lessons.stream != 0]) == "".join(text)


def test_nothing_to_learn_or_to_read_is_refused():
    sentences = _sentences(2, 4)
    tokenizer = train_tokenizer(["a b"], ["o1"], ["text"], opens_with_end=False)
    with pytest.raises(StudyError, match="None of 0 queries"):
        prepare(tokenizer, [], {}, ["text"], ["more text"])
    with pytest.raises(StudyError, match="no paragraph of two tokens"):
        prepare(tokenizer, sentences, trained_queries(sentences), ["text"], ["t"])
