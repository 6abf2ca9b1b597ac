"""The integral of every path, and how good it is.

A path leads the neurons of one layer from a baseline to what they do; IG has one for every query
and layer, other methods one for every word as well. A path's scores add up to the change of the
answer along it (completeness). How far they miss it, the gap, and how far scores still move
from one number of points to the next, the score change, are the error bar of an attribution:
both in units of the query's largest score. The gap alone bounds no single neuron.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from qloc.measures.quadrature import Quadrature, nested_ladder

# To which rung every path is taken at once. Hardly a path that is its layer's only one settles
# below the second; of those of many words, most of which matter little, every third does.
FIRST_RUNG, FIRST_RUNG_OF_WORDS = 2, 1


@runtime_checkable
class Integrand(Protocol):
    """The gradients of paths, in a space of which scores are a linear image."""

    def gradients(
        self, chosen: Int[Tensor, " chosen"], points: Sequence[float]
    ) -> tuple[Float[Tensor, "chosen point hidden"], Float[Tensor, "chosen hidden"]]:
        """At points of some paths other than 1, and at 1."""

    def scores(
        self, chosen: Int[Tensor, " chosen"], gradients: Float[Tensor, "chosen hidden"]
    ) -> Float[Tensor, "chosen neuron"]:
        """What integrated gradients mean for every neuron."""


@dataclass(frozen=True)
class Words:
    """Which paths belong together: those of the words of one query and layer.

    Attributes:
        pairs: Number of every path's (query, layer) pair, from 0.
        queries: Number of every pair's query, from 0.
    """

    pairs: Int[Tensor, " path"]
    queries: Int[Tensor, " pair"]

    def summed(self, of_paths: Float[Tensor, " path *rest"]) -> Float[Tensor, " pair *rest"]:
        """Sums over the words of every pair."""
        total = of_paths.new_zeros((len(self.queries), *of_paths.shape[1:]))
        return total.index_add_(0, self.pairs.to(of_paths.device), of_paths)

    def largest(self, scores: Float[Tensor, "path neuron"]) -> Float[Tensor, " pair"]:
        """The largest |score|, summed over words, of every pair's query."""
        of_pairs = self.summed(scores).abs().amax(1).double()
        queries = self.queries.to(scores.device)
        largest = of_pairs.new_zeros(int(self.queries.max()) + 1)
        return largest.scatter_reduce_(0, queries, of_pairs, "amax")[queries]


@dataclass(frozen=True)
class Integrals:
    """Scores of every path with their error bar.

    Attributes:
        scores: In units of probability.
        n_points: Points at which the gradient was taken, 1 included if it was.
        score_sum: Sum of a path's scores over its neurons.
        gap: |score_sum − change of the answer| over the query's largest |score|;
            NaN where all scores of the query are 0.
        score_change: Largest change of a score between the last two numbers of points, over the
            query's largest |score|; NaN where that is 0, or where only one number was taken.
        is_settled: Both, summed over the words of the path's pair, lie within the tolerance; None
            where there is none.
    """

    scores: Float[Tensor, "path neuron"]
    n_points: Int[Tensor, " path"]
    score_sum: Float[Tensor, " path"]
    gap: Float[Tensor, " path"]
    score_change: Float[Tensor, " path"]
    is_settled: Bool[Tensor, " path"] | None


def integrate(
    integrand: Integrand, words: Words, answer_change: Float[Tensor, " path"], rule: Quadrature
) -> Integrals:
    """Integrate every path by one rule."""
    every = torch.arange(len(words.pairs))
    inside = [point for point in rule.points if point != 1]
    gradients, end = integrand.gradients(every, inside)
    scores = integrand.scores(every, _weighted(rule, inside, gradients, end))
    n_points = torch.full_like(every, rule.n_points)
    unknown = torch.full_like(answer_change, torch.nan, dtype=torch.float64)
    return _checked(words, scores, n_points, answer_change, unknown, None)


def integrate_adaptively(
    integrand: Integrand, words: Words, answer_change: Float[Tensor, " path"], tolerance: float
) -> Integrals:
    """Integrate every path with more points until its scores settle.

    A (query, layer) pair is settled when gap and score change, each summed over its words, are at
    most the tolerance. Where they are not, the paths that miss their share of it are given more
    points; one that never settles keeps the scores of the most points. Every rung of the ladder
    has the points of the one below, so that no gradient is taken twice.

    Args:
        integrand: Gives gradients of chosen paths.
        words: Which paths belong together.
        answer_change: Of every path, from its baseline to its end.
        tolerance: In units of the query's largest |score|.
    """
    pairs = words.pairs.to(answer_change.device)
    n_words = torch.bincount(pairs, minlength=len(words.queries))
    first = FIRST_RUNG if int(n_words.max()) == 1 else FIRST_RUNG_OF_WORDS
    climb = _Climb(integrand, nested_ladder(), len(words.pairs), first)
    if first < FIRST_RUNG:  # how far a path goes must not depend on other queries
        climb.refine((n_words[pairs] == 1).cpu())
    while True:
        miss = (climb.scores.sum(1, dtype=torch.float64) - answer_change).abs()
        allowed = tolerance * words.largest(climb.scores)
        is_settled = (words.summed(miss) <= allowed) & (words.summed(climb.change) <= allowed)
        share = (allowed / n_words)[pairs]
        misses = ((miss > share) | (climb.change > share)) & ~is_settled[pairs]
        if not climb.refine(misses.cpu()):
            break
    return _checked(
        words, climb.scores, climb.n_points, answer_change, climb.change, is_settled[pairs]
    )


