"""Rules of the path integral: exactness by degree, and the smallest ones by hand."""

import math

import numpy as np
import pytest

from qloc.measures.quadrature import right_radau, right_riemann

COUNTS = [1, 2, 3, 4, 7, 12, 21, 37, 64]


def integral(rule, degree):
    return math.fsum(
        weight * point**degree for point, weight in zip(rule.points, rule.weights, strict=True)
    )


@pytest.mark.parametrize("n_points", COUNTS)
def test_radau_is_exact_up_to_degree_two_n_minus_two(n_points):
    for degree in range(2 * n_points - 1):
        assert integral(right_radau(n_points), degree) == pytest.approx(1 / (degree + 1), abs=2e-14)


@pytest.mark.parametrize("n_points", [1, 2, 3, 4])
def test_radau_is_not_exact_for_one_degree_more(n_points):
    degree = 2 * n_points - 1
    assert abs(integral(right_radau(n_points), degree) - 1 / (degree + 1)) > 1e-6


@pytest.mark.parametrize("n_points", COUNTS)
def test_radau_has_rising_points_of_positive_weight_that_end_at_the_unmodified_run(n_points):
    rule = right_radau(n_points)
    assert rule.n_points == n_points
    assert rule.points[-1] == 1.0
    assert rule.points[0] > 0
    assert all(np.diff(rule.points) > 0)
    assert min(rule.weights) > 0


def test_small_radau_rules_are_those_of_the_textbook():
    assert right_radau(1).points == (1.0,)
    assert right_radau(1).weights == (1.0,)
    assert right_radau(2).points == pytest.approx([1 / 3, 1], abs=1e-15)
    assert right_radau(2).weights == pytest.approx([3 / 4, 1 / 4], abs=1e-15)
    root = math.sqrt(6)
    assert right_radau(3).points == pytest.approx([(4 - root) / 10, (4 + root) / 10, 1], abs=1e-15)
    assert right_radau(3).weights == pytest.approx(
        [(16 - root) / 36, (16 + root) / 36, 1 / 9], abs=1e-15
    )


def test_riemann_takes_the_right_ends_of_equal_steps():
    assert right_riemann(4).points == (0.25, 0.5, 0.75, 1.0)
    assert right_riemann(4).weights == (0.25, 0.25, 0.25, 0.25)


@pytest.mark.parametrize("n_points", [2, 3, 20, 49])
def test_riemann_overshoots_a_straight_line_by_half_a_step(n_points):
    rule = right_riemann(n_points)
    assert rule.n_points == n_points
    assert integral(rule, 0) == pytest.approx(1, abs=1e-15)
    assert integral(rule, 1) == pytest.approx(0.5 + 0.5 / n_points, abs=1e-15)
