"""The Jaccard ladder: which pairs stand on which rung, and what their means weigh."""

import itertools

import numpy as np
import pytest

import qloc.measures.ladder
from qloc.measures.bootstrap import Draws, observed
from qloc.measures.ladder import RUNGS, ladder_means, ladder_pairs

ROWS = [
    (relation, fact, template, f"object {fact % 3}")
    for relation in ("P1", "P2")
    for fact in range(7)
    for template in range(3)
]


def rung_of(queries, first, second):
    """The rung of a pair by the definition, None if it is on none."""
    facts = queries.facts[[first, second]]
    objects = queries.objects[facts]
    same_template = queries.templates[first] == queries.templates[second]
    if facts[0] == facts[1]:
        return "same_fact"
    if queries.relations[facts[0]] != queries.relations[facts[1]]:
        return "other_relation" if objects[0] != objects[1] else None
    if objects[0] == objects[1]:
        return None if same_template else "same_object"
    return "same_template" if same_template else "same_relation"


@pytest.mark.parametrize("rung", RUNGS)
def test_pairs_are_on_their_rung_and_different(make_queries, rung):
    queries = make_queries(ROWS)
    pairs = ladder_pairs(queries, rung, seed=1)
    assert len(pairs)
    assert {rung_of(queries, *pair) for pair in pairs} == {rung}
    assert len(np.unique(pairs, axis=0)) == len(pairs)


@pytest.mark.parametrize("rung", ["same_fact", "same_object", "same_template", "same_relation"])
def test_few_pairs_are_all_taken(make_queries, rung):
    queries = make_queries(ROWS)
    n = len(queries.query_ids)
    possible = [p for p in itertools.permutations(range(n), 2) if rung_of(queries, *p) == rung]
    if rung == "same_fact":
        possible = [pair for pair in possible if pair[0] < pair[1]]
    found = ladder_pairs(queries, rung, seed=1)
    assert sorted(map(tuple, found.tolist())) == sorted(possible)


def test_no_fact_has_more_pairs_than_allowed(make_queries, monkeypatch):
    monkeypatch.setattr(qloc.measures.ladder, "PAIRS_OF_FACT", 5)
    queries = make_queries(ROWS)
    for rung in RUNGS[1:]:
        first = queries.facts[ladder_pairs(queries, rung, seed=1)[:, 0]]
        assert np.bincount(first).max() <= 5


def test_large_studies_draw_fewer_pairs_of_a_fact(make_queries, monkeypatch):
    monkeypatch.setattr(qloc.measures.ladder, "PAIRS_OF_RUNG", 3 * 14)
    queries = make_queries(ROWS)
    assert len(ladder_pairs(queries, "same_relation", seed=1)) == 3 * 14


def test_pairs_of_a_relation_do_not_depend_on_the_order_of_rows(make_queries):
    queries, turned = make_queries(ROWS), make_queries(ROWS[::-1])
    for rung in RUNGS:
        np.testing.assert_array_equal(
            ladder_pairs(queries, rung, seed=1), ladder_pairs(turned, rung, seed=1)
        )


def test_one_relation_has_no_pair_with_another(make_queries):
    assert len(ladder_pairs(make_queries(ROWS[:21]), "other_relation", seed=1)) == 0


def test_facts_count_equally_however_many_pairs_they_have():
    jaccards = np.array([0.2, 0.4, 0.9, np.nan])
    first, second = np.array([0, 0, 1, 2]), np.array([0, 0, 1, 2])
    found = observed(ladder_means(jaccards, first, second, np.zeros(3, int)), np.zeros(3, int))
    assert found[0] == pytest.approx((0.3 + 0.9) / 2)


def test_a_pair_weighs_the_draws_of_both_facts_but_its_relation_once():
    jaccards = np.array([0.5, 0.1, 0.8])  # of facts 0 and 1; 2 and 3; 1 and 2
    first, second, relations = np.array([0, 2, 1]), np.array([1, 3, 2]), np.array([0, 0, 1, 1])
    draws = Draws(np.array([[3.0, 1.0, 1.0, 1.0]]), np.array([[2.0, 1.0]]))
    found = ladder_means(jaccards, first, second, relations)(draws)[0, 0]
    weights = np.array([3 * 1 / 2, 1 * 1 / 1, 1 * 1])
    assert found == pytest.approx(weights @ jaccards / weights.sum())


def test_the_pairs_of_one_fact_weigh_its_draws_once():
    jaccards, facts = np.array([0.5, 0.1]), np.array([0, 1])
    statistic = ladder_means(jaccards, facts, facts, np.zeros(2, int))
    found = statistic(Draws(np.array([[3.0, 1.0]]), np.array([[2.0]])))[0, 0]
    assert found == pytest.approx((3 * 0.5 + 0.1) / 4)


def test_many_pairs_are_weighed_some_draws_at_a_time(monkeypatch):
    draw = np.random.default_rng(4)
    first, second, relations = draw.integers(0, 9, 50), draw.integers(0, 9, 50), np.arange(9) % 2
    jaccards = draw.random(50)
    draws = Draws(draw.integers(0, 3, (7, 9)).astype(float), draw.integers(1, 3, (7, 2)) * 1.0)
    at_once = ladder_means(jaccards, first, second, relations)(draws)
    monkeypatch.setattr(qloc.measures.ladder, "WEIGHTS_AT_ONCE", 100)
    in_parts = ladder_means(jaccards, first, second, relations)(draws)
    np.testing.assert_allclose(in_parts, at_once, rtol=1e-14)


@pytest.mark.parametrize("n_undefined", [0, 2])
def test_a_rung_without_a_neuron_has_no_mean(n_undefined):
    facts = np.arange(n_undefined)
    statistic = ladder_means(np.full(n_undefined, np.nan), facts, facts, np.zeros(3, int))
    assert np.isnan(observed(statistic, np.zeros(3, int)))
