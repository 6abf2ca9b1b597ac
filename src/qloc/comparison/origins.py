"""What made two runs differ: settings, code, data, versions, machine, models.

Circumstances are those that the runs recorded; data are the tables of facts and queries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from qloc.circumstances import digest
from qloc.comparison.runs import Run, known_tables, stored_of
from qloc.comparison.table_changes import are_same_files
from qloc.contracts.provenance import PROVENANCE
from qloc.pieces import pieces

TOPICS = ("settings", "code", "data", "models", "runs", "versions", "machine")
"""In the order in which they are told. What is recorded besides follows from these."""

DATA = ("facts", "queries")
"""Tables of what is asked."""


@dataclass(frozen=True)
class Difference:
    """One circumstance that differs.

    Attributes:
        topic: One of `TOPICS`.
        item: What.
        first: Its value in the first run; None if it has none.
        second: In the second.
    """

    topic: str
    item: str
    first: str | None
    second: str | None


def differences(first: Run, second: Run) -> tuple[Difference, ...]:
    """All circumstances that differ, in the order of `TOPICS`.

    Raises:
        StudyError: A record of circumstances cannot be read.
    """
    recorded = _recorded(first), _recorded(second)
    found = [] if None in recorded else list(_of_records(recorded[0] or {}, recorded[1] or {}))
    found += _of_data(first, second)
    return tuple(sorted(found, key=lambda difference: TOPICS.index(difference.topic)))


def unrecorded(first: Run, second: Run) -> tuple[str, ...]:
    """Sentences on what cannot be told of the circumstances."""
    found, records = [], (_recorded(first), _recorded(second))
    for name, run, record in zip(("A", "B"), (first, second), records, strict=True):
        if record is None:
            found.append(
                f"{name} has no {PROVENANCE.path}: its study was not finished. Settings, code,"
                f" versions, machine and models are not compared. Run `snakemake` in {run.folder}."
            )
        elif not any(topic == "code" for topic, _ in record):
            found.append(f"{name} does not record its code: it was made by an older qloc.")
    return tuple(found)


def _recorded(run: Run) -> dict[tuple[str, str], str] | None:
    """The recorded circumstances by topic and item; None if there is no record."""
    path = run.table(PROVENANCE.name).get(PROVENANCE.path)
    if path is None:
        return None
    stored_of(PROVENANCE, path)
    rows = pd.concat(pieces(path, ["topic", "item", "value", "note"]))
    is_model = rows["topic"] == "models"
    values = rows["value"].where(~is_model, rows["value"] + ", " + rows["note"])
    return dict(zip(zip(rows["topic"], rows["item"], strict=True), values, strict=True))


def _of_records(
    first: dict[tuple[str, str], str], second: dict[tuple[str, str], str]
) -> Iterator[Difference]:
    told = [{topic for topic, _ in record} for record in (first, second)]
    for topic, item in sorted({*first, *second}):
        values = first.get((topic, item)), second.get((topic, item))
        if topic in TOPICS and values[0] != values[1] and all(topic in topics for topics in told):
            yield Difference(topic, item, *values)


def _of_data(first: Run, second: Run) -> Iterator[Difference]:
    for name in DATA:
        ours, theirs = first.table(name), second.table(name)
        for place in sorted({*ours, *theirs}):
            old, new = ours.get(place), theirs.get(place)
            if old is None or new is None or not are_same_files(old, new):
                yield Difference("data", place, _content(name, old), _content(name, new))


def _content(name: str, path: Path | None) -> str | None:
    """How large a table is, and the beginning of its hash."""
    if path is None:
        return None
    n_rows = stored_of(known_tables()[name], path).n_rows
    return f"{n_rows:,} {name}, SHA-256 {digest(path)[:12]}"
