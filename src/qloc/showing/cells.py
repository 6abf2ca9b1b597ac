"""Values and tables as text of a terminal: 80 columns, nothing that a terminal would obey."""

import math
import unicodedata
from collections.abc import Iterator, Sequence

import pandas as pd

from qloc.terminal import WIDTH

LONGEST = 28
MISSING = "–"
EMPTY = '""'
_NOT_SHOWN = "\N{REPLACEMENT CHARACTER}"


def shown(value: object, longest: int | None = None) -> str:
    """A value on one line; text is cut behind so many letters."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.4g}"
    text = harmless(str(value)) or EMPTY
    return text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"


def harmless(text: str) -> str:
    """A text without letters that steer a terminal or turn its direction."""
    return "".join(letter if letter.isprintable() else _NOT_SHOWN for letter in text)


def width(text: str) -> int:
    """How many columns a terminal takes for a text."""
    return sum(
        2 if unicodedata.east_asian_width(letter) in "WF" else not unicodedata.combining(letter)
        for letter in text
    )


def columns_that_fit(rows: pd.DataFrame) -> list[str]:
    """The first columns, as many as stand beside each other in a terminal, but at least one."""
    room = WIDTH
    fitting: list[str] = []
    for name in map(str, rows.columns):
        room -= 2 + max(map(width, _column(rows, name)))
        if room < 0 and fitting:
            break
        fitting.append(name)
    return fitting


def side_by_side(rows: pd.DataFrame) -> Iterator[str]:
    """The rows below the names of their columns: numbers to the right, texts to the left."""
    columns = [_aligned(_column(rows, str(name)), _is_text(rows[name])) for name in rows.columns]
    for cells in zip(*columns, strict=True):
        yield ("  " + "  ".join(cells)).rstrip()


def _column(rows: pd.DataFrame, name: str) -> list[str]:
    return [name, *(shown(value, LONGEST) for value in rows[name].tolist())]


def _aligned(cells: Sequence[str], is_left: bool) -> list[str]:
    widest = max(map(width, cells))
    blanks = [" " * (widest - width(cell)) for cell in cells]
    return [c + b if is_left else b + c for c, b in zip(cells, blanks, strict=True)]


def _is_text(values: pd.Series) -> bool:
    return not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)
