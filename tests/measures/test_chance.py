"""Mixed facts: who may give, and what they score."""

import itertools

import numpy as np
import pytest

from qloc.measures.chance import chance_means, chance_scores, draw_donors, mixed_scores
from qloc.measures.consistency import consistency_scores, fact_overlaps

KINDS = ["any", "same_object", "other_object"]


def study(draw, make_queries, n_facts=12, n_templates=4, n_objects=3, share=0.8):
    """Two relations whose facts are asked through some of the templates."""
    rows = [
        (relation, fact, template, f"object {fact % n_objects}")
        for relation in ("P1", "P2")
        for fact in range(n_facts)
        for template in range(n_templates)
        if draw.random() < share
    ]
    return make_queries(rows)


@pytest.mark.parametrize("kind", KINDS)
def test_donors_share_relation_and_template_and_are_different_other_facts(make_queries, kind):
    queries = study(np.random.default_rng(1), make_queries)
    donors = draw_donors(queries, kind, 30, seed=3)
    relations = queries.relations[queries.facts]
    objects = queries.objects[queries.facts]
    for query, drawn in enumerate(donors):
        given = drawn[drawn >= 0]
        assert (relations[given] == relations[query]).all()
        assert (queries.templates[given] == queries.templates[query]).all()
        assert (queries.facts[given] != queries.facts[query]).all()
        if kind != "any":
            assert ((objects[given] == objects[query]) == (kind == "same_object")).all()
    for fact in range(queries.n_facts):
        for given in donors[queries.facts == fact].T:
            facts = queries.facts[given[given >= 0]]
            assert len(set(facts)) == len(facts)


@pytest.mark.parametrize("kind", KINDS)
def test_every_possible_donor_is_drawn_equally_often_for_a_first_query(make_queries, kind):
    queries = study(np.random.default_rng(2), make_queries, n_facts=9, n_templates=2, share=1)
    donors = draw_donors(queries, kind, 6000, seed=4)[0]
    drawn, counts = np.unique(donors, return_counts=True)
    is_same = queries.objects[queries.facts] == queries.objects[0]
    wanted = {"any": True, "same_object": is_same, "other_object": ~is_same}[kind]
    possible = (
        (queries.relations[queries.facts] == 0)
        & (queries.templates == 0)
        & (queries.facts != 0)
        & wanted
    )
    assert drawn.tolist() == np.flatnonzero(possible).tolist()
    expected = 6000 / len(drawn)
    assert (np.abs(counts - expected) < 4.5 * np.sqrt(expected)).all()


def test_a_later_query_draws_equally_often_from_those_who_have_not_given(make_queries):
    queries = study(np.random.default_rng(2), make_queries, n_facts=5, n_templates=2, share=1)
    donors = draw_donors(queries, "any", 12_000, seed=5)[:2]
    pairs, counts = np.unique(queries.facts[donors], axis=1, return_counts=True)
    assert set(map(tuple, pairs.T)) == set(itertools.permutations([1, 2, 3, 4], 2))
    assert (np.abs(counts - 1000) < 4.5 * np.sqrt(1000)).all()


def test_without_enough_other_facts_there_is_no_chance(make_queries, make_sets):
    rows = [("P1", fact, template, "x") for fact in range(3) for template in range(3)]
    queries = make_queries(rows)
    donors = draw_donors(queries, "any", 10, seed=1)
    assert (donors < 0).any(axis=0).all()
    sets = make_sets([{1}] * 9)
    assert np.isnan(chance_scores(sets, queries, donors)).all()


def test_donors_do_not_depend_on_other_relations_or_the_order_of_rows(make_queries):
    draw = np.random.default_rng(6)
    rows = [("P1", fact, t, f"o{fact % 2}") for fact in range(8) for t in range(3)]
    alone = draw_donors(make_queries(rows), "any", 15, seed=2)
    more = [("P2", fact, t, "x") for fact in range(4) for t in range(3)]
    shuffled = [(rows + more)[i] for i in draw.permutation(len(rows) + len(more))]
    together = draw_donors(make_queries(shuffled), "any", 15, seed=2)
    np.testing.assert_array_equal(together[: len(rows)], alone)


def test_another_seed_draws_other_donors(make_queries):
    queries = study(np.random.default_rng(1), make_queries)
    first, second = (draw_donors(queries, "any", 20, seed) for seed in (0, 1))
    assert (first != second).any()


def test_chance_is_the_mean_score_of_the_mixed_facts(make_queries, make_sets):
    draw = np.random.default_rng(9)
    queries = study(draw, make_queries)
    sets = [set(draw.choice(15, 4, replace=False).tolist()) for _ in queries.query_ids]
    donors = draw_donors(queries, "any", 7, seed=8)
    found = chance_scores(make_sets(sets), queries, donors)
    for fact in range(queries.n_facts):
        scores = []
        for given in donors[queries.facts == fact].T:
            if len(given) < 2 or (given < 0).any():
                continue
            mixed = [sets[query] for query in given]
            union = set().union(*mixed)
            scores.append(sum(sum(n in s for s in mixed) > 1 for n in union) / len(union))
        expected = np.mean(scores) if scores else np.nan
        np.testing.assert_allclose(found[fact], expected, rtol=1e-12)


