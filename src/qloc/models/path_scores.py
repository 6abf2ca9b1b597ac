"""From baselines to scores: what all methods of attribution share.

A method says from which baselines, for which words, the neurons of a layer come; here their paths
are integrated, checked against plain runs, and summed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Float64, Int
from torch import Tensor

from qloc.measures.attribution import PathChecks
from qloc.measures.integration import Integrals, Words, integrate, integrate_adaptively
from qloc.measures.quadrature import FIXED_RULES
from qloc.models.language_model import LanguageModel
from qloc.models.methods import Rule
from qloc.models.prompting import EncodedQuery
from qloc.models.sweep import Paths
from qloc.models.sweep_check import check_ends
from qloc.models.tails import Prompts, Tail


@dataclass(frozen=True)
class Stretch:
    """Paths from the tails of one batch, whose neurons are changed at one token of each.

    Attributes:
        paths: One for every layer of every entry, entry by entry.
        numbers: Of every path's query, in the batch.
        words: Position of every path's word.
    """

    paths: Paths
    numbers: Int[Tensor, " path"]
    words: Int[Tensor, " path"]


def stretch(
    model: LanguageModel,
    tail: Tail,
    tails: Sequence[int],
    numbers: Sequence[int],
    words: Sequence[int],
    baselines: Float[Tensor, "entry layer neuron"],
    neurons: Float[Tensor, "entry layer neuron"],
) -> Stretch:
    """The paths of all layers, for entries of one query and word each.

    Args:
        model: The model.
        tail: From where queries change.
        tails: Of every entry, as the number of its row in ``tail``.
        numbers: Of every entry's query in the batch.
        words: Of every entry.
        baselines: Where the neurons of every entry start.
        neurons: What they do.
    """
    layers = torch.arange(model.n_layers)
    paths = Paths(
        model=model,
        tail=tail,
        queries=torch.tensor(tails).repeat_interleave(model.n_layers),
        layers=layers.repeat(len(tails)),
        baselines=baselines.flatten(0, 1),
        steps=(neurons - baselines).flatten(0, 1),
    )
    of_paths = [torch.tensor(part).repeat_interleave(model.n_layers) for part in (numbers, words)]
    return Stretch(paths, *of_paths)


@dataclass(frozen=True)
class PathScores:
    """Scores of all paths of a batch.

    Attributes:
        of_paths: What each neuron contributed along each path, in units of probability.
        summed: The same, summed over the words of every query and layer.
        numbers: Of every path's query.
        checks: Error bars, path by path.
    """

    of_paths: Float[Tensor, "path neuron"]
    summed: Float[Tensor, "query layer neuron"]
    numbers: Int[Tensor, " path"]
    checks: PathChecks


def score_paths(prompts: Prompts, stretches: Sequence[Stretch], rule: Rule) -> PathScores:
    """Integrate the paths of a batch of queries.

    Args:
        prompts: The batch.
        stretches: All its paths.
        rule: How their integrals are taken.

    Raises:
        StudyError: The sweep does not give what plain runs of the model give.
    """
    together = _Together([part.paths for part in stretches])
    n_queries, n_layers = len(prompts.queries), together.model.n_layers
    numbers = torch.cat([part.numbers for part in stretches])
    words = torch.cat([part.words for part in stretches])
    layers = torch.cat([part.paths.layers for part in stretches])
    pairs = Words(numbers * n_layers + layers, torch.arange(n_queries * n_layers) // n_layers)
    answer_change = together.answer_change(prompts.queries[int(stretches[0].numbers[-1])])
    if rule.quadrature == "adaptive":
        integrals = integrate_adaptively(together, pairs, answer_change, rule.tolerance)
    else:
        fixed = FIXED_RULES[rule.quadrature](rule.steps)
        integrals = integrate(together, pairs, answer_change, fixed)
    summed = pairs.summed(integrals.scores).reshape(n_queries, n_layers, -1)
    checks = _checks(numbers, layers, words, integrals, answer_change)
    return PathScores(integrals.scores, summed, numbers, checks)


def _checks(
    numbers: Int[Tensor, " path"],
    layers: Int[Tensor, " path"],
    words: Int[Tensor, " path"],
    integrals: Integrals,
    answer_change: Float[Tensor, " path"],
) -> PathChecks:
    settled = integrals.is_settled
    return PathChecks(
        query=numbers.numpy(),
        layer=layers.numpy(),
        word=words.numpy(),
        n_points=integrals.n_points.numpy(),
        score_sum=integrals.score_sum.numpy(force=True),
        answer_change=answer_change.numpy(force=True),
        gap=integrals.gap.numpy(force=True),
        score_change=integrals.score_change.numpy(force=True),
        is_settled=None if settled is None else settled.numpy(force=True),
    )


class _Together:
    """The paths of several stretches, numbered one after another."""

    def __init__(self, parts: Sequence[Paths]) -> None:
        self._parts = parts
        self._ends = torch.tensor([len(part) for part in parts]).cumsum(0).tolist()
        self.model = parts[0].model

    def answer_change(self, last: EncodedQuery) -> Float64[Tensor, " path"]:
        """What every path changes of its answer.

        Checked against plain runs for the last query: the longest, where attention does most.
        """
        changes = []
        for part in self._parts:
            at_baseline, unmodified = part.probabilities(0.0)
            if part is self._parts[0]:
                own = slice(-self.model.n_layers, None)
                check_ends(part, last, at_baseline[own], unmodified[own])
            changes.append(unmodified - at_baseline)
        return torch.cat(changes)

    def gradients(
        self, chosen: Int[Tensor, " chosen"], points: Sequence[float]
    ) -> tuple[Float[Tensor, "chosen point hidden"], Float[Tensor, "chosen hidden"]]:
        """Of chosen paths of all parts; see `Paths.gradients`."""
        hidden = self._parts[0].moves
        at_points = hidden.new_empty((len(chosen), len(points), hidden.shape[1]))
        at_end = hidden.new_empty((len(chosen), hidden.shape[1]))
        for part, places, own in self._own(chosen):
            at_points[places], at_end[places] = part.gradients(own, points)
        return at_points, at_end

    def scores(
        self, chosen: Int[Tensor, " chosen"], gradients: Float[Tensor, "chosen hidden"]
    ) -> Float[Tensor, "chosen neuron"]:
        """Of chosen paths of all parts; see `Paths.scores`."""
        steps = self._parts[0].steps
        scores = steps.new_empty((len(chosen), steps.shape[1]))
        for part, places, own in self._own(chosen):
            scores[places] = part.scores(own, gradients[places])
        return scores

    def _own(
        self, chosen: Int[Tensor, " chosen"]
    ) -> Iterator[tuple[Paths, Int[Tensor, " own"], Int[Tensor, " own"]]]:
        """Every part, with the places of its paths among the chosen and their numbers in it."""
        for part, end in zip(self._parts, self._ends, strict=True):
            start = end - len(part)
            places = torch.nonzero((chosen >= start) & (chosen < end))[:, 0]
            if len(places):
                yield part, places, chosen[places] - start
