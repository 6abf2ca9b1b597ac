"""What a tiny model reads during training: sentences of facts, and windows of general text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64

from qloc.errors import StudyError
from qloc.models.prompting import EncodedQuery, Tokenizer, encode_query
from qloc.models.tiny import CONTEXT_LENGTH, END_ID
from qloc.randomness import generator

# A fact asked through at least this many templates is trained without one of them.
FEWEST_TEMPLATES_TO_HOLD_ONE_OUT = 4
# Which one depends on the fact alone, so that all models and seeds are trained on the same.
HELD_OUT_SEED = 0
# Sentences are drawn in pools of this many batches and sorted by length within a pool: little
# is padded, and a batch is still a mixture of facts.
BATCHES_IN_POOL = 16
# Paragraphs on which perplexity is measured during training, each up to the context length.
N_READ = 40


@dataclass(frozen=True)
class Sentence:
    """A query with its answer, as training reads it."""

    query_id: str
    fact_id: str
    prompt: str
    answer: str


@dataclass(frozen=True)
class Lessons:
    """What a tiny model is trained on and measured by, as tokens.

    Attributes:
        sentences: Whole training sentences, with end of text.
        trained: Queries of these sentences.
        held_out: Queries whose sentences are not trained on.
        stream: General text for training, an end-of-text token after every paragraph.
        reading: General text for perplexity, in paragraphs.
    """

    sentences: Sequence[Sequence[int]]
    trained: Sequence[EncodedQuery]
    held_out: Sequence[EncodedQuery]
    stream: Int64[np.ndarray, " token"]
    reading: Sequence[Sequence[int]]


def trained_queries(sentences: Sequence[Sentence]) -> dict[str, bool]:
    """By query_id, whether its sentence is trained on.

    One query of every fact with four or more is held out. A held-out query whose very
    sentence another query brings to training counts as trained.
    """
    by_fact: dict[str, list[Sentence]] = {}
    for sentence in sorted(sentences, key=lambda sentence: sentence.query_id):
        by_fact.setdefault(sentence.fact_id, []).append(sentence)
    held_out = {
        group[generator(HELD_OUT_SEED, "held_out_query", fact_id).integers(len(group))].query_id
        for fact_id, group in by_fact.items()
        if len(group) >= FEWEST_TEMPLATES_TO_HOLD_ONE_OUT
    }
    texts = {(s.prompt, s.answer) for s in sentences if s.query_id not in held_out}
    return {s.query_id: (s.prompt, s.answer) in texts for s in sentences}


def prepare(
    tokenizer: Tokenizer,
    sentences: Sequence[Sentence],
    was_trained: Mapping[str, bool],
    training_text: Sequence[str],
    held_out_text: Sequence[str],
) -> Lessons:
    """Turn sentences and general text, in paragraphs, into tokens.

    Args:
        tokenizer: Of the tiny model.
        sentences: All queries of the study.
        was_trained: Of `trained_queries`.
        training_text: General text to learn from.
        held_out_text: General text to measure perplexity on.

    Raises:
        StudyError: There is nothing to learn, or nothing to measure perplexity on.
    """
    encoded = {
        s.query_id: encode_query(tokenizer, s.prompt, s.answer, CONTEXT_LENGTH) for s in sentences
    }
    askable = {name: query for name, query in encoded.items() if query.problem is None}
    trained = [query for name, query in askable.items() if was_trained[name]]
    reading = [tokenizer.encode(text)[:CONTEXT_LENGTH] for text in held_out_text]
    reading = [text for text in reading if len(text) > 1][:N_READ]
    if not trained:
        raise StudyError(
            f"None of {len(sentences)} queries can be trained on. If there is none, `dataset` left"
            " nothing of any relation (results/filter_steps says at which step): loosen `exclude`,"
            " `patterns`, `min_templates` or `sample`, or list other `relations`. Otherwise give"
            f" facts whose sentences have under {CONTEXT_LENGTH} tokens."
        )
    if not reading:
        raise StudyError("The held-out text has no paragraph of two tokens. Give a longer text.")
    return Lessons(
        sentences=[_sentence_tokens(tokenizer, s) for s in sentences if was_trained[s.query_id]],
        trained=trained,
        held_out=[query for name, query in askable.items() if not was_trained[name]],
        stream=_stream(tokenizer, training_text),
        reading=reading,
    )


def fact_batches(
    lengths: Sequence[int], passes: float, batch_size: int, draws: np.random.Generator
) -> Iterator[Int64[np.ndarray, " sentence"]]:
    """Batches of sentence numbers: every sentence ``passes`` times, each pass in a new order.

    Sentences of a batch have similar lengths. The last batch of a pool may be smaller.

    Args:
        lengths: Of all sentences, in tokens.
        passes: Over all sentences; a fraction stops within the last pass.
        batch_size: Sentences in a batch.
        draws: Chooses the orders.
    """
    n_draws = max(1, round(passes * len(lengths)))
    n_orders = -(-n_draws // len(lengths))
    order = np.concatenate([draws.permutation(len(lengths)) for _ in range(n_orders)])[:n_draws]
    for start in range(0, n_draws, batch_size * BATCHES_IN_POOL):
        pool = order[start : start + batch_size * BATCHES_IN_POOL]
        pool = pool[np.argsort(np.asarray(lengths)[pool], kind="stable")]
        batches = [pool[i : i + batch_size] for i in range(0, len(pool), batch_size)]
        yield from (batches[i] for i in draws.permutation(len(batches)))


def text_windows(
    stream: Int64[np.ndarray, " place"], n_windows: int, length: int, draws: np.random.Generator
) -> Int64[np.ndarray, "window token"]:
    """Stretches of the general text from random places; shorter ones if the text is short."""
    length = min(length, len(stream))
    starts = draws.integers(0, len(stream) - length + 1, size=n_windows)
    return np.stack([stream[start : start + length] for start in starts])


def _sentence_tokens(tokenizer: Tokenizer, sentence: Sentence) -> list[int]:
    """``prompt object.`` and the end-of-text token, cut at the context length."""
    tokens = tokenizer.encode(f"{sentence.prompt} {sentence.answer}.")
    return [*tokens, END_ID][:CONTEXT_LENGTH]


def _stream(tokenizer: Tokenizer, paragraphs: Sequence[str]) -> Int64[np.ndarray, " token"]:
    tokens = [
        token
        for paragraph in paragraphs
        for token in (*tokenizer.encode(paragraph, add_special_tokens=False), END_ID)
    ]
    return np.array(tokens, dtype=np.int64)