def test_mixed_facts_scored_by_hand(make_queries, make_sets):
    queries = make_queries([("P1", fact, t, "x") for fact in range(3) for t in range(2)])
    sets = make_sets([{1, 2}, {1, 3}, {2, 3}, set(), set(), {1, 5}])
    # For each query the one that replaces it, in three draws; in the second, fact 0 gets no
    # neuron, and fact 1 lacks a donor.
    donors = np.array([[2, 4, 4], [5, 3, 5], [0, 4, 0], [5, -1, 5], [0, 2, 2], [3, 1, 1]])
    scores = mixed_scores(sets, queries, donors)
    expected = [[0, 1 / 3, 0], [np.nan, np.nan, 1 / 3], [0, 1 / 3, 1 / 3]]
    np.testing.assert_array_equal(scores, expected)
    np.testing.assert_allclose(chance_scores(sets, queries, donors), [0, 1 / 3, 2 / 9])


def test_without_draws_there_is_no_mixed_fact(make_queries, make_sets):
    queries = make_queries([("P1", fact, t, "x") for fact in range(3) for t in range(2)])
    donors = draw_donors(queries, "any", 0, seed=1)
    scores = mixed_scores(make_sets([{1}] * 6), queries, donors)
    assert scores.shape == (0, 3)
    assert np.isnan(chance_means(scores)).all()


def test_means_of_mixed_facts_and_their_errors_by_hand():
    nan = np.nan
    scores = np.array(
        [[0.1, nan, nan, 0.5], [0.2, 0.4, nan, 0.5], [0.3, nan, nan, 0.5], [nan, nan, nan, 0.5]]
    )
    means, errors = chance_means(scores)
    np.testing.assert_allclose(means, [0.2, 0.4, nan, 0.5], rtol=1e-15)
    # Three scores of variance (0.1² + 0.1²)/2; a single one says nothing of its error.
    np.testing.assert_allclose(errors, [0.1 / np.sqrt(3), nan, nan, 0], rtol=1e-15)


def test_chance_is_the_running_sum_over_the_draws_to_the_last_bit(make_queries, make_sets):
    draw = np.random.default_rng(10)
    queries = study(draw, make_queries)
    sets = make_sets([set(draw.choice(15, 4).tolist()) for _ in queries.query_ids])
    donors = draw_donors(queries, "any", 30, seed=8)
    sums, counts = np.zeros(queries.n_facts), np.zeros(queries.n_facts)
    for scores in mixed_scores(sets, queries, donors):
        sums += np.where(np.isnan(scores), 0, scores)
        counts += ~np.isnan(scores)
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(chance_scores(sets, queries, donors), sums / counts)


def test_facts_that_agree_only_within_themselves_have_chance_0(make_queries, make_sets):
    rows = [("P1", fact, t, "x") for fact in range(6) for t in range(3)]
    queries = make_queries(rows)
    sets = make_sets([{fact} for fact in range(6) for _ in range(3)])
    scores = consistency_scores(fact_overlaps(sets, queries.facts, 6), queries.n_queries)
    donors = draw_donors(queries, "any", 20, seed=1)
    assert scores.tolist() == [1] * 6
    assert chance_scores(sets, queries, donors).tolist() == [0] * 6


def test_neurons_of_the_template_alone_give_all_their_agreement_by_chance(make_queries, make_sets):
    rows = [("P1", fact, t, "x") for fact in range(6) for t in range(3)]
    queries = make_queries(rows)
    sets = make_sets([{1, 10 + t} for _ in range(6) for t in range(3)])
    donors = draw_donors(queries, "any", 20, seed=1)
    np.testing.assert_allclose(chance_scores(sets, queries, donors), [1 / 4] * 6)


def test_same_and_other_objects_are_told_apart(make_queries, make_sets):
    rows = [("P1", fact, t, f"o{fact % 2}") for fact in range(10) for t in range(2)]
    queries = make_queries(rows)
    sets = make_sets([{fact % 2} for fact in range(10) for _ in range(2)])
    same = chance_scores(sets, queries, draw_donors(queries, "same_object", 20, seed=1))
    assert same.tolist() == [1] * 10
    rows = [("P1", fact, t, f"o{fact}") for fact in range(10) for t in range(2)]
    apart = make_queries(rows)
    assert np.isnan(chance_scores(sets, apart, draw_donors(apart, "same_object", 5, seed=1))).all()


def test_a_study_without_queries_has_no_donors(make_queries):
    queries = make_queries([("P1", 0, 0, "x")], is_studied=False)
    assert draw_donors(queries, "any", 4, seed=0).shape == (0, 4)
