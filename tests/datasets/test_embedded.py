"""What resources/README.md promises about the files shipped with the study."""

import importlib.util
import json
import re
from collections import Counter
from pathlib import Path

import pytest

EMBEDDED = Path(__file__).parents[2] / "resources" / "embedded"
RELATIONS = sorted(path.stem for path in (EMBEDDED / "facts").iterdir())

each_relation = pytest.mark.parametrize("relation", RELATIONS)


def _rows(table: str, relation: str) -> list[dict[str, str]]:
    lines = (EMBEDDED / table / f"{relation}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _facts(relation: str) -> list[tuple[str, str]]:
    return [(row["sub_label"], row["obj_label"]) for row in _rows("facts", relation)]


def _patterns(relation: str) -> list[str]:
    return [row["pattern"] for row in _rows("patterns", relation)]


def _prompts(relation: str) -> list[str]:
    """The part before [Y] of every pattern that ends in it."""
    ends = (re.fullmatch(r"(.*\[X\].*?)\s*\[Y\]\s*\.?", p) for p in _patterns(relation))
    return [end[1] for end in ends if end]


def _ambiguous(facts: list[tuple[str, str]]) -> set[str]:
    n_objects = Counter(subject for subject, _ in set(facts))
    return {subject for subject, n in n_objects.items() if n > 1}


def _clean(relation: str) -> list[tuple[str, str]]:
    """Facts once each, without ambiguous subjects and answers inside their subject."""
    facts = _facts(relation)
    ambiguous = _ambiguous(facts)
    return [
        (subject, answer)
        for subject, answer in dict.fromkeys(facts)
        if subject not in ambiguous and answer.lower() not in subject.lower()
    ]


def _paragraphs(name: str) -> list[str]:
    return (EMBEDDED / "text" / f"{name}.txt").read_text("utf-8").splitlines()


def _sentences(paragraphs: list[str]) -> list[str]:
    return [s for paragraph in paragraphs for s in re.split(r"(?<=\.) ", paragraph)]


def test_twelve_relations_have_both_facts_and_patterns() -> None:
    assert len(RELATIONS) == 12
    assert sorted(path.stem for path in (EMBEDDED / "patterns").iterdir()) == RELATIONS


@each_relation
def test_a_relation_has_thirty_clean_facts_or_more(relation: str) -> None:
    assert len(_clean(relation)) >= 30


@each_relation
def test_labels_are_short_and_objects_are_one_word(relation: str) -> None:
    for subject, answer in _facts(relation):
        assert 1 <= len(subject.split()) <= 4
        assert subject == " ".join(subject.split())
        assert answer.isalpha()


@each_relation
def test_no_object_takes_more_than_a_fifth_of_thirty_facts(relation: str) -> None:
    n_facts = Counter(answer for _, answer in _clean(relation))
    assert max(n_facts.values()) <= 6
    assert len(n_facts) >= 8


def test_a_subject_belongs_to_one_relation() -> None:
    relations = Counter(s for relation in RELATIONS for s in {s for s, _ in _facts(relation)})
    assert [subject for subject, n in relations.items() if n > 1] == []


@each_relation
def test_five_patterns_or_more_end_in_the_object(relation: str) -> None:
    assert len(_patterns(relation)) == len(set(_patterns(relation))) == 6
    assert len(_prompts(relation)) >= 5
    assert all(p.count("[X]") == p.count("[Y]") == 1 for p in _patterns(relation))


@each_relation
def test_final_words_differ_except_for_one_pair(relation: str) -> None:
    n_prompts = Counter(prompt.split()[-1] for prompt in _prompts(relation))
    assert sorted(n_prompts.values())[-2:] == [1, 2]
    assert len(n_prompts) >= 4


def test_some_patterns_do_not_end_in_the_object() -> None:
    assert sum(len(_prompts(relation)) == 5 for relation in RELATIONS) == 8


def test_no_prompt_has_two_answers() -> None:
    answers: dict[str, set[str]] = {}
    for relation in RELATIONS:
        for subject, answer in _clean(relation):
            for prompt in _prompts(relation):
                answers.setdefault(prompt.replace("[X]", subject), set()).add(answer)
    assert [prompt for prompt, found in answers.items() if len(found) > 1] == []


def test_what_is_not_clean_is_there_on_purpose() -> None:
    repeated, ambiguous, inside = set(), set(), set()
    for relation in RELATIONS:
        facts = _facts(relation)
        repeated |= {fact for fact, n in Counter(facts).items() if n > 1}
        ambiguous |= _ambiguous(facts)
        inside |= {fact for fact in facts if fact[1].lower() in fact[0].lower()}
    assert repeated == {("France", "Paris")}
    assert ambiguous == {"South Africa", "Cameroon"}
    assert inside == {("Luxembourg", "Luxembourg"), ("Laos", "Lao")}


def test_readme_counts_the_clean_facts() -> None:
    readme = (EMBEDDED.parent / "README.md").read_text("utf-8")
    counted = re.findall(r"(P\d+) \| [^|]+ \| (\d+) \|", readme)
    assert dict(counted) == {relation: str(len(_clean(relation))) for relation in RELATIONS}


def test_the_generator_writes_the_same_bytes_again() -> None:
    path = EMBEDDED / "text" / "generate.py"
    spec = importlib.util.spec_from_file_location("generate", path)
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    written = generate.texts()
    assert set(written) == {"training.txt", "held_out.txt"}
    for name, content in written.items():
        assert (EMBEDDED / "text" / name).read_bytes() == content.encode()


def test_training_and_held_out_text_share_words_but_no_sentence() -> None:
    training, held_out = _sentences(_paragraphs("training")), _sentences(_paragraphs("held_out"))
    assert len(set(training + held_out)) == len(training + held_out)
    known = set(re.findall(r"\w+", " ".join(training).lower()))
    words = re.findall(r"\w+", " ".join(held_out).lower())
    assert sum(word in known for word in words) / len(words) > 0.99


def test_paragraphs_are_long_enough_for_perplexity() -> None:
    assert len(_paragraphs("held_out")) >= 60
    for paragraph in _paragraphs("held_out") + _paragraphs("training"):
        assert 90 <= len(paragraph.split()) <= 170


def test_no_slot_of_the_grammar_is_left_open() -> None:
    assert not re.search(r"[{}]", " ".join(_paragraphs("held_out") + _paragraphs("training")))


@pytest.mark.slow
def test_the_text_names_no_subject_and_no_object() -> None:
    text = " " + " ".join(_paragraphs("held_out") + _paragraphs("training")).lower() + " "
    text = " ".join(re.findall(r"[\w'-]+", text))
    labels = {label.lower() for relation in RELATIONS for f in _facts(relation) for label in f}
    assert sorted(label for label in labels if re.search(rf"\b{re.escape(label)}\b", text)) == []


def test_the_text_stays_small() -> None:
    size = sum(path.stat().st_size for path in (EMBEDDED / "text").glob("*.txt"))
    assert size < 500_000
