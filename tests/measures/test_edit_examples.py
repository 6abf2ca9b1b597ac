"""Examples are drawn among evaluated facts, with held-out queries if there are any."""

from dataclasses import replace

import pytest

from qloc.measures.edit_examples import example_facts, example_queries
from qloc.measures.facts_to_edit import FactToEdit, QueryOfFact

HELD_OUT = ("edited", "held_out", "used", "held_out")
FEW = ("edited", "neighbor", "neighbor")
ONE = ("edited",)


def fact(name: str, roles: tuple[str, ...], is_consistent=True, role="evaluation") -> FactToEdit:
    queries = tuple(QueryOfFact(f"{name}/{n:02d}", kind, "text") for n, kind in enumerate(roles))
    return FactToEdit(name, role, is_consistent, "Oslo", "Rome", queries)


def names(facts, seed=3):
    return [found.fact_id for found in example_facts(facts, seed)]


def test_a_consistent_fact_stands_before_an_inconsistent_one():
    both = [fact("a", FEW, is_consistent=False), fact("b", FEW)]
    assert names(both) == ["b", "a"]
    assert names(both[:1]) == ["a"]
    assert names([]) == []


def test_facts_that_are_not_evaluated_are_no_examples():
    others = [fact("a", HELD_OUT, role="calibration"), fact("b", HELD_OUT, role="sequence")]
    assert names([*others, fact("c", ONE)]) == ["c"]


@pytest.mark.parametrize("seed", range(5))
def test_more_queries_are_better(seed):
    facts = [fact("one", ONE), fact("few", FEW), fact("many", HELD_OUT)]
    assert names(facts, seed) == ["many"]
    assert names(facts[:2], seed) == ["few"]


def test_facts_are_drawn_by_seed_and_name_whatever_the_others_are():
    facts = [fact(f"P1/{n}", HELD_OUT) for n in range(20)]
    drawn = {seed: names(facts, seed)[0] for seed in range(8)}
    assert len(set(drawn.values())) > 3
    assert {seed: names(facts[::-1], seed)[0] for seed in range(8)} == drawn
    others = [one for one in facts if one.fact_id != drawn[0]]
    assert names([*others[:3], *others[5:], fact(drawn[0], HELD_OUT)], 0) == [drawn[0]]


def test_the_other_query_is_drawn_among_the_held_out_ones():
    drawn = [example_queries(fact(f"P1/{n}", HELD_OUT), 3) for n in range(20)]
    assert {first for first, _ in drawn} == {0}
    assert {other for _, other in drawn} == {1, 3}
    few = [example_queries(fact(f"P1/{n}", FEW), 3) for n in range(20)]
    assert {other for _, other in few} == {1, 2}
    assert example_queries(fact("P1/0", ONE), 3) == [0]


def test_another_seed_draws_another_query():
    one = fact("P1/0", HELD_OUT)
    assert {tuple(example_queries(one, seed)) for seed in range(20)} == {(0, 1), (0, 3)}
    assert example_queries(replace(one, answer="Bonn"), 3) == example_queries(one, 3)
