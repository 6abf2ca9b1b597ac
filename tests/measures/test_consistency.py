"""The consistency score and its kin: by hand, by Python sets, by invariance."""

import itertools

import numpy as np
import pytest

from qloc.measures.consistency import (
    adjusted_highest,
    adjusted_scores,
    consistency_scores,
    fact_overlaps,
    final_word_jaccards,
    fixed_k_scores,
    mean_by_fact,
    mean_jaccards,
    means_by_fact,
    query_pairs,
    strict_consistency_scores,
    trained_consistency_scores,
)

NAN = float("nan")


def cs(sets):
    """Eq. 1 in words: neurons of more than one set over neurons of any."""
    union = set().union(*sets)
    shared = {n for n in union if sum(n in one for one in sets) > 1}
    return len(shared) / len(union) if union else NAN


def scores_of(sets, facts, n_facts):
    return consistency_scores(
        fact_overlaps(sets, facts, n_facts), np.bincount(facts, minlength=n_facts)
    )


def random_sets(draw, n, n_neurons=30, at_most=9):
    sizes = draw.integers(0, at_most, n)
    return [set(draw.choice(n_neurons, size, replace=False).tolist()) for size in sizes]


@pytest.mark.parametrize(
    ("sets", "score", "strict", "jaccard"),
    [
        ([{1, 2}, {1, 2}, {1, 2}], 1, 1, 1),
        ([{1, 2}, {3}, {4, 5}], 0, 0, 0),
        ([{1, 2, 3}, {2, 3, 4}, {3, 5}], 2 / 5, 1 / 5, (2 / 4 + 1 / 4 + 1 / 4) / 3),
        ([{1, 2}, {2}, set()], 1 / 2, 0, (1 / 2 + 0 + 0) / 3),
        ([{1, 2}, set(), set()], 0, 0, 0),
        ([set(), set()], NAN, NAN, NAN),
        ([{1, 2}], NAN, NAN, NAN),
    ],
)
def test_a_fact_scored_by_hand(make_sets, sets, score, strict, jaccard):
    facts = np.zeros(len(sets), dtype=int)
    built = make_sets(sets)
    overlaps, k = fact_overlaps(built, facts, 1), np.array([len(sets)])
    np.testing.assert_array_equal(consistency_scores(overlaps, k), [score])
    np.testing.assert_array_equal(strict_consistency_scores(overlaps, k), [strict])
    np.testing.assert_allclose(mean_jaccards(built, facts, 1), [jaccard], rtol=1e-15)


def test_an_undefined_jaccard_of_two_empty_sets_is_left_out_of_the_mean(make_sets):
    sets = make_sets([{1}, set(), set()])
    assert mean_jaccards(sets, np.zeros(3, dtype=int), 1).tolist() == [0]
    sets = make_sets([{1}, {1}, set(), set()])
    np.testing.assert_allclose(mean_jaccards(sets, np.zeros(4, dtype=int), 1), [1 / 5])


def test_scores_do_not_depend_on_the_order_of_queries(make_sets):
    draw = np.random.default_rng(2)
    sets, facts = random_sets(draw, 24), np.repeat(np.arange(6), 4)
    turned = [sets[4 * fact + i] for fact in range(6) for i in draw.permutation(4)]
    for measure in (
        lambda s: scores_of(s, facts, 6),
        lambda s: fixed_k_scores(s, facts, 6, 3, seed=1),
        lambda s: mean_jaccards(s, facts, 6),
    ):
        np.testing.assert_allclose(measure(make_sets(turned)), measure(make_sets(sets)), rtol=1e-12)


def test_a_duplicated_fact_scores_the_same_and_changes_no_other(make_sets):
    sets, facts = random_sets(np.random.default_rng(3), 20), np.repeat(np.arange(5), 4)
    once = scores_of(make_sets(sets), facts, 5)
    twice = scores_of(make_sets(sets + sets), np.concatenate([facts, facts + 5]), 10)
    np.testing.assert_array_equal(twice, np.concatenate([once, once]))


def test_one_more_query_without_neurons_leaves_the_score_and_empties_the_strict_one(make_sets):
    sets = [{1, 2, 3}, {2, 3}]
    overlaps = fact_overlaps(make_sets([*sets, set()]), np.zeros(3, dtype=int), 1)
    assert consistency_scores(overlaps, np.array([3])).tolist() == [2 / 3]
    assert strict_consistency_scores(overlaps, np.array([3])).tolist() == [0]


