"""Which numbers moved: more than the last bits of float32 explain.

Another batch size, number of threads or kind of processor moves the last bits of float32, by up
to 2e-5 of the largest value. So a number of a float column has *moved* if it differs by more than
2e-5 of the largest magnitude among its kind; a smaller difference is *rounding*. Its kind are the
rows, of both files, that differ from it in nothing but what they were measured on (fact, query,
neuron, …). An estimate and the ends of its intervals are of one kind. Any difference of a whole
number, a text or a claim is a move, and so is a value on one side and none on the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from qloc.pieces import pieces
from qloc.tables import Column, Table

ROUNDING = 2e-5
"""Share of the largest magnitude of its kind by which a number may differ."""

MEASURED_ON = {"fact_id", "query_id", "layer", "neuron", "head", "word", "draw", "repeat"}
"""Columns of keys that say on what something was measured, but not what."""

OF_AN_ESTIMATE = {"estimate", "mean", "median", "difference"}
ENDS = {"ci_low", "ci_high", "conditional_ci_low", "conditional_ci_high"}
"""Columns of one unit, in a table of estimates with intervals."""

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Move:
    """One value that differs.

    Attributes:
        place: Where it stands: what the file's place says, and its row's key.
        first: Its value in the first run; None if it has none.
        second: In the second.
    """

    place: Mapping[str, Value]
    first: Value
    second: Value


@dataclass(frozen=True)
class ColumnChange:
    """What became of the values of one column, in rows that both runs have.

    Attributes:
        column: Its name.
        type: As in the contract.
        unit: As in the contract.
        n_moved: Values that differ by more than rounding.
        n_rounding: Values that differ by rounding only.
        largest: Of numbers that moved, or of rounding where none did, the one that differs most;
            of others, the first.
    """

    column: str
    type: str
    unit: str
    n_moved: int
    n_rounding: int
    largest: Move | None


class Scales:
    """The largest magnitudes in the float columns of two files, by kinds of rows."""

    def __init__(self, table: Table, columns: Sequence[str]) -> None:
        floats = {column.name for column in table.columns if column.type.startswith("float")}
        self.columns = [name for name in columns if name in floats]
        self.kinds = [name for name in table.key if name not in MEASURED_ON]
        shared = [name for name in self.columns if name in OF_AN_ESTIMATE | ENDS]
        self.shared = shared if ENDS & set(shared) else []
        self.largest = pd.DataFrame(columns=pd.Index([*self.kinds, *self.columns]))

    def read(self, paths: Sequence[Path]) -> "Scales":
        """Take the rows of files into account."""
        for path in paths:
            for rows in pieces(path, [*self.kinds, *self.columns]):
                self.add(rows)
        return self

    def add(self, rows: pd.DataFrame) -> None:
        """Take rows into account."""
        if not self.columns or rows.empty:
            return
        sizes = rows[self.columns].abs()
        if self.shared:
            largest = sizes[self.shared].max(axis=1)
            sizes = sizes.assign(**dict.fromkeys(self.shared, largest))
        sizes = pd.concat([rows[self.kinds], sizes], axis=1)
        together = pd.concat([self.largest, sizes]) if len(self.largest) else sizes
        if self.kinds:
            self.largest = together.groupby(self.kinds, as_index=False).max()
        else:
            self.largest = together.max().to_frame().T

    def of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """For every row, the largest magnitude of its kind in each float column."""
        if not self.columns:
            return pd.DataFrame(index=range(len(rows)))
        if not self.kinds:
            return self.largest.iloc[np.zeros(len(rows), dtype=int)]
        return rows[self.kinds].merge(self.largest, how="left", on=self.kinds)


class Tally:
    """Counts of what became of one column, piece by piece."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.n_moved, self.n_rounding = 0, 0
        self.largest: Move | None = None
        self.rank = (False, 0.0)

    def add(
        self,
        first: pd.DataFrame,
        second: pd.DataFrame,
        scale: np.ndarray | None,
        key: Sequence[str],
        told: Mapping[str, str],
    ) -> None:
        """Count the values of rows that both files have.

        Args:
            first: Rows of the first file.
            second: Those of the second with the same keys.
            scale: Of every row; None for columns that do not round.
            key: Of the table.
            told: What the files' place says of their rows.
        """
        name = self.column.name
        old, new = first[name], second[name]
        sizes, is_moved = moved(old, new, scale)
        self.n_moved += int(is_moved.sum())
        differs = is_moved | (sizes > 0)
        self.n_rounding += int((differs & ~is_moved).sum())
        if differs.any():
            candidates = is_moved if is_moved.any() else differs
            place = int(np.argmax(np.where(candidates, sizes, -1.0)))
            rank = (bool(is_moved[place]), float(sizes[place]))
            if self.largest is None or rank > self.rank:
                self.rank = rank
                row = {part: plain(first[part].iat[place]) for part in key}
                self.largest = Move({**told, **row}, plain(old.iat[place]), plain(new.iat[place]))

    def change(self) -> ColumnChange:
        """What was counted."""
        column = self.column
        return ColumnChange(
            column.name, column.type, column.unit, self.n_moved, self.n_rounding, self.largest
        )


def moved(
    old: pd.Series, new: pd.Series, scale: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """By how much values differ, and which of them moved.

    Texts, claims and values with none on the other side have no size: it is 0.
    """
    is_gone, is_new = old.isna().to_numpy(), new.isna().to_numpy()
    is_moved = is_gone != is_new
    is_number = all(
        pd.api.types.is_numeric_dtype(side) and not pd.api.types.is_bool_dtype(side)
        for side in (old, new)
    )
    if not is_number:
        is_present = ~(is_gone | is_new)
        differs = old.astype(str).to_numpy() != new.astype(str).to_numpy()
        return np.zeros(len(old)), is_moved | (is_present & differs)
    before, after = (side.to_numpy(dtype=float, na_value=np.nan) for side in (old, new))
    sizes = np.nan_to_num(np.abs(after - before), nan=0.0)
    allowed = 0.0 if scale is None else ROUNDING * np.nan_to_num(scale, nan=0.0)
    return sizes, is_moved | (sizes > allowed)


def plain(value: object) -> Value:
    """A value of a table as JSON has it; None for a gap."""
    if isinstance(value, str | bool):
        return value
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    number = value.item() if isinstance(value, np.generic) else value
    assert isinstance(number, int | float)
    return number


def tallies(table: Table, columns: Sequence[str]) -> Iterator[Tally]:
    """One for each of a table's columns, in the contract's order."""
    return (Tally(column) for column in table.columns if column.name in columns)
