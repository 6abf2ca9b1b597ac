"""Eq. 5 by hand, the cut, and when a set is exact."""

import numpy as np
import pytest

from qloc.measures.consistency_aware import Candidates, ConsistencyRule, consistency_aware_set

RULE = ConsistencyRule(0.8, 0.5, "std", 0.25)
# Means 4, 3, 1, 2; standard deviations 0, 1, 1, 2; variances 0, 1, 1, 4.
SCORES = np.array([[4.0, 2.0, 0.0, 0.0], [4.0, 4.0, 2.0, 4.0]])


def candidates(scores=SCORES, elsewhere=float("nan")):
    return Candidates(np.array([3, 5, 8, 9])[: scores.shape[1]], scores, elsewhere)


def test_a_score_is_the_mean_less_the_spread_each_by_its_factor():
    assert RULE.scores(SCORES).tolist() == pytest.approx([3.2, 1.9, 0.3, 0.6], abs=1e-12)


def test_the_spread_can_be_the_variance():
    by_variance = ConsistencyRule(0.8, 0.5, "variance", 0.25)
    assert by_variance.scores(SCORES).tolist() == pytest.approx([3.2, 1.9, 0.3, -0.4], abs=1e-12)


def test_scores_of_one_query_have_no_spread():
    assert RULE.scores(SCORES[1:]).tolist() == pytest.approx([3.2, 3.2, 1.6, 3.2], abs=1e-12)


def test_neurons_above_the_share_of_the_largest_score_are_taken():
    found = consistency_aware_set(candidates(), RULE)
    assert found.neurons.tolist() == [3, 5]
    assert found.scores.tolist() == pytest.approx([3.2, 1.9])
    assert found.largest_score == pytest.approx(3.2)


def test_a_score_at_the_cut_is_not_taken():
    exact = ConsistencyRule(1.0, 0.0, "std", 0.25)
    assert consistency_aware_set(candidates(), exact).neurons.tolist() == [3, 5, 9]
    assert consistency_aware_set(
        candidates(), ConsistencyRule(1.0, 0.0, "std", 0.5)
    ).neurons.tolist() == [3, 5]


@pytest.mark.parametrize("scores", [-SCORES, np.zeros((2, 3)), np.empty((2, 0))])
def test_without_a_positive_score_no_neuron_is_taken(scores):
    found = consistency_aware_set(candidates(scores), RULE)
    assert found.neurons.size == 0
    assert found.largest_score <= 0


@pytest.mark.parametrize(
    ("elsewhere", "is_exact"), [(float("nan"), True), (1.0, True), (1.0001, False), (-1.0, True)]
)
def test_a_set_is_exact_if_no_other_neuron_can_reach_the_cut(elsewhere, is_exact):
    """The cut lies at 0.25 × 3.2 = 0.8 = 0.8 × 1."""
    found = consistency_aware_set(candidates(elsewhere=elsewhere), RULE)
    assert found.is_exact == is_exact
    assert found.largest_score_elsewhere == pytest.approx(0.8 * elsewhere, nan_ok=True)


@pytest.mark.parametrize(("elsewhere", "is_exact"), [(0.0, True), (-1.0, True), (1e-9, False)])
def test_an_empty_set_is_exact_if_no_other_neuron_can_have_a_positive_score(elsewhere, is_exact):
    assert consistency_aware_set(candidates(-SCORES, elsewhere), RULE).is_exact == is_exact


def test_with_the_sufficient_floor_a_set_is_exact():
    """Floors are shares of the largest mean, 4: the cut of 0.8 is reached from a mean of 1."""
    found = consistency_aware_set(candidates(elsewhere=2.5), RULE)
    assert not found.is_exact
    assert found.sufficient_floor == pytest.approx(0.25)
    just_below = float(np.nextafter(found.sufficient_floor, 0)) * 4
    assert consistency_aware_set(candidates(elsewhere=just_below), RULE).is_exact


def test_the_sufficient_floor_of_an_empty_set_keeps_all_means_that_are_not_negative():
    found = consistency_aware_set(candidates(-SCORES, elsewhere=2.5), RULE)
    assert not found.is_exact
    assert found.sufficient_floor == 0


def test_sets_are_those_of_a_slow_oracle():
    draw = np.random.default_rng(4)
    for _ in range(50):
        scores = draw.normal(0.1, 1, (draw.integers(1, 6), 7))
        expected = []
        for column in scores.T.tolist():
            mean = sum(column) / len(column)
            variance = sum((score - mean) ** 2 for score in column) / len(column)
            expected.append(0.8 * mean - 0.5 * variance**0.5)
        largest = max(expected)
        taken = [
            number for number, one in enumerate(expected) if largest > 0 and one > 0.25 * largest
        ]
        found = consistency_aware_set(Candidates(np.arange(7), scores, 0.0), RULE)
        assert found.neurons.tolist() == taken
        assert found.scores.tolist() == pytest.approx([expected[number] for number in taken])
