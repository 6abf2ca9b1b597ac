"""Two runs side by side: what differs in what made them, and which numbers moved by how much.

    print(compare(Path("yesterday"), Path("today")))

`qloc compare` prints the same. Nothing is written, and no model is opened. Tables are read in
pieces, so that those of a large model fit.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

from qloc import __version__
from qloc.comparison.estimates import ESTIMATES, estimates_change
from qloc.comparison.origins import differences, unrecorded
from qloc.comparison.result import Comparison
from qloc.comparison.runs import Run, find_run, known_tables
from qloc.comparison.table_changes import NOT_COMPARED, table_change

__all__ = ["TOP", "Comparison", "compare"]

TOP = 3
"""Estimates of a table that are shown."""

logger = logging.getLogger(__name__)


def compare(first: Path, second: Path, top: int = TOP) -> Comparison:
    """Compare two runs.

    Args:
        first: Folder in which a study ran, or its results.
        second: Another, or the same study's at another time.
        top: Most estimates of one table to show.

    Raises:
        StudyError: A folder holds no run; a file cannot be read, or is none of its table.
    """
    runs = find_run(first), find_run(second)
    tables = []
    for name in _compared(*runs):
        tables.append(table_change(name, *runs))
        logger.info("%s: %d rows in both", name, tables[-1].n_rows)
    told = [change for n in ESTIMATES if (change := estimates_change(n, *runs, top)) is not None]
    return Comparison(
        __version__,
        str(first),
        str(second),
        differences(*runs),
        tuple(told),
        tuple(tables),
        (*unrecorded(*runs), *_left_out(*runs)),
    )


def _compared(first: Run, second: Run) -> list[str]:
    """Tables that either run has: estimates first, the others by their names."""
    found = {*first.files, *second.files} - set(NOT_COMPARED)
    return sorted(found, key=lambda name: (name not in ESTIMATES, name))


def _left_out(first: Run, second: Run) -> Iterator[str]:
    """Sentences on tables and files that were not compared."""
    for name in known_tables():
        if name in NOT_COMPARED and name in {*first.files, *second.files}:
            yield f"{name}: {NOT_COMPARED[name]}."
    strangers = {*first.strangers, *second.strangers}
    if strangers:
        some = ", ".join(sorted(strangers)[:3])
        yield (
            f"{len(strangers):,} files are in no table of this version of qloc: {some}"
            f"{', …' if len(strangers) > 3 else ''}."
        )
