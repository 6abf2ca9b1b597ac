"""Where on a path a gradient is taken, and with which weight.

Integrated gradients need the integral of a gradient from α = 0 to α = 1. The paper's lineage
takes the right Riemann sum (Dai et al. 2022, arXiv 2104.08696, eq. 2); rules that are exact for
polynomials reach the same integral with far fewer points. α = 1, the unmodified run, costs
nothing, because all layers share it: the nested ladder has it as a point.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
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


# Rules with a fixed number of points, by name.
FIXED_RULES: dict[str, Callable[[int], Quadrature]] = {
    "riemann_right": right_riemann,
    "left": left,
    "midpoint": midpoint,
    "gauss_legendre": gauss_legendre,
}
QUADRATURES = ("adaptive", *FIXED_RULES)


# The points that each rung of the nested ladder adds. Those of a rung of n points were found
# numerically, one rung after the other: where all weights w_i of `interpolatory` are positive,
# they make Σ_{k≥n} (2k + 1) ρ^(−2k) (Σ_i w_i P_k(x_i))² small, P_k being Legendre polynomials: the
# squared error for functions that are analytic in the ellipse of radius ρ, where ρ^(−2n) = 1e-5,
# those that n points can just resolve. They were rounded before weights were computed from them.
NEW_POINTS = (
    (1.0,),
    (0.33379,),
    (0.05485, 0.74601),
    (0.00379, 0.16837, 0.53579, 0.91709),
    (0.02134, 0.10409, 0.24587, 0.43078, 0.64345, 0.83839, 0.97403),
    (0.04412, 0.10122, 0.15063, 0.20060, 0.28402, 0.38379, 0.48213, 0.58936, 0.69696, 0.79348,
     0.88077, 0.94774, 0.99172),
    (0.00095, 0.00685, 0.01080, 0.01563, 0.03174, 0.06522, 0.07641, 0.08842, 0.12645, 0.18421,
     0.22283, 0.26473, 0.30863, 0.35860, 0.40718, 0.45639, 0.50897, 0.56265, 0.61655, 0.67043,
     0.72175, 0.77007, 0.81631, 0.86002, 0.89944, 0.93305, 0.96185, 0.98406, 0.99534, 0.99793,
     0.99948),
)  # fmt: skip


def nested_ladder() -> tuple[Quadrature, ...]:
    """Rungs of 1, 2, 4, 8, 15, 28 and 59 points that contain those of the rung before.

    The first rung is α = 1 alone. A rung of n points is exact for polynomials up to degree n − 1,
    and misses Legendre polynomials up to degree 5n / 4 by at most 3 %; all weights are positive.
    Gauss rules of as many points are better, but share only α = 1: a path that climbs from one to
    the next takes almost twice the gradients.
    """
    rungs, points = [], list[float]()
    for new in NEW_POINTS:
        points = sorted([*points, *new])
        rungs.append(interpolatory(points))
    return tuple(rungs)


def interpolatory(points: Sequence[float]) -> Quadrature:
    """The rule that integrates the polynomial through n points: exact up to degree n − 1."""
    heights = legvander(2 * np.asarray(points) - 1, len(points) - 1)
    weights = np.linalg.solve(heights.T, np.eye(len(points))[0])  # ∫ of Legendre polynomials
    return Quadrature(tuple(points), tuple(weights.tolist()))
