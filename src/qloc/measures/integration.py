"""The path integral of every (query, layer) pair, and how good it is.

A layer's scores add up to the change of the answer along its path (completeness). How far
they miss it, the gap, and how far scores still move from one number of points to the next, the
score change, are the error bar of an attribution: both in units of the largest score of the
query. The gap alone bounds no single neuron.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from qloc.measures.quadrature import Quadrature, right_radau

# Points of the adaptive rule. Each number is almost twice the last: the error of a Gauss rule is
# about squared when its points double, so what is accepted is far better than the tolerance asks,
# and a decision that rounding turns round changes no more than rounding does.
POINT_COUNTS = (4, 7, 12, 21, 37, 64)


# Integrates the paths of chosen pairs by a rule, in the order of `torch.nonzero`.
Integral = Callable[[Bool[Tensor, "query layer"], Quadrature], Float[Tensor, "pair neuron"]]


@dataclass(frozen=True)
class Integrals:
    """Scores of every neuron with their error bar.

    Attributes:
        scores: In units of probability.
        n_points: Points at which the gradient was taken.
        score_sum: Sum of a layer's scores over its neurons.
        gap: |score_sum − change of the answer| over the query's largest |score|;
            NaN where all scores of the query are 0.
        score_change: Largest change of a score between the last two numbers of points, over the
            query's largest |score|; NaN where that is 0, or where only one number was taken.
        is_settled: Gap and change lie within the tolerance; None where there is none.
    """

    scores: Float[Tensor, "query layer neuron"]
    n_points: Int[Tensor, "query layer"]
    score_sum: Float[Tensor, "query layer"]
    gap: Float[Tensor, "query layer"]
    score_change: Float[Tensor, "query layer"]
    is_settled: Bool[Tensor, "query layer"] | None


def integrate(
    integral: Integral, answer_change: Float[Tensor, "query layer"], rule: Quadrature
) -> Integrals:
    """Integrate every path by one rule."""
    n_queries, n_layers = answer_change.shape
    every = torch.ones_like(answer_change, dtype=torch.bool)
    scores = integral(every, rule).reshape(n_queries, n_layers, -1)
    n_points = torch.full_like(answer_change, rule.n_points, dtype=torch.int64)
    unknown = torch.full_like(answer_change, torch.nan, dtype=torch.float64)
    return _checked(scores, n_points, answer_change, unknown, None)


def integrate_adaptively(
    integral: Integral, answer_change: Float[Tensor, "query layer"], tolerance: float
) -> Integrals:
    """Integrate every path with more points until its scores settle.

    A pair is settled when its gap and its score change are at most the tolerance. Only pairs that
    are not are repeated; one that never settles keeps the scores of the most points.

    Args:
        integral: Integrates chosen paths by a given rule.
        answer_change: Of every path, from its start to its end.
        tolerance: In units of the query's largest |score|.
    """
    every = torch.ones_like(answer_change, dtype=torch.bool)
    rung = torch.zeros_like(answer_change, dtype=torch.int64)
    change = torch.full_like(answer_change, torch.inf, dtype=torch.float64)
    scores = integral(every, right_radau(POINT_COUNTS[0])).reshape(*answer_change.shape, -1)
    pending = every
    while pending.any():
        lowest = int(rung[pending].min())
        chosen = pending & (rung == lowest)
        refined = integral(chosen, right_radau(POINT_COUNTS[lowest + 1]))
        change[chosen] = (refined - scores[chosen]).abs().amax(1).double()
        scores[chosen] = refined
        rung[chosen] = lowest + 1
        settled = _settled(scores, answer_change, change, tolerance)
        pending = ~settled & (rung + 1 < len(POINT_COUNTS))
    n_points = torch.tensor(POINT_COUNTS, device=rung.device)[rung]
    return _checked(scores, n_points, answer_change, change, settled)


def _settled(
    scores: Float[Tensor, "query layer neuron"],
    answer_change: Float[Tensor, "query layer"],
    change: Float[Tensor, "query layer"],
    tolerance: float,
) -> Bool[Tensor, "query layer"]:
    allowed = tolerance * _largest(scores)
    return (_miss(scores, answer_change) <= allowed) & (change <= allowed)


def _checked(
    scores: Float[Tensor, "query layer neuron"],
    n_points: Int[Tensor, "query layer"],
    answer_change: Float[Tensor, "query layer"],
    change: Float[Tensor, "query layer"],
    is_settled: Bool[Tensor, "query layer"] | None,
) -> Integrals:
    """The integrals with their error bar relative to each query's largest score."""
    largest = _largest(scores)
    unit = torch.where(largest > 0, largest, torch.nan)
    return Integrals(
        scores=scores,
        n_points=n_points,
        score_sum=scores.sum(2, dtype=torch.float64),
        gap=_miss(scores, answer_change) / unit,
        score_change=change / unit,
        is_settled=is_settled,
    )


def _largest(scores: Float[Tensor, "query layer neuron"]) -> Float[Tensor, "query 1"]:
    return scores.abs().amax((1, 2)).double()[:, None]


def _miss(
    scores: Float[Tensor, "query layer neuron"], answer_change: Float[Tensor, "query layer"]
) -> Float[Tensor, "query layer"]:
    return (scores.sum(2, dtype=torch.float64) - answer_change.double()).abs()
