"""Where on a path a gradient is taken, and with which weight.

Integrated gradients need the integral of a gradient from α = 0 to α = 1. The paper's lineage
takes the right Riemann sum (Dai et al. 2022, arXiv 2104.08696, eq. 2); a Gauss rule reaches the
same integral with far fewer points. The Gauss–Radau rule is used because α = 1, the unmodified
run, is one of its points: that run is shared by all layers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Legendre


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
    steps = range(1, n_points + 1)
    return Quadrature(tuple(step / n_points for step in steps), (1 / n_points,) * n_points)


def right_radau(n_points: int) -> Quadrature:
    """The Gauss–Radau rule with a point at 1: exact for polynomials up to degree 2n − 2."""
    difference = Legendre.basis(n_points - 1) - Legendre.basis(n_points)
    roots = np.sort(difference.roots().real)
    roots -= difference(roots) / difference.deriv()(roots)  # one step of Newton, to the last bits
    roots[-1] = 1.0
    weights = (1 + roots) / (n_points * Legendre.basis(n_points - 1)(roots)) ** 2
    return Quadrature(tuple(((1 + roots) / 2).tolist()), tuple((weights / 2).tolist()))
