"""What the jobs that open no model write."""

from collections.abc import Mapping, Sequence
from typing import Any

from qloc.planning.amounts import Amounts
from qloc.planning.assumptions import KEPT_GROWTH, KNOWLEDGE_SHARE, PAGE_BYTES, ROW_BYTES
from qloc.planning.shapes import Shape
from qloc.planning.workloads import RelationLoad


def other_bytes(
    settings: Mapping[str, Any],
    shapes: Mapping[str, Shape],
    loads: Sequence[RelationLoad],
    known: float,
    growth: tuple[float, float] = KEPT_GROWTH,
) -> int:
    """Of knowledge neurons, and of figures and pages; all else is small beside them."""
    total = 0.0
    for shape in shapes.values():
        amounts = Amounts(settings, shape, loads, known, growth)
        rows = KNOWLEDGE_SHARE * sum(amounts.kept_rows(method) for method in amounts.methods)
        total += PAGE_BYTES + amounts.n_studied * rows * ROW_BYTES["knowledge_neurons"]
    return round(total)
