"""Who takes part: the public library, the naive scheme, and the study's own sweep."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import torch
from jaxtyping import Float
from tests.benchmark import library, naive
from tests.benchmark.forced import HISTOGRAMS, drawn_points, forced
from torch import Tensor

from qloc.measures.attribution import Attribution
from qloc.measures.quadrature import Quadrature, right_riemann
from qloc.models import path_scores
from qloc.models.language_model import LanguageModel
from qloc.models.methods import Rule, attribute
from qloc.models.prompting import EncodedQuery

RIEMANN = "riemann_right"
STEPS = 20
EXACT = "exact"
LIBRARY = "library"
NAIVE = "naive"
NAIVE_LAST = "naive, logits of the last token only"

Scores = Float[Tensor, "query layer neuron"]
Contender = Callable[[LanguageModel, Sequence[EncodedQuery], int], Scores]


def contenders(steps: int = STEPS) -> Mapping[str, Contender]:
    """All by name; each takes a model, queries, and the number of the round."""
    rule = right_riemann(steps)
    return {
        LIBRARY: lambda model, queries, _: library.attribute(model, queries, steps),
        NAIVE: lambda model, queries, _: naive.attribute(model, queries, rule),
        NAIVE_LAST: lambda model, queries, _: naive.attribute(model, queries, rule, 1),
        EXACT: lambda model, queries, _: exact(model, queries, steps),
        **{adaptive_name(name): partial(adaptive, name) for name in HISTOGRAMS},
    }


def adaptive_name(organism: str) -> str:
    """Of the adaptive rule with the points that an organism needed."""
    return f"adaptive, points as on {organism}"


def exact(model: LanguageModel, queries: Sequence[EncodedQuery], steps: int = STEPS) -> Scores:
    """The sweep, by the paper's rule."""
    return _ours(model, queries, Rule(RIEMANN, steps, 0.0))


def adaptive(
    organism: str, model: LanguageModel, queries: Sequence[EncodedQuery], number: int
) -> Scores:
    """The sweep, adaptively, with as many points as an organism's pairs needed.

    Raises:
        AssertionError: Another number was taken.
    """
    points = drawn_points(HISTOGRAMS[organism], len(queries) * model.n_layers, number)
    with forced(points):
        found = _attribution(model, queries, Rule("adaptive", STEPS, 1e-3))
    assert sorted(found.checks.n_points.tolist()) == sorted(points.tolist())
    return torch.from_numpy(found.scores)


def exact_at(rule: Quadrature, model: LanguageModel, queries: Sequence[EncodedQuery]) -> Scores:
    """The sweep, by a rule that the study does not offer, such as the library's."""
    with _only_rule(rule):
        return exact(model, queries, rule.n_points)


def _ours(model: LanguageModel, queries: Sequence[EncodedQuery], rule: Rule) -> Scores:
    return torch.from_numpy(_attribution(model, queries, rule).scores)


def _attribution(model: LanguageModel, queries: Sequence[EncodedQuery], rule: Rule) -> Attribution:
    return attribute(model, queries, "ig", rule)


@contextmanager
def _only_rule(rule: Quadrature) -> Iterator[None]:
    """The paper's rule is another."""
    offered = path_scores.FIXED_RULES
    path_scores.FIXED_RULES = {RIEMANN: lambda _: rule}
    try:
        yield
    finally:
        path_scores.FIXED_RULES = offered
