"""What a rule gets wrong, by hand."""

import math

import numpy as np
import pytest

from qloc.measures.quadrature import QUADRATURES
from qloc.measures.quadrature_comparison import (
    COMPARED,
    compared_rules,
    deviation,
    gradients_per_layer,
)

REFERENCE = np.array([[1.0, 0.5, 0.26], [0.24, -2.0, 0.0]])  # cut at 0.25: three neurons


def compared(scores, reference=REFERENCE):
    return deviation(np.array(scores), reference, 0.25)


def test_the_same_scores_give_the_same_set():
    found = compared(REFERENCE)
    assert found.is_same_set
    assert (found.n_neurons, found.n_reference_neurons) == (3, 3)
    assert (found.jaccard, found.score_error) == (1.0, 0.0)
    assert math.isnan(found.cut_distance)


def test_the_error_is_relative_to_the_largest_score_of_either_sign():
    found = compared([[1.0, 0.6, 0.26], [0.24, -2.0, 0.0]])
    assert found.is_same_set
    assert found.score_error == pytest.approx(0.05)


def test_a_neuron_too_few_and_one_too_many_are_another_set_of_the_same_size():
    found = compared([[1.0, 0.5, 0.24], [0.26, -2.0, 0.0]])
    assert not found.is_same_set
    assert (found.n_neurons, found.n_reference_neurons) == (3, 3)
    assert found.jaccard == pytest.approx(2 / 4)
    assert found.cut_distance == pytest.approx(0.01 / 2)  # in units of |−2|


def test_the_farthest_neuron_counts_for_the_distance_to_the_cut():
    found = compared([[1.0, 0.1, 0.24], [0.24, -2.0, 0.0]])
    assert (found.n_neurons, found.jaccard) == (1, pytest.approx(1 / 3))
    assert found.cut_distance == pytest.approx(0.25 / 2)  # that of 0.5, not that of 0.26


def test_another_best_score_moves_the_cut_and_so_the_set():
    found = compared([[1.1, 0.5, 0.26], [0.24, -2.0, 0.0]])
    assert (found.n_neurons, found.is_same_set) == (2, False)
    assert found.cut_distance == pytest.approx(0.01 / 2)


def test_sets_without_neurons_are_the_same_and_have_no_overlap():
    none = np.array([[-1.0, -0.5]])
    found = compared(none, none * 1.5)
    assert found.is_same_set
    assert (found.n_neurons, found.n_reference_neurons) == (0, 0)
    assert math.isnan(found.jaccard)
    assert found.score_error == pytest.approx(1 / 3)


def test_a_set_where_the_reference_has_none_lies_off_a_cut_at_zero():
    found = compared([[0.1, -1.0]], np.array([[-0.1, -1.0]]))
    assert (found.n_neurons, found.n_reference_neurons, found.jaccard) == (1, 0, 0.0)
    assert found.cut_distance == pytest.approx(0.1)


def test_where_all_scores_are_zero_nothing_is_relative():
    found = compared(np.zeros((2, 2)), np.zeros((2, 2)))
    assert found.is_same_set
    assert math.isnan(found.score_error)
    assert math.isnan(compared(np.ones((2, 2)), np.zeros((2, 2))).cut_distance)


def test_single_precision_is_compared_in_double_precision():
    scores = np.array([[1.0, np.float32(0.25) + np.float32(2e-8)]], dtype=np.float32)
    assert deviation(scores, scores.astype(np.float64), 0.25).score_error == 0


@pytest.mark.parametrize(
    ("quadrature", "steps", "points", "gradients"),
    [
        ("riemann_right", 20, [20, 20], 19.5),  # 19 in each of two layers, and one for both
        ("left", 20, [20, 20], 20),
        ("midpoint", 7, [7, 7], 7),
        ("gauss_legendre", 6, [6, 6], 6),
        ("adaptive", 0, [5, 14], 9),  # 4 and 13, and one for both
    ],
)
def test_the_unmodified_run_is_counted_once(quadrature, steps, points, gradients):
    found = gradients_per_layer(np.array([points, points]), quadrature, steps)
    assert found.tolist() == [gradients, gradients]


def test_the_rule_of_the_study_is_compared_once():
    assert compared_rules("adaptive", 33) == list(COMPARED)
    assert compared_rules("riemann_right", 20) == list(COMPARED)
    assert compared_rules("midpoint", 33) == [*COMPARED, ("midpoint", 33)]
    assert {quadrature for quadrature, _ in COMPARED} == set(QUADRATURES)
