"""A comparison as a page in the look of the report."""

from collections.abc import Sequence

import pandas as pd

from qloc.comparison.estimates import EstimatesChange
from qloc.comparison.moves import Move
from qloc.comparison.origins import Difference
from qloc.comparison.table_changes import TableChange
from qloc.comparison.wording import ABSENT, change, choices, estimate, place, step
from qloc.figures import pages
from qloc.figures.pages import PageTable

RULE = (
    "A number moved if it differs by more than 2e-5 of the largest magnitude among its kind, the"
    " rows that differ in nothing but what they were measured on; less is rounding, as another"
    " batch size, number of threads or processor gives. Whole numbers, texts and claims round"
    " never."
)


def as_page(
    first: str, second: str, verdict: str, tables: Sequence[PageTable], notes: Sequence[str]
) -> bytes:
    """The page; tables without rows are left out."""
    lead = f"A is {first}, B is {second}. {verdict}"
    filled = [table for table in tables if table.rows]
    return pages.page("Two runs compared", lead, filled, [*notes, RULE])


def differences_table(found: Sequence[Difference]) -> PageTable:
    """Circumstances that differ."""
    return _table(
        "What differs in what was recorded, and in the data",
        ("topic", "what", "A", "B"),
        [(d.topic, d.item, d.first or ABSENT, d.second or ABSENT) for d in found],
    )


def estimates_table(found: Sequence[EstimatesChange]) -> PageTable:
    """Estimates that moved, with both intervals."""
    return _table(
        "Estimates that moved most, with their 95 % intervals",
        ("table", "moved", "which", "A", "B", "by", "outside the other's interval"),
        [
            (
                f"{table.table}.{table.column}",
                f"{table.n_moved:,} of {table.n_both:,}",
                place(move.place),
                estimate(move.first),
                estimate(move.second),
                change(move.first.value, move.second.value),
                "yes" if move.is_outside else "no",
            )
            for table in found
            for move in table.largest
        ],
    )


def choices_table(tables: Sequence[TableChange]) -> PageTable:
    """Claims and choices that flipped."""
    return _table(
        "Classes, answers and other claims that differ",
        ("column", "differ", "rows in both", "the first"),
        [
            (name, f"{column.n_moved:,}", f"{table.n_rows:,}", _where(column.largest))
            for name, table, column in choices(tables)
        ],
    )


def sets_table(tables: Sequence[TableChange]) -> PageTable:
    """How much of every set of neurons is the same."""
    return _table(
        "Sets of neurons",
        ("table", "one set for each", "in both", "the same", "mean Jaccard", "only A", "only B"),
        [
            (
                table.table,
                " and ".join(sets.of),
                f"{sets.n_both:,}",
                f"{sets.n_same:,}",
                ABSENT if sets.mean_jaccard is None else f"{sets.mean_jaccard:.4f}",
                f"{sets.n_only_first:,}",
                f"{sets.n_only_second:,}",
            )
            for table in tables
            if (sets := table.sets) is not None
        ],
    )


def tables_table(tables: Sequence[TableChange]) -> PageTable:
    """Every table: its files, rows, and how many values moved."""
    header = ("table", "files in both", "of the same bytes", "files only in A", "only in B",
              "rows in both", "rows only in A", "only in B ", "moved", "by rounding")  # fmt: skip
    return _table(
        "All tables",
        header,
        [
            (
                table.table,
                *(
                    f"{n:,}"
                    for n in (
                        table.n_files,
                        table.n_same_files,
                        len(table.only_first),
                        len(table.only_second),
                        table.n_rows,
                        table.n_only_first,
                        table.n_only_second,
                        table.n_moved,
                        table.n_rounding,
                    )
                ),
            )
            for table in tables
        ],
    )


def columns_table(tables: Sequence[TableChange]) -> PageTable:
    """Columns whose values differ."""
    return _table(
        "Columns whose values differ, with the largest move of each",
        ("column", "unit", "moved", "by rounding", "largest move"),
        [
            (
                f"{table.table}.{column.column}",
                column.unit,
                f"{column.n_moved:,}",
                f"{column.n_rounding:,}",
                _where(column.largest),
            )
            for table in tables
            for column in table.columns
        ],
    )


def _where(move: Move | None) -> str:
    return ABSENT if move is None else f"{step(move)} at {place(move.place)}"


def _table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> PageTable:
    return PageTable(caption, pd.DataFrame(rows, columns=pd.Index(header), dtype=str))
