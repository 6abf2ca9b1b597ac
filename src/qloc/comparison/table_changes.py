"""One table of two runs, row by row: which rows are new or gone, and which values moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from qloc.circumstances import digest
from qloc.comparison.joining import Pair, pairs
from qloc.comparison.moves import ColumnChange, Scales, Tally, tallies
from qloc.comparison.runs import Run, known_tables, place_of, stored_of
from qloc.comparison.sets import SETS, SetChange, SetTally
from qloc.pieces import stored
from qloc.tables import Table

NOT_COMPARED: Mapping[str, str] = {
    "provenance": "it tells the circumstances, which are compared above",
    "manipulation_costs": "times, which no two runs share",
    "stage_costs": "times, which no two runs share",
}
"""Why tables are left out, by their names."""


@dataclass(frozen=True)
class TableChange:
    """How one table differs.

    Attributes:
        table: Its name.
        n_files: Files that both runs have.
        n_same_files: Those of them with the same bytes.
        only_first: Places of files that only the first run has.
        only_second: That only the second has.
        n_rows: Rows that both have, by their key, in files that both have.
        n_only_first: Rows of these files that only the first has.
        n_only_second: That only the second has.
        versions: Of the contract, in the first run and in the second, where they differ.
        columns: Those with values that differ.
        columns_only_first: Columns that only the first has: other versions of the contract.
        columns_only_second: That only the second has.
        unknown_columns: Columns of both that this version's contract lacks; they are not compared.
        sets: Of a table that lists the members of sets.
    """

    table: str
    n_files: int
    n_same_files: int
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    n_rows: int
    n_only_first: int
    n_only_second: int
    versions: tuple[str, str] | None
    columns: tuple[ColumnChange, ...]
    columns_only_first: tuple[str, ...]
    columns_only_second: tuple[str, ...]
    unknown_columns: tuple[str, ...]
    sets: SetChange | None

    @property
    def is_same(self) -> bool:
        """Whether the values are those of the other run, to rounding, in all the same rows."""
        is_whole = not (self.only_first or self.only_second)
        has_all = not (self.n_only_first or self.n_only_second)
        has_columns = not (self.columns_only_first or self.columns_only_second)
        return is_whole and has_all and has_columns and not self.n_moved

    @property
    def n_moved(self) -> int:
        return sum(column.n_moved for column in self.columns)

    @property
    def n_rounding(self) -> int:
        return sum(column.n_rounding for column in self.columns)


def table_change(name: str, first: Run, second: Run) -> TableChange:
    """Compare one table of two runs, in pieces.

    Raises:
        StudyError: A file cannot be read, or holds another table.
    """
    table, ours, theirs = known_tables()[name], first.table(name), second.table(name)
    count = _Count(table)
    shared = [place for place in ours if place in theirs]
    for place in shared:
        count.add(place, ours[place], theirs[place])
    changes = [tally.change() for tally in count.tallies.values()]
    return TableChange(
        table=name,
        n_files=len(shared),
        n_same_files=count.n_same_files,
        only_first=tuple(place for place in ours if place not in theirs),
        only_second=tuple(place for place in theirs if place not in ours),
        n_rows=count.n_rows,
        n_only_first=count.n_only_first,
        n_only_second=count.n_only_second,
        versions=count.versions,
        columns=tuple(change for change in changes if change.n_moved + change.n_rounding),
        columns_only_first=tuple(sorted(count.columns_first)),
        columns_only_second=tuple(sorted(count.columns_second)),
        unknown_columns=tuple(sorted(count.unknown_columns)),
        sets=None if count.sets is None else count.sets.change(),
    )


def are_same_files(first: Path, second: Path) -> bool:
    """Whether two files have the same bytes."""
    return first.stat().st_size == second.stat().st_size and digest(first) == digest(second)


class _Count:
    """What was found in the files of a table so far."""

    def __init__(self, table: Table) -> None:
        self.table = table
        values = [name for name in table.names if name not in table.key]
        self.tallies: dict[str, Tally] = {t.column.name: t for t in tallies(table, values)}
        self.sets = SetTally(SETS[table.name]) if table.name in SETS else None
        self.n_same_files, self.n_rows, self.n_only_first, self.n_only_second = 0, 0, 0, 0
        self.versions: tuple[str, str] | None = None
        self.columns_first: set[str] = set()
        self.columns_second: set[str] = set()
        self.unknown_columns: set[str] = set()

    def add(self, place: str, first: Path, second: Path) -> None:
        """Compare a file that both runs have."""
        if are_same_files(first, second):
            self.n_same_files += 1
            self.n_rows += stored(first).n_rows
            if self.sets is not None:
                self.sets.add_same(first)
            return
        found = stored_of(self.table, first), stored_of(self.table, second)
        if found[0].version != found[1].version:
            self.versions = found[0].version, found[1].version
        ours, theirs = (set(said.columns) for said in found)
        self.columns_first |= ours - theirs
        self.columns_second |= theirs - ours
        self.unknown_columns |= (ours & theirs) - set(self.table.names)
        columns = [name for name in self.tallies if name in ours & theirs]
        scales = Scales(self.table, columns).read([first, second])
        joined = pairs(first, second, self.table.key, columns)
        told = place_of(self.table.name, place) or {}
        for pair in joined if self.sets is None else self.sets.counting(joined):
            self._add(pair, columns, scales, told)

    def _add(self, pair: Pair, columns: list[str], scales: Scales, told: Mapping[str, str]) -> None:
        self.n_rows += len(pair.first)
        self.n_only_first += len(pair.only_first)
        self.n_only_second += len(pair.only_second)
        if pair.first.empty:
            return
        largest = scales.of(pair.first)
        for name in columns:
            scale = largest[name].to_numpy(dtype=float) if name in scales.columns else None
            self.tallies[name].add(pair.first, pair.second, scale, self.table.key, told)
