"""What a run's tables hold, as text for a terminal of 80 columns."""

from collections.abc import Iterator

import pandas as pd

from qloc.comparison.runs import Run, known_tables, stored_of
from qloc.showing.cells import LONGEST, MISSING, columns_that_fit, harmless, shown, side_by_side
from qloc.showing.selection import Selection
from qloc.tables import Column
from qloc.terminal import filled, number

_NAME = 26


def listed(run: Run) -> str:
    """The tables that a run has: how many rows, and what they hold; the names of the others."""
    lines = [f"Tables of the run in {harmless(str(run.folder))}", ""]
    for name, table in known_tables().items():
        if run.table(name):
            n_rows = sum(stored_of(table, path).n_rows for path in run.table(name).values())
            lines.append(f"{name:<{_NAME}}{number(n_rows, 'row')}")
            lines += filled(table.meaning, "    ")
    absent = [name for name in known_tables() if not run.table(name)]
    if absent:
        lines += ["", *filled(f"Not made, or left out by the study: {', '.join(absent)}.")]
    return "\n".join(lines)


def table_section(selection: Selection, n_rows: int) -> str:
    """What a table holds, how many rows are asked for, and the first of them."""
    table = selection.table
    rows, n_all = selection.head(n_rows)
    fixed = {name: rows[name].iloc[0] for name in selection.fixed if len(rows) and name in rows}
    files = number(len(selection.files), "file")
    lines = [
        *filled(f"{table.name}: {table.meaning}"),
        "",
        *filled(f"{number(n_all, 'row')} in {files}, {table.path}{_versions(selection)}"),
    ]
    if fixed:
        lines += filled(", ".join(f"{name} {value}" for name, value in fixed.items()))
    lines.append("")
    if not n_all:
        lines += filled("No row is asked for by that: the table has none.", "  ")
    elif len(rows) == 1:
        lines += list(_one_below_another(rows, selection))
        lines += _more(n_all - 1)
    elif len(rows):
        lines += list(_beside(rows.drop(columns=list(fixed)), n_all))
    return "\n".join(lines)


def columns_section(selection: Selection) -> str:
    """What every column means; the key is what names a row."""
    table = selection.table
    lines = ["Columns", "", *filled(f"A row is one of: {', '.join(table.key)}", "  "), ""]
    for column in table.columns:
        lines += filled(_described(column), "  ")
    return "\n".join(lines)


def _described(column: Column) -> str:
    unit = f", {column.unit}" if column.unit else ""
    said = f"{column.name} ({column.type}{unit})"
    said += f": {column.meaning}" if column.meaning else ""
    said += f"; one of {', '.join(column.choices)}" if column.choices else ""
    return said + (f"; {MISSING} if {column.missing}" if column.missing else "")


def _versions(selection: Selection) -> str:
    """Of which versions of the contract files are that are not of this one."""
    table = selection.table
    versions = {stored_of(table, path).version for path in selection.files.values()}
    others = ", ".join(sorted(versions - {str(table.version)}))
    return (
        f"; of version {others}, but columns below are those of {table.version}" if others else ""
    )


def _beside(rows: pd.DataFrame, n_all: int) -> Iterator[str]:
    fitting = columns_that_fit(rows)
    yield from side_by_side(rows[fitting])
    yield from _more(n_all - len(rows))
    others = [str(name) for name in rows.columns if name not in fitting]
    if others:
        yield ""
        yield from filled(f"No room for: {', '.join(others)}. --rows 1 and --csv show them.", "  ")
    texts = rows[fitting].select_dtypes(exclude=["number", "bool"])
    if any(len(str(text)) > LONGEST for name in texts for text in texts[name].tolist()):
        yield from filled(f"Texts are cut behind {LONGEST} letters; --csv has all of them.", "  ")


def _more(n_rows: int) -> list[str]:
    """That there are more rows than are shown."""
    return [f"  … {n_rows:,} more"] if n_rows else []


def _one_below_another(rows: pd.DataFrame, selection: Selection) -> Iterator[str]:
    columns = {column.name: column for column in selection.table.columns}
    widest = max(map(len, rows.columns))
    for name in map(str, rows.columns):
        (value,) = map(shown, rows[name].tolist())
        column = columns.get(name)
        note = column.missing if column and value == MISSING else column.unit if column else ""
        yield from filled(f"{name:<{widest}}  {value}{f' ({note})' if note else ''}", "  ")
