"""Which neurons are selected, by hand."""

import numpy as np
import pytest

from qloc.measures.selection import best_scores, exceeds_share, fact_neurons


def test_a_score_at_the_cut_is_not_selected():
    scores = np.array([1.0, 0.25, 0.2500001, 0.0, -1.0])
    found = exceeds_share(scores, np.ones(5), 0.25)
    assert found.tolist() == [True, False, True, False, False]


def test_nothing_is_selected_where_the_best_score_is_not_positive():
    scores = np.array([0.0, -1.0, -0.5])
    assert not exceeds_share(scores, np.array([0.0, -0.5, -0.5]), 0.2).any()


def test_single_precision_scores_are_compared_in_double_precision():
    best, share = np.float32(3.0), 0.1
    score = np.float32(0.3)  # a little above 0.3, equal to float32(0.1 * 3.0)
    assert float(score) > share * float(best)
    assert exceeds_share(np.array([score]), np.array([best]), share).tolist() == [True]


def test_the_best_score_is_that_of_each_query():
    scores = np.array([0.5, -2.0, 0.75, -3.0], dtype=np.float32)
    queries = np.array([0, 1, 0, 1])
    assert best_scores(scores, queries, 2).tolist() == [0.75, -2.0, 0.75, -2.0]


def test_a_facts_neurons_are_those_whose_mean_reaches_the_floor():
    scores = np.array([[[1.0, 0.1, 0.0], [0.3, -0.5, 0.0]], [[1.0, 0.3, 0.5], [0.0, 0.5, 0.0]]])
    found = fact_neurons(scores, 0.2)  # means: 1, 0.2, 0.25 and 0.15, 0, 0
    assert list(zip(found.layers.tolist(), found.neurons.tolist(), strict=True)) == [
        (0, 0),
        (0, 1),
        (0, 2),
    ]
    assert found.largest_mean_not_kept == 0.15


def test_no_neuron_of_a_fact_is_kept_where_no_mean_is_positive():
    found = fact_neurons(np.array([[[0.0, -1.0]], [[0.0, 0.5]]]), 0.05)
    assert found.layers.size == 0
    assert found.largest_mean_not_kept == 0.0


def test_no_mean_is_left_out_where_every_neuron_is_kept():
    found = fact_neurons(np.array([[[1.0, 0.5]]]), 0.5)
    assert found.neurons.tolist() == [0, 1]
    assert np.isnan(found.largest_mean_not_kept)


def test_means_are_taken_in_double_precision():
    scores = np.full((3, 1, 2), 0.1, dtype=np.float32)
    scores[:, 0, 1] = [1e8, 1.0, -1e8]  # in float32 the mean of these is 0
    found = fact_neurons(scores, 0.5)
    assert found.neurons.tolist() == [1]
    assert found.largest_mean_not_kept == pytest.approx(0.1)
