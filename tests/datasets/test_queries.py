"""Prompts are what method and ParaRel's quirks ask for."""

import pytest

from qloc.datasets.filtering import flagged
from qloc.datasets.queries import (
    all_queries,
    fact_rows,
    final_word,
    is_answer_after_subject,
    is_answer_final,
    prompt,
    query_rows,
)


@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("The capital of [X] is [Y] .", "Peru", "The capital of Peru is"),
        ("[X],  a type of [Y].", "oak", "oak, a type of"),
        (" [X] is [Y] ", "Ueno  Imperial Grant Park", "Ueno Imperial Grant Park is"),
        (
            "[X]'s capital is \u201c[Y]\u201d",
            "C\u00f4te d'Ivoire",
            "C\u00f4te d'Ivoire's capital is \u201c",
        ),
        ("[X] and [X]: the [Y]-owned thing", "Q", "Q and Q: the"),
        ("[X] is [Y]", "the film [Y] or [X]", "the film [Y] or [X] is"),
    ],
)
def test_a_prompt_is_the_pattern_up_to_the_answer(pattern, subject, expected):
    assert prompt(pattern, subject) == expected


@pytest.mark.parametrize(
    ("pattern", "is_final"),
    [
        ("[X] in [Y]", True),
        ("[X] in [Y].", True),
        ("[X] in [Y] . ", True),
        ("[X] in [Y] ..", False),
        ("[X] in [Y], too.", False),
        ("[X] in [Y]!", False),
        ("The [Y]-owned [X]", False),
    ],
)
def test_an_answer_is_final_if_only_a_full_stop_follows(pattern, is_final):
    assert is_answer_final(pattern) is is_final


def test_the_subject_must_stand_before_the_answer():
    assert is_answer_after_subject("[X] in [Y], says [X]")
    assert not is_answer_after_subject("[Y] has [X]")


@pytest.mark.parametrize(
    ("pattern", "word"),
    [("[X] lies in [Y].", "in"), ("In, [X] [Y]", "[X]"), ("[X], [Y]", "[X],")],
)
def test_the_final_word_is_the_last_before_the_answer(pattern, word):
    assert final_word(pattern) == word


def test_facts_and_queries_are_named_by_line_and_template(relation_of):
    relation = relation_of([("Lyon", "France"), ("Bonn", "Germany")], ["[X] in [Y]", "[X]: [Y] ."])
    left = flagged(all_queries(relation)).iloc[2:]
    facts, queries = fact_rows("P7", left), query_rows("P7", left)
    assert facts["fact_id"].tolist() == ["P7/00001"]
    assert queries["query_id"].tolist() == ["P7/00001/00", "P7/00001/01"]
    assert queries["prompt"].tolist() == ["Bonn in", "Bonn:"]
    assert queries["final_word"].tolist() == ["in", "[X]:"]
    assert set(queries["answer"]) == {"Germany"}
