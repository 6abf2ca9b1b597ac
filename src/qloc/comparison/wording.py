"""The words that text and page share."""

from collections.abc import Mapping, Sequence

from qloc.comparison.estimates import Estimate
from qloc.comparison.moves import ColumnChange, Move, Value
from qloc.comparison.table_changes import TableChange

ABSENT = "-"


def shown(value: Value) -> str:
    """A value of a table: six significant digits, a dash where there is none."""
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def rounded(value: float | None) -> str:
    """An estimate as a person reads it."""
    return ABSENT if value is None else f"{value:.4g}"


def estimate(found: Estimate) -> str:
    """An estimate and its interval: ``0.61 [0.55, 0.67]``."""
    if found.low is None or found.high is None:
        return rounded(found.value)
    return f"{rounded(found.value)} [{rounded(found.low)}, {rounded(found.high)}]"


def change(first: Value, second: Value) -> str:
    """By how much a number differs, with its sign; nothing for what is no number."""
    if not (_is_number(first) and _is_number(second)):
        return ""
    assert isinstance(first, int | float)
    assert isinstance(second, int | float)
    return f"{second - first:+.4g}"


def step(found: Move) -> str:
    """What a value was and is: ``0.5 -> 0.25 (-0.25)``."""
    by = change(found.first, found.second)
    return f"{shown(found.first)} -> {shown(found.second)}{f' ({by})' if by else ''}"


def place(found: Mapping[str, Value]) -> str:
    """Where a value stands: ``model gpt2, method ig``."""
    return ", ".join(f"{name} {shown(value)}" for name, value in found.items())


def choices(tables: Sequence[TableChange]) -> list[tuple[str, TableChange, ColumnChange]]:
    """Claims and choices that flipped: the column's full name, its table and what became of it."""
    return [
        (f"{table.table}.{column.column}", table, column)
        for table in tables
        for column in table.columns
        if column.type in ("bool", "category") and column.n_moved
    ]


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
