"""All that a comparison found, as typed fields, as JSON, as text and as a page."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from qloc.comparison import page, text
from qloc.comparison.estimates import EstimatesChange
from qloc.comparison.origins import Difference
from qloc.comparison.table_changes import TableChange


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side; ``print`` shows it.

    Attributes:
        qloc_version: Of this package, which compared.
        first: Folder of the first run, A.
        second: Of the second, B.
        differences: Recorded circumstances and data that differ.
        estimates: How the study's estimates differ, by their table.
        tables: How every table differs that either run has.
        notes: What could not be compared, and why: sentences.
    """

    qloc_version: str
    first: str
    second: str
    differences: tuple[Difference, ...]
    estimates: tuple[EstimatesChange, ...]
    tables: tuple[TableChange, ...]
    notes: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """The comparison in a sentence or two."""
        changed = [table for table in self.tables if not table.is_same]
        n_rounding = sum(table.n_rounding for table in self.tables)
        rounding = f" {n_rounding:,} numbers differ by rounding only." if n_rounding else ""
        if not changed:
            return f"No number moved: {_tables(len(self.tables))} agree.{rounding}"
        n_moved = sum(table.n_moved for table in changed)
        n_tables = _tables(len(self.tables))
        differ = "differs" if len(changed) == 1 else "differ"
        return f"{len(changed)} of {n_tables} {differ}: {n_moved:,} values moved.{rounding}"

    def __str__(self) -> str:
        """What differs, which numbers moved, and by how much, 80 columns wide."""
        return "\n\n".join(self._parts())

    def as_json(self) -> str:
        """All fields, on one line; the same comparison gives the same text."""
        return json.dumps(
            asdict(self) | {"verdict": self.verdict}, ensure_ascii=False, allow_nan=False
        )

    def as_page(self) -> bytes:
        """One page of HTML that stands alone."""
        tables = [
            page.differences_table(self.differences),
            page.estimates_table(self.estimates),
            page.choices_table(self.tables),
            page.sets_table(self.tables),
            page.tables_table(self.tables),
            page.columns_table(self.tables),
        ]
        return page.as_page(self.first, self.second, self.verdict, tables, self.notes)

    def _parts(self) -> Iterator[str]:
        yield text.heading(self.first, self.second, self.verdict)
        yield text.differences_section(self.differences)
        yield text.estimates_section(self.estimates)
        choices = text.choices_section(self.tables)
        if choices:
            yield choices
        yield text.tables_section(self.tables)
        if self.notes:
            yield text.notes_section(self.notes)


def _tables(n: int) -> str:
    return f"{n} table" if n == 1 else f"{n} tables"
