"""Rows of two files of one table side by side, piece by piece.

Tables are sorted by their key: pieces of both files are cut at the same key, so that rows that
belong together meet in one piece, and no more than two pieces are held.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from qloc.errors import StudyError
from qloc.pieces import ROWS, pieces


@dataclass(frozen=True)
class Pair:
    """Rows of two files, of one range of keys.

    Attributes:
        first: Rows of the first file whose key the second has, too.
        second: Those of the second, in the same order.
        only_first: Rows of the first file whose key the second has not.
        only_second: The other way round.
    """

    first: pd.DataFrame
    second: pd.DataFrame
    only_first: pd.DataFrame
    only_second: pd.DataFrame


def pairs(
    first: Path, second: Path, key: Sequence[str], columns: Sequence[str], n_rows: int = ROWS
) -> Iterator[Pair]:
    """The rows of two files by their key.

    Args:
        first: A file of a table.
        second: Another of the same table.
        key: Columns that name a row, by which both are sorted.
        columns: The others to read.
        n_rows: Of a piece.

    Raises:
        StudyError: A file cannot be read, or is not sorted.
    """
    names = [*key, *columns]
    left, right = (_Reader(path, key, pieces(path, names, n_rows)) for path in (first, second))
    while left.has_rows() and right.has_rows():
        end = min(left.last(), right.last())
        yield _joined(left.take(end), right.take(end), key)
    while left.has_rows():
        yield _joined(left.take(left.last()), right.rows, key)
    while right.has_rows():
        yield _joined(left.rows, right.take(right.last()), key)


class _Reader:
    """The rows of a file that were not taken yet, as far as they were read."""

    def __init__(self, path: Path, key: Sequence[str], source: Iterator[pd.DataFrame]) -> None:
        self.path, self.key, self.source = path, list(key), source
        self.rows = pd.DataFrame(columns=pd.Index(self.key))
        self.before: tuple[object, ...] | None = None

    def has_rows(self) -> bool:
        """Whether rows are left; reads on where none is at hand."""
        while self.rows.empty:
            piece = next(self.source, None)
            if piece is None:
                return False
            self.rows = piece
            if not piece.empty:
                self._check_order()
        return True

    def last(self) -> tuple[object, ...]:
        """Key of the last row at hand."""
        return self._key(len(self.rows) - 1)

    def take(self, end: tuple[object, ...]) -> pd.DataFrame:
        """The rows up to a key, which are then taken."""
        cut = bisect_right(range(len(self.rows)), end, key=self._key)
        taken, self.rows = self.rows.iloc[:cut], self.rows.iloc[cut:]
        return taken

    def _key(self, place: int) -> tuple[object, ...]:
        return tuple(self.rows[name].iat[place] for name in self.key)

    def _check_order(self) -> None:
        """Refuse rows out of order, among which others would be taken for missing."""
        is_after = np.zeros(len(self.rows) - 1, dtype=bool)
        is_equal = ~is_after
        for name in self.key:
            values = self.rows[name]
            earlier, later = values.iloc[:-1].array, values.iloc[1:].array
            is_after |= is_equal & np.asarray(later > earlier, dtype=bool)
            is_equal &= np.asarray(later == earlier, dtype=bool)
        if not is_after.all() or (self.before is not None and self._key(0) <= self.before):
            raise StudyError(
                f"{self.path} is not sorted by {', '.join(self.key)}: it was changed after it was"
                " made. Delete the file and run `snakemake` in its study again."
            )
        self.before = self.last()


def _joined(first: pd.DataFrame, second: pd.DataFrame, key: Sequence[str]) -> Pair:
    """Rows of one range of keys, by their keys."""
    names = list(key)
    if len(first) == len(second) and _are_equal(first[names], second[names]):
        return Pair(first, second, first.iloc[:0], second.iloc[:0])
    if first.empty or second.empty:
        return Pair(first.iloc[:0], second.iloc[:0], first, second)
    places = (rows[names].assign(**{of: np.arange(len(rows))})
              for of, rows in (("of_first", first), ("of_second", second)))  # fmt: skip
    joined = next(places).merge(next(places), how="outer", on=names)
    of_first, of_second = joined["of_first"], joined["of_second"]
    is_both = of_first.notna() & of_second.notna()
    return Pair(
        first.iloc[of_first[is_both].astype(int)],
        second.iloc[of_second[is_both].astype(int)],
        first.iloc[of_first[of_second.isna()].astype(int)],
        second.iloc[of_second[of_first.isna()].astype(int)],
    )


def _are_equal(first: pd.DataFrame, second: pd.DataFrame) -> bool:
    return all(bool((first[name].array == second[name].array).all()) for name in first.columns)
