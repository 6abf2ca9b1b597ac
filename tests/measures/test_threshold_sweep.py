"""Sweeping thresholds: the grid, the shares, and the scores at each selection."""

import numpy as np
import pytest

from qloc.measures.bootstrap import Draws, observed
from qloc.measures.threshold_sweep import (
    ScoredNeurons,
    defined_means,
    scores_by_selection,
    shares_below,
    threshold_grid,
)


def test_the_grid_holds_the_decimals_themselves():
    grid = threshold_grid(0.04, 0.80, 0.02)
    assert grid.tolist() == [float(f"0.{n:02d}") for n in range(4, 81, 2)]


def test_a_grid_ends_at_the_last_step_within_it():
    assert threshold_grid(0.1, 0.3, 0.07).tolist() == [0.1, 0.17, 0.24]
    assert threshold_grid(0.5, 0.5, 0.1).tolist() == [0.5]


def test_a_score_at_the_threshold_is_not_below_it():
    scores = np.array([[1 / 10], [3 / 10], [0.05], [np.nan]])
    found = observed(shares_below(scores, np.array([0.05, 0.1, 0.3])), np.zeros(4, int))
    np.testing.assert_allclose(found, [0, 1 / 3, 2 / 3])


def test_shares_are_those_of_counting_in_every_draw_and_setting():
    draw = np.random.default_rng(1)
    scores = draw.integers(-2, 21, (40, 3)) / 20
    scores[draw.random((40, 3)) < 0.2] = np.nan
    scores[:, 2] = np.nan
    cuts, weights = threshold_grid(0.1, 0.9, 0.05), draw.integers(0, 3, (10, 40))
    found = shares_below(scores, cuts)(Draws(weights.astype(float), np.ones((10, 1))))
    for row, shares in zip(weights, found.reshape(10, 3, len(cuts)), strict=True):
        for setting in range(2):
            copied = np.repeat(scores[:, setting], row)
            copied = copied[~np.isnan(copied)]
            np.testing.assert_allclose(shares[setting], [(copied < cut).mean() for cut in cuts])
        assert np.isnan(shares[2]).all()


def test_a_share_never_falls_as_the_threshold_rises():
    scores = np.random.default_rng(2).random((200, 1))
    found = observed(shares_below(scores, threshold_grid(0.04, 0.8, 0.02)), np.zeros(200, int))
    assert (np.diff(found) >= 0).all()


def test_means_leave_out_facts_without_a_score():
    np.testing.assert_array_equal(
        defined_means(np.array([[0.5, np.nan], [1.0, np.nan]])), [0.75, np.nan]
    )


def test_a_higher_selection_threshold_keeps_fewer_neurons(make_queries):
    queries = make_queries([("P1", 0, 0, "x"), ("P1", 0, 1, "x")])
    neurons = ScoredNeurons(
        np.array([0, 0, 0, 1, 1]),
        np.array([0, 1, 1, 0, 1]),
        np.array([3, 3, 4, 3, 4]),
        np.array([1.0, 0.5, 0.1, 0.2, 0.4], dtype=np.float32),
    )
    scores, adjusted = scores_by_selection(queries, neurons, [0.05, 0.25, 0.6], 5, seed=0)
    # {a, b, c} and {a, c}; {a, b} and {a, c}; {a} and {c}
    np.testing.assert_allclose(scores, [[2 / 3, 1 / 3, 0]])
    assert np.isnan(adjusted).all()


@pytest.mark.parametrize("threshold", [0.0, 0.999])
def test_a_query_without_positive_scores_has_no_neurons(make_queries, threshold):
    queries = make_queries([("P1", 0, 0, "x"), ("P1", 0, 1, "x")])
    neurons = ScoredNeurons(
        np.array([0, 1]), np.array([0, 0]), np.array([1, 2]), np.array([0.0, -0.5], np.float32)
    )
    scores, _ = scores_by_selection(queries, neurons, [threshold], 5, seed=0)
    assert np.isnan(scores).all()
