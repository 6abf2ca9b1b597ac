"""What the jobs of every rule that opens a model will cost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qloc.planning.operations import run_operations
from qloc.planning.shapes import Shape
from qloc.planning.workloads import RelationLoad


@dataclass(frozen=True)
class StageEstimate:
    """Of all jobs of one rule, for one model.

    Attributes:
        rule: Name of the rule.
        model: That it opens.
        method: Of attribution; "" where the rule has none.
        n_jobs: How many jobs the rule has.
        n_queries: Queries they work on, all jobs together.
        operations: Floating-point operations in all.
        output_bytes: Of all files they write.
        memory_bytes: Of the node, for the largest job.
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
) -> list[StageEstimate]:
    """Estimates of every rule that opens a model.

    Args:
        settings: Of the study, resolved.
        shapes: Of every model.
        loads: Of every relation.
        known: Share of the queries that a model answers; 1 is the upper bound.
    """
    return [
        estimate
        for model, shape in shapes.items()
        for estimate in _of_model(settings, model, shape, loads, known)
    ]


def _of_model(
    _settings: Mapping[str, Any],
    model: str,
    shape: Shape,
    loads: Sequence[RelationLoad],
    _known: float,
) -> Iterator[StageEstimate]:
    n_queries = sum(load.n_queries for load in loads)
    operations = sum(
        load.n_queries * run_operations(shape, load.mean_prompt_tokens) for load in loads
    )
    yield StageEstimate(
        "answer_queries", model, "", len(loads), n_queries, operations, 0, 4 * shape.n_parameters
    )