@pytest.mark.parametrize("size", [2, 3, 4])
def test_fixed_k_is_the_mean_over_all_subsets(make_sets, size):
    draw = np.random.default_rng(7)
    n_queries = [5, 2, 4, 6]
    facts = np.repeat(np.arange(4), n_queries)
    sets = random_sets(draw, len(facts))
    expected = []
    for fact in range(4):
        own = [sets[i] for i in np.flatnonzero(facts == fact)]
        values = [cs(chosen) for chosen in itertools.combinations(own, size)]
        defined = [value for value in values if not np.isnan(value)]
        expected.append(np.mean(defined) if defined else NAN)
    found = fixed_k_scores(make_sets(sets), facts, 4, size, seed=0)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_of_many_subsets_64_different_ones_are_drawn_by_the_seed(make_sets):
    draw = np.random.default_rng(8)
    sets, facts = make_sets(random_sets(draw, 10, 12, 8)), np.zeros(10, dtype=int)
    exact = np.mean([fixed_k_scores(sets, facts, 1, 3, seed) for seed in range(40)])
    first, second = (fixed_k_scores(sets, facts, 1, 3, seed) for seed in (1, 2))
    assert first == fixed_k_scores(sets, facts, 1, 3, seed=1)
    assert first != second
    assert abs(first[0] - exact) < 0.05


def test_every_pair_of_queries_of_a_fact_is_counted_once():
    facts = np.array([0, 0, 0, 1, 2, 2])
    pairs = {tuple(pair) for pair in query_pairs(facts, 4).tolist()}
    assert pairs == {(0, 1), (0, 2), (1, 2), (4, 5)}


def test_many_queries_have_all_their_pairs():
    assert len(query_pairs(np.zeros(15, dtype=int), 1)) == 15 * 14 / 2


def test_only_trained_queries_count_in_the_trained_score(make_sets):
    sets = make_sets([{1, 2}, {1}, {2, 3}, {9}, {9}])
    facts = np.array([0, 0, 0, 1, 1])
    trained = np.array([True, False, True, True, False])
    found = trained_consistency_scores(sets, facts, trained, 2)
    np.testing.assert_array_equal(found, [1 / 3, NAN])


def test_adjusted_is_0_at_chance_1_at_full_agreement_and_undefined_where_chance_is_1():
    found = adjusted_scores(np.array([0.3, 1, 0.1, 1, NAN]), np.array([0.3, 0.3, 0.2, 1, 0.5]))
    np.testing.assert_allclose(found, [0, 1, -0.125, NAN, NAN])


def test_the_highest_adjusted_score_is_that_with_chance_196_errors_lower():
    scores = np.array([0.3, 0.3, 0.3, 1, 0.3, NAN, 1])
    chance = np.array([0.2, 0.2, 0.02, 0.2, 0.2, 0.2, 1])
    errors = np.array([0.05, 0, 0.05, 0.05, NAN, 0.05, 0])
    # Chance is 0.102, 0.2, −0.078, 0.102, ...
    expected = [0.198 / 0.898, 0.125, 0.378 / 1.078, 1, NAN, NAN, NAN]
    np.testing.assert_allclose(adjusted_highest(scores, chance, errors), expected)


def test_pairs_are_split_by_final_word(make_sets, make_queries):
    words = ["is", "is", "in"]
    rows = [("P1", fact, t, "Rome", words[t]) for fact in range(2) for t in range(3)]
    sets = make_sets([{1, 2}, {1}, {2}, {5}, {6}, {5, 6}])
    same, different = final_word_jaccards(sets, make_queries(rows))
    np.testing.assert_allclose(same, [1 / 2, 0])
    np.testing.assert_allclose(different, [(1 / 2 + 0) / 2, 1 / 2])


def test_a_relation_with_one_final_word_has_no_split(make_sets, make_queries):
    rows = [("P1", 0, 0, "a", "in"), ("P1", 0, 1, "a", "in")]
    rows += [("P2", 0, 0, "a", "in"), ("P2", 0, 1, "a", "in"), ("P2", 1, 0, "a", "of")]
    same, different = final_word_jaccards(make_sets([{1}, {1}, {2}, {2}, {2}]), make_queries(rows))
    np.testing.assert_array_equal(same, [NAN, 1, NAN])
    np.testing.assert_array_equal(different, [NAN, NAN, NAN])


def test_the_mean_of_a_fact_leaves_undefined_values_out():
    values, facts = np.array([0.25, NAN, 0.75, NAN]), np.array([0, 0, 0, 2])
    np.testing.assert_array_equal(mean_by_fact(values, facts, 3), [0.5, NAN, NAN])


def test_a_fact_is_the_mean_of_its_queries_that_have_a_value():
    values = np.array([[1.0, np.nan], [4.0, np.nan], [6.0, 2.0], [np.nan, 3.0]])
    found = means_by_fact(values, np.array([2, 0, 2, 0]), 3)
    np.testing.assert_array_equal(found, [[4, 3], [np.nan, np.nan], [3.5, 2]])
