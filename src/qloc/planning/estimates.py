"""What the jobs of every rule that opens a model will cost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qloc.planning.amounts import Amounts, Cost
from qloc.planning.assumptions import KEPT_GROWTH
from qloc.planning.attribution_costs import (
    answering,
    attributing,
    comparing_quadratures,
    training,
)
from qloc.planning.editing_costs import editing
from qloc.planning.intervention_costs import manipulating_synapses, mapping
from qloc.planning.memory import node_bytes
from qloc.planning.shapes import Shape
from qloc.planning.workloads import RelationLoad


@dataclass(frozen=True)
class StageEstimate:
    """Of all jobs of one rule, for one model and method.

    Attributes:
        rule: Name of the rule.
        model: That it opens.
        method: Of attribution, where jobs of the rule are of one; else "".
        n_jobs: How many jobs the rule has.
        n_queries: Queries they work on, all jobs together.
        operations: Floating-point operations in all.
        output_bytes: Of all files they write.
        memory_bytes: Of the node, for the largest job, if it computes on the CPU.
    """

    rule: str
    model: str
    method: str
    n_jobs: int
    n_queries: int
    operations: float
    output_bytes: int
    memory_bytes: int


def stage_estimates(
    settings: Mapping[str, Any],
    shapes: Mapping[str, Shape],
    loads: Sequence[RelationLoad],
    known: float = 1.0,
    growth: tuple[float, float] = KEPT_GROWTH,
) -> list[StageEstimate]:
    """Estimates of every rule that opens a model, model by model.

    Args:
        settings: Of the study, resolved.
        shapes: Of every model, by the name of its instance.
        loads: Of every relation.
        known: Share of the queries that a model answers; 1 is the upper bound.
        growth: Powers with which neurons whose scores are kept grow: of the neurons of a layer,
            and of the number of layers.
    """
    return [
        StageEstimate(
            cost.rule,
            model,
            cost.method,
            cost.n_jobs,
            cost.n_queries,
            cost.operations,
            round(cost.output_bytes),
            round(node_bytes(shape, cost.work_bytes)),
        )
        for model, shape in shapes.items()
        for cost in _costs(
            Amounts(settings, shape, loads, known, growth), _description(settings, model)
        )
    ]


def _description(settings: Mapping[str, Any], model: str) -> Mapping[str, Any]:
    """What the settings say of an instance; a trained one has its seed behind its name."""
    described: Mapping[str, Mapping[str, Any]] = settings["model"]
    return described.get(model) or described[model.rpartition("-seed")[0]]


def _costs(amounts: Amounts, described: Mapping[str, Any]) -> Iterator[Cost]:
    if described["source"] == "trained":
        yield training(amounts, described["passes"])
    yield answering(amounts)
    yield from attributing(amounts)
    yield comparing_quadratures(amounts)
    yield mapping(amounts)
    yield from manipulating_synapses(amounts)
    yield from editing(amounts)
