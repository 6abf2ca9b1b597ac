"""Where on a path a gradient is taken, and with which weight.

Integrated gradients need the integral of a gradient from α = 0 to α = 1. The paper's lineage
takes the right Riemann sum (Dai et al. 2022, arXiv 2104.08696, eq. 2); a Gauss rule reaches the
same integral with far fewer points. The Gauss–Radau rule is used because α = 1, the unmodified
run, is one of its points: that run is shared by all layers.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Legendre
from numpy.polynomial.legendre import leggauss, legvander


@dataclass(frozen=True)
class Quadrature:
    """Points in [0, 1] in rising order, and their weights, which sum to 1."""

    points: tuple[float, ...]
    weights: tuple[float, ...]

    @property
    def n_points(self) -> int:
        return len(self.points)


def right_riemann(n_points: int) -> Quadrature:
    """Equal steps, the gradient taken at the right end of each."""
    return _equal_steps(n_points, 1.0)


def left(n_points: int) -> Quadrature:
    """Equal steps, the gradient taken at the left end of each."""
    return _equal_steps(n_points, 0.0)


def midpoint(n_points: int) -> Quadrature:
    """Equal steps, the gradient taken in the middle of each."""
    return _equal_steps(n_points, 0.5)


def _equal_steps(n_points: int, place: float) -> Quadrature:
    """Equal steps, the gradient taken at one place of each: 0 its left end, 1 its right end."""
    points = tuple((step + place) / n_points for step in range(n_points))
    return Quadrature(points, (1 / n_points,) * n_points)


def gauss_legendre(n_points: int) -> Quadrature:
    """The Gauss rule: exact for polynomials up to degree 2n − 1."""
    roots, weights = leggauss(n_points)
    return Quadrature(tuple(((1 + roots) / 2).tolist()), tuple((weights / 2).tolist()))


def right_radau(n_points: int) -> Quadrature:
    """The Gauss–Radau rule with a point at 1: exact for polynomials up to degree 2n − 2."""
    difference = Legendre.basis(n_points - 1) - Legendre.basis(n_points)
    roots = np.sort(difference.roots().real)
    roots -= difference(roots) / difference.deriv()(roots)  # one step of Newton, to the last bits
    roots[-1] = 1.0
    weights = (1 + roots) / (n_points * Legendre.basis(n_points - 1)(roots)) ** 2
    return Quadrature(tuple(((1 + roots) / 2).tolist()), tuple((weights / 2).tolist()))


# Rules with a fixed number of points, by name.
FIXED_RULES: dict[str, Callable[[int], Quadrature]] = {
    "riemann_right": right_riemann,
    "left": left,
    "midpoint": midpoint,
    "gauss_legendre": gauss_legendre,
}
QUADRATURES = ("adaptive", *FIXED_RULES)


def nested_ladder() -> tuple[Quadrature, ...]:
    """Rungs of 1, 2, 5, 14, 41 points, each of which contains those of the rung before.

    The points lie as in the rule of Clenshaw and Curtis, but with α = 1 as the only end: it is
    the first rung. A rung of n points is exact for polynomials up to degree n − 1.
    """
    points = [1.0]
    rungs = [interpolatory(points)]
    for thirds in (3, 9, 27, 81):  # of which those that 3 divides belong to the rung before
        new = [step for step in range(1, (thirds + 1) // 2) if step % 3]
        points = sorted([*points, *(math.cos(step * math.pi / thirds) ** 2 for step in new)])
        rungs.append(interpolatory(points))
    return tuple(rungs)


def interpolatory(points: Sequence[float]) -> Quadrature:
    """The rule that integrates the polynomial through n points: exact up to degree n − 1."""
    heights = legvander(2 * np.asarray(points) - 1, len(points) - 1)
    weights = np.linalg.solve(heights.T, np.eye(len(points))[0])  # ∫ of Legendre polynomials
    return Quadrature(tuple(points), tuple(weights.tolist()))
