"""Numbers as a reader sees them: never `nan`, never more digits than they carry."""

import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import SupportsFloat, SupportsInt

import pandas as pd

MISSING = "not defined"


def number(value: SupportsFloat, digits: int = 2) -> str:
    """A number with a true minus sign; words where there is none."""
    if math.isnan(float(value)):
        return MISSING
    text = f"{float(value):,.{digits}f}"
    is_zero = not text.strip("-0.,")
    return text.lstrip("-") if is_zero else text.replace("-", "\N{MINUS SIGN}")


def interval(
    estimate: SupportsFloat, low: SupportsFloat, high: SupportsFloat, digits: int = 2
) -> str:
    """An estimate and its interval: `0.61 [0.55, 0.67]`."""
    if math.isnan(float(estimate)):
        return MISSING
    if math.isnan(float(low)) or math.isnan(float(high)):
        return f"{number(estimate, digits)} [not estimable]"
    return f"{number(estimate, digits)} [{number(low, digits)}, {number(high, digits)}]"


def p_value(value: float) -> str:
    """A p-value; below 1e-300 floating-point numbers cannot tell it from 0."""
    if math.isnan(value):
        return MISSING
    if value < 1e-300:
        return "< 1e−300"
    if value < 0.001:
        return f"{value:.0e}".replace("-", "\N{MINUS SIGN}")
    return f"{value:.3f}" if value < 0.01 else f"{value:.2f}"


def count(value: SupportsInt) -> str:
    """A count with commas: `1,064`."""
    return f"{int(value):,}"


def counted(value: SupportsInt, noun: str) -> str:
    """A count and its noun: `1 fact`, `30 facts`, `2 queries`."""
    if int(value) == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count(value)} {plural}"


def in_order(relations: pd.Series) -> pd.Series:
    """Sort key of relations: P36 stands before P103."""
    return relations.map(lambda name: (name != "all", len(name), name))


def words(name: str) -> str:
    """A name of a table as words: `token_boundary` is `token boundary`."""
    return name.replace("_", " ")


def each(rows: pd.DataFrame) -> Iterator[SimpleNamespace]:
    """The rows one after another, their values by the names of the columns."""
    for row in rows.to_dict("records"):
        yield SimpleNamespace(**{str(name): value for name, value in row.items()})


def first(rows: pd.DataFrame, column: str, value: str) -> SimpleNamespace | None:
    """The first row with this value in a column; None if there is none."""
    return next(each(rows[rows[column] == value]), None)


def csv(rows: pd.DataFrame) -> bytes:
    """Rows as comma-separated values, six significant digits, gaps left empty."""
    return rows.to_csv(index=False, float_format="%.6g", lineterminator="\n").encode()
