"""Otsu's threshold: by hand, by trying every cut with exact fractions, by invariance."""

from fractions import Fraction

import numpy as np
import pytest

from qloc.measures.thresholds import otsu_threshold, otsu_thresholds


def by_trying_every_cut(scores):
    """Exactly: the lowest of the best cuts; None where all scores are equal."""
    exact = [Fraction(score).limit_denominator(10_000) for score in scores]
    best, threshold = Fraction(-1), None
    for value in sorted(set(exact))[1:]:
        upper = [score for score in exact if score >= value]
        lower = [score for score in exact if score < value]
        apart = sum(upper) / len(upper) - sum(lower) / len(lower)
        between = len(upper) * len(lower) * apart**2
        if between > best:
            best, threshold = between, value
    return threshold


def test_two_clusters_are_cut_at_the_smallest_value_of_the_upper_one():
    assert otsu_threshold(np.array([0.1, 0.12, 0.11, 0.7, 0.8, 0.75])) == 0.7


def test_of_equally_good_cuts_the_lowest_is_taken():
    assert otsu_threshold(np.array([0.0, 0.5, 1.0])) == 0.5
    assert otsu_threshold(np.array([0.1, 0.3, 0.5])) == 0.3


@pytest.mark.parametrize("scores", [[], [0.4], [0.4, 0.4, 0.4]])
def test_scores_that_do_not_differ_have_no_threshold(scores):
    assert np.isnan(otsu_threshold(np.array(scores, dtype=float)))


@pytest.mark.parametrize("seed", range(60))
def test_the_threshold_is_that_of_trying_every_cut(seed):
    draw = np.random.default_rng(seed)
    whole = draw.integers(1, 9, draw.integers(2, 25))
    scores = draw.integers(0, whole + 1) / whole
    expected = by_trying_every_cut(scores)
    found = otsu_threshold(scores)
    assert np.isnan(found) if expected is None else found == pytest.approx(float(expected))


def test_duplicated_facts_move_no_threshold():
    scores = np.random.default_rng(4).beta(2, 5, 80)
    assert otsu_threshold(np.tile(scores, 3)) == otsu_threshold(scores)


def test_the_order_of_facts_moves_no_threshold():
    scores = np.random.default_rng(4).integers(0, 12, 80) / 12
    assert otsu_threshold(scores[::-1]) == otsu_threshold(scores)


def test_weights_are_numbers_of_copies():
    draw = np.random.default_rng(11)
    scores = draw.integers(0, 15, 40) / 15
    weights = draw.integers(0, 3, (50, 40)).astype(float)
    found = otsu_thresholds(scores, weights)
    expected = [otsu_threshold(np.repeat(scores, row.astype(int))) for row in weights]
    np.testing.assert_array_equal(found, expected)


def test_a_draw_of_one_fact_has_no_threshold():
    weights = np.array([[0.0, 5.0, 0.0], [1.0, 0.0, 2.0]])
    np.testing.assert_array_equal(
        otsu_thresholds(np.array([0.1, 0.2, 0.9]), weights), [np.nan, 0.9]
    )
