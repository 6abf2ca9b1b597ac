"""Rules of the path integral: exactness by degree, and the smallest ones by hand."""

import math
from itertools import pairwise

import numpy as np
import pytest
from numpy.polynomial import Legendre

from qloc.measures.quadrature import (
    gauss_legendre,
    interpolatory,
    left,
    midpoint,
    nested_ladder,
    right_riemann,
)

COUNTS = [1, 2, 3, 4, 7, 12, 21, 37, 64]


def integral(rule, degree):
    return math.fsum(
        weight * point**degree for point, weight in zip(rule.points, rule.weights, strict=True)
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


def test_left_takes_the_left_ends_of_equal_steps():
    assert left(4).points == (0.0, 0.25, 0.5, 0.75)
    assert left(4).weights == (0.25, 0.25, 0.25, 0.25)


def test_midpoint_takes_the_middle_of_equal_steps():
    assert midpoint(4).points == (0.125, 0.375, 0.625, 0.875)
    assert midpoint(4).weights == (0.25, 0.25, 0.25, 0.25)


@pytest.mark.parametrize("n_points", [2, 3, 20, 49])
def test_left_falls_short_of_a_straight_line_and_midpoint_does_not(n_points):
    assert integral(left(n_points), 1) == pytest.approx(0.5 - 0.5 / n_points, abs=1e-15)
    assert integral(midpoint(n_points), 1) == pytest.approx(0.5, abs=1e-15)
    assert integral(midpoint(n_points), 2) == pytest.approx(1 / 3 - 1 / (12 * n_points**2))


@pytest.mark.parametrize("n_points", [1, 2, 5, 20, 64])
def test_gauss_legendre_is_exact_up_to_degree_two_n_minus_one(n_points):
    rule = gauss_legendre(n_points)
    assert rule.n_points == n_points
    for degree in range(2 * n_points):
        assert integral(rule, degree) == pytest.approx(1 / (degree + 1), abs=2e-14)
    assert all(np.diff(rule.points) > 0)


def test_small_gauss_legendre_rules_are_those_of_the_textbook():
    assert gauss_legendre(1).points == (0.5,)
    root = math.sqrt(1 / 12)
    assert gauss_legendre(2).points == pytest.approx([0.5 - root, 0.5 + root], abs=1e-15)
    assert gauss_legendre(2).weights == pytest.approx([0.5, 0.5], abs=1e-15)


def test_the_ladder_starts_at_the_unmodified_run_and_keeps_every_point():
    rungs = nested_ladder()
    assert rungs[0].points == (1.0,)
    for lower, higher in pairwise(rungs):
        assert set(lower.points) < set(higher.points)


@pytest.mark.parametrize("rung", nested_ladder(), ids=lambda rung: str(rung.n_points))
def test_a_rung_is_exact_below_as_many_degrees_as_it_has_points(rung):
    assert all(np.diff(rung.points) > 0)
    assert rung.points[0] > 0
    assert rung.points[-1] == 1.0
    assert min(rung.weights) > 0
    for degree in range(rung.n_points):
        assert integral(rung, degree) == pytest.approx(1 / (degree + 1), abs=2e-15)


@pytest.mark.parametrize("rung", nested_ladder()[1:], ids=lambda rung: str(rung.n_points))
def test_a_rung_hardly_misses_a_quarter_more_degrees(rung):
    points = 2 * np.array(rung.points) - 1
    for degree in range(rung.n_points, int(1.25 * rung.n_points) + 1):
        missed = np.array(rung.weights) @ Legendre.basis(degree)(points)  # whose integral is 0
        assert abs(missed) < 0.03


def test_interpolatory_finds_the_rules_of_the_textbook():
    assert interpolatory([0.0, 0.5, 1.0]).weights == pytest.approx([1 / 6, 2 / 3, 1 / 6], abs=1e-15)
    root = math.sqrt(6)
    radau = interpolatory([(4 - root) / 10, (4 + root) / 10, 1.0])
    assert radau.weights == pytest.approx([(16 - root) / 36, (16 + root) / 36, 1 / 9], abs=1e-15)
    gauss = gauss_legendre(7)
    assert interpolatory(gauss.points).weights == pytest.approx(gauss.weights, abs=1e-14)


@pytest.mark.parametrize(
    ("steepness", "bend", "misses"),
    # at most, on rungs of 2, 4, … points
    [
        (4, 0.5, (0.05, 5e-3, 1e-4, 1e-9)),
        (12, 0.4, (1, 0.2, 0.02, 2e-5)),
        (40, 0.3, (4, 2, 0.4, 0.1, 0.01, 1e-6)),
    ],
)
def test_the_ladder_converges_on_an_answer_that_bends(steepness, bend, misses):
    def answer(point):
        return 1 / (1 + math.exp(-steepness * (point - bend)))

    for rung, most in zip(nested_ladder()[1:], misses, strict=False):
        slopes = [steepness * answer(point) * (1 - answer(point)) for point in rung.points]
        found = math.fsum(w * slope for w, slope in zip(rung.weights, slopes, strict=True))
        assert found == pytest.approx(answer(1) - answer(0), abs=most)
