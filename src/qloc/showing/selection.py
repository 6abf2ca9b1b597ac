"""Which files and rows of a table are asked for; read piece by piece, so that any size will do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from qloc.comparison.runs import Run, known_tables, place_of, stored_of
from qloc.errors import StudyError
from qloc.pieces import pieces
from qloc.showing.facts import Asked, find_facts, refuse_without_facts
from qloc.tables import Table
from qloc.wording import did_you_mean


@dataclass(frozen=True)
class Selection:
    """Rows of one table.

    Attributes:
        table: Its contract.
        files: Of the run that can have such rows, by their places as contracts write them.
        values: Of columns, what is asked for.
        asked: Of which facts; None for all.
    """

    table: Table
    files: Mapping[str, Path]
    values: Mapping[str, str] = field(default_factory=dict)
    asked: Asked | None = None

    @property
    def fixed(self) -> dict[str, str]:
        """What is the same for all files: `{"model": "gpt2"}`."""
        told = [place_of(self.table.name, place) or {} for place in self.files]
        return {
            name: value
            for name, value in (told[0] if told else {}).items()
            if all(other[name] == value for other in told)
        }

    def frames(self) -> Iterator[pd.DataFrame]:
        """The rows, at most so many at a time, with what their files' places say in front.

        Raises:
            StudyError: A file cannot be read.
        """
        for place, path in self.files.items():
            columns = stored_of(self.table, path).columns
            told = place_of(self.table.name, place) or {}
            told = {name: value for name, value in told.items() if name not in columns}
            for piece in pieces(path, columns):
                rows = piece.assign(**told)[[*told, *columns]]
                for name, value in self.values.items():
                    rows = rows[rows[name] == value] if name in rows else rows
                yield rows if self.asked is None else self.asked.rows(rows)

    def head(self, n_rows: int) -> tuple[pd.DataFrame, int]:
        """The first rows, and how many there are in all."""
        kept, n_kept, n_all = [], 0, 0
        if self._takes_all_rows:
            n_all = sum(stored_of(self.table, path).n_rows for path in self.files.values())
        for rows in self.frames():
            kept.append(rows.head(n_rows - n_kept))
            n_kept += len(kept[-1])
            n_all += 0 if self._takes_all_rows else len(rows)
            if self._takes_all_rows and n_kept >= n_rows:
                break
        return pd.concat(kept, ignore_index=True), n_all

    @property
    def _takes_all_rows(self) -> bool:
        """Whether whole files are asked for."""
        return self.asked is None and not (set(self.values) & set(self.table.names))


def select(run: Run, name: str, values: Mapping[str, str], fact: str | None) -> Selection:
    """Choose rows of a run.

    Args:
        run: Where.
        name: Of the table.
        values: Of its columns, or of what its path says: `{"model": "gpt2"}`.
        fact: Id or subject of a fact, or id of a query; None for all rows.

    Raises:
        StudyError: The run has no such table, value or fact.
    """
    table = find_table(run, name)
    if fact is not None:
        refuse_without_facts(table, (known_tables()[name] for name in run.files))
    asked = None if fact is None else find_facts(run, fact)
    files = dict(run.table(name))
    for key, value in values.items():
        files = _with_value(table, files, key, value)
    if asked is not None and "{relation}" in table.path:
        files = {
            place: path
            for place, path in files.items()
            if asked.of((place_of(name, place) or {})["relation"])
        }
    if not files:
        raise StudyError(f"{run.folder} has not made `{name}` for the relation of {fact} yet.")
    return Selection(table, files, values, asked)


def find_table(run: Run, name: str) -> Table:
    """The contract of a table that the run has.

    Raises:
        StudyError: There is no table of this name, or the run has not made it.
    """
    table = known_tables().get(name)
    if table is None:
        raise StudyError(
            f"There is no table `{name}`.{did_you_mean(name, known_tables())}"
            " `qloc show` lists them."
        )
    if not run.table(name):
        raise StudyError(
            f"{run.folder} has no table `{name}` ({table.path}): the study leaves it out, or has"
            " not come to it. `snakemake -n` tells what is still to be made."
        )
    return table


def _with_value(table: Table, files: dict[str, Path], key: str, value: str) -> dict[str, Path]:
    """The files that can have rows of this value."""
    if f"{{{key}}}" in table.path:
        told = {place: (place_of(table.name, place) or {})[key] for place in files}
        known = set(told.values())
        files = {place: path for place, path in files.items() if told[place] == value}
    elif key in table.names:
        known = {
            str(found)
            for path in files.values()
            for piece in pieces(path, [key])
            for found in piece[key].dropna().unique()
        }
    else:
        raise StudyError(f"No row of `{table.name}` is of one {key}. Leave out --{key}.")
    if value not in known:
        raise StudyError(
            f"`{table.name}` has no {key} `{value}`.{did_you_mean(value, known)} It has"
            f" {', '.join(sorted(known))}."
        )
    return files