class _Climb:
    """All paths on their way up the ladder.

    Attributes:
        scores: Of every path, by the points of its rung.
        change: Largest change of a score since the rung below.
    """

    def __init__(
        self, integrand: Integrand, ladder: Sequence[Quadrature], n_paths: int, first: int
    ) -> None:
        """Take every path from the unmodified run, which costs nothing, to a first rung."""
        self._integrand, self._ladder = integrand, ladder
        self._rung = torch.zeros(n_paths, dtype=torch.int64)
        every = torch.arange(n_paths)
        new = [self._new_points(rung) for rung in range(1, first + 1)]
        inside, end = integrand.gradients(every, [point for points in new for point in points])
        parts = torch.split(inside, [len(points) for points in new], 1)
        # Gradients at the new points of every rung, and where those of a path stand.
        self._kept = [end[:, None], *parts]
        self._place = [every] * (first + 1)
        self.scores = integrand.scores(every, end)
        self.change = torch.full_like(self.scores[:, 0], torch.inf, dtype=torch.float64)
        for rung in range(1, first + 1):
            self._reach(every, rung)

    @property
    def n_points(self) -> Int[Tensor, " path"]:
        """Points of every path's rung."""
        return torch.tensor([rule.n_points for rule in self._ladder])[self._rung]

    def refine(self, asked: Bool[Tensor, " path"]) -> bool:
        """Take the lowest of some paths one rung up; whether any could go there."""
        asked = asked & (self._rung + 1 < len(self._ladder))
        if not asked.any():
            return False
        rung = int(self._rung[asked].min()) + 1
        chosen = torch.nonzero(asked & (self._rung + 1 == rung))[:, 0]
        inside, _ = self._integrand.gradients(chosen, self._new_points(rung))
        if rung == len(self._kept):
            self._kept.append(inside[:0])
            self._place.append(torch.full_like(self._rung, -1))
        self._place[rung][chosen] = len(self._kept[rung]) + torch.arange(len(chosen))
        self._kept[rung] = torch.cat([self._kept[rung], inside])
        self._reach(chosen, rung)
        return True

    def _new_points(self, rung: int) -> list[float]:
        """Those that the rung below does not have."""
        return [p for p in self._ladder[rung].points if p not in self._ladder[rung - 1].points]

    def _reach(self, chosen: Int[Tensor, " chosen"], rung: int) -> None:
        """Score paths by the points of a rung."""
        weight_at = dict(zip(self._ladder[rung].points, self._ladder[rung].weights, strict=True))
        points = [1.0] + [point for r in range(1, rung + 1) for point in self._new_points(r)]
        seen = torch.cat(
            [self._kept[r][self._place[r][chosen]] for r in range(rung + 1)], 1
        )  # chosen point hidden
        weights = seen.new_tensor([weight_at[point] for point in points])
        refined = self._integrand.scores(chosen, torch.einsum("cph,p->ch", seen, weights))
        self.change[chosen] = (refined - self.scores[chosen]).abs().amax(1).double()
        self.scores[chosen] = refined
        self._rung[chosen] = rung


def _weighted(
    rule: Quadrature,
    inside: Sequence[float],
    gradients: Float[Tensor, "path point hidden"],
    end: Float[Tensor, "path hidden"],
) -> Float[Tensor, "path hidden"]:
    """The integral of the gradients by a rule."""
    weight_at = dict(zip(rule.points, rule.weights, strict=True))
    weights = gradients.new_tensor([weight_at[point] for point in inside])
    return torch.einsum("cph,p->ch", gradients, weights) + weight_at.get(1.0, 0.0) * end


def _checked(
    words: Words,
    scores: Float[Tensor, "path neuron"],
    n_points: Int[Tensor, " path"],
    answer_change: Float[Tensor, " path"],
    change: Float[Tensor, " path"],
    is_settled: Bool[Tensor, " path"] | None,
) -> Integrals:
    """The integrals with their error bar relative to each query's largest score."""
    largest = words.largest(scores)[words.pairs.to(scores.device)]
    unit = torch.where(largest > 0, largest, torch.nan)
    score_sum = scores.sum(1, dtype=torch.float64)
    return Integrals(
        scores=scores,
        n_points=n_points,
        score_sum=score_sum,
        gap=(score_sum - answer_change).abs() / unit,
        score_change=change / unit,
        is_settled=is_settled,
    )
