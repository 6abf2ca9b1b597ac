"""A comparison as text for a terminal of 80 columns."""

from collections.abc import Iterator, Sequence

from qloc.comparison.estimates import EstimatesChange
from qloc.comparison.moves import ColumnChange
from qloc.comparison.origins import TOPICS, Difference
from qloc.comparison.table_changes import TableChange
from qloc.comparison.wording import ABSENT, change, choices, estimate, place, step
from qloc.terminal import filled, number

# A value of a circumstance is cut behind so many letters.
_LONGEST = 400


def heading(first: str, second: str, verdict: str) -> str:
    """Which runs, and how they differ in all."""
    return "\n".join([*filled(f"A  {first}"), *filled(f"B  {second}"), "", *filled(verdict)])


def differences_section(found: Sequence[Difference]) -> str:
    """Circumstances that differ, by topic."""
    if not found:
        return "What differs\n\n  Nothing that is recorded."
    lines = ["What differs"]
    for topic in TOPICS:
        of_topic = [difference for difference in found if difference.topic == topic]
        if of_topic:
            lines += ["", f"  {topic}"]
        for difference in of_topic:
            lines += filled(difference.item, "    ")
            for run, value in (("A", difference.first), ("B", difference.second)):
                lines += filled(f"{run}  {_cut(value)}", "      ")
    return "\n".join(lines)


def estimates_section(found: Sequence[EstimatesChange]) -> str:
    """Estimates that moved, most first, with both intervals."""
    lines = ["Estimates, with their 95 % intervals"]
    same = [f"{table.table} ({table.n_both:,})" for table in found if not table.n_moved]
    if same:
        lines += ["", *filled(f"None moved: {', '.join(same)}.", "  ")]
    for table in found:
        if not table.n_moved:
            continue
        lines += ["", *filled(f"{table.table}.{table.column}: {_counted(table)}", "  ")]
        for move in table.largest:
            beyond = ", outside the other's interval" if move.is_outside else ""
            lines += filled(place(move.place), "    ")
            lines += [f"      A  {estimate(move.first)}", f"      B  {estimate(move.second)}"]
            lines += filled(f"by {change(move.first.value, move.second.value)}{beyond}", "      ")
    return "\n".join(lines if found else [*lines, "", "  There are none in both runs."])


def choices_section(tables: Sequence[TableChange]) -> str:
    """Claims that flipped and sets that changed; nothing if there are none."""
    lines = []
    for name, table, column in choices(tables):
        lines += filled(f"{name}: {column.n_moved:,} of {table.n_rows:,} differ", "  ")
    for table in tables:
        sets = table.sets
        if sets is not None and sets.n_same < sets.n_both:
            lines += filled(
                f"{table.table} by {' and '.join(sets.of)}: {sets.n_both - sets.n_same:,} of"
                f" {number(sets.n_both, 'set')} differ, mean Jaccard {sets.mean_jaccard:.4f}",
                "  ",
            )
        if sets is not None and sets.n_only_first + sets.n_only_second:
            lines += filled(
                f"{table.table} by {' and '.join(sets.of)}: {sets.n_only_first:,} sets only in A,"
                f" {sets.n_only_second:,} only in B",
                "  ",
            )
    return "\n".join(["Classes, answers and sets", "", *lines]) if lines else ""


def tables_section(tables: Sequence[TableChange]) -> str:
    """Every table that differs, with its columns; the names of the others."""
    lines = ["Tables"]
    for table in tables:
        if not table.is_same or table.n_rounding:
            lines += ["", *_table(table)]
    same = [table.table for table in tables if table.is_same and not table.n_rounding]
    if same:
        lines += ["", *filled(f"The same: {', '.join(same)}.", "  ")]
    return "\n".join(lines)


def notes_section(notes: Sequence[str]) -> str:
    """What could not be compared."""
    return "\n".join(["Not compared", "", *(line for note in notes for line in filled(note, "  "))])


def _table(table: TableChange) -> Iterator[str]:
    rows = f"{number(table.n_rows, 'row')} in both"
    for n, run in ((table.n_only_first, "A"), (table.n_only_second, "B")):
        rows += f", {n:,} only in {run}" if n else ""
    yield from filled(f"{table.table}: {rows}", "  ")
    for places, run in ((table.only_first, "A"), (table.only_second, "B")):
        if places:
            yield from filled(f"only in {run}: {_listed(places)}", "    ")
    for columns, run in ((table.columns_only_first, "A"), (table.columns_only_second, "B")):
        if columns:
            yield from filled(f"columns only in {run}: {', '.join(columns)}", "    ")
    if table.versions is not None:
        yield from filled("version {} in A, {} in B".format(*table.versions), "    ")
    if table.unknown_columns:
        names = ", ".join(table.unknown_columns)
        yield from filled(f"columns that this version does not know: {names}", "    ")
    for column in table.columns:
        yield from filled(_column(column), "    ")


def _column(column: ColumnChange) -> str:
    counts = [f"{column.n_moved:,} moved"] if column.n_moved else []
    counts += [f"{column.n_rounding:,} by rounding"] if column.n_rounding else []
    said = f"{column.column}: {', '.join(counts)}"
    if column.largest is None:
        return said
    if not column.n_moved:
        by = change(column.largest.first, column.largest.second)
        return f"{said}, most {by.lstrip('+-')}"
    unit = f" {column.unit}" if column.unit else ""
    which = "most" if change(column.largest.first, column.largest.second) else "first"
    return f"{said}; {which} {step(column.largest)}{unit} at {place(column.largest.place)}"


def _counted(table: EstimatesChange) -> str:
    outside = f", {table.n_outside:,} of them outside the other's interval"
    shown = f"; the {len(table.largest):,} that moved most" if table.largest else ""
    return f"{table.n_moved:,} of {table.n_both:,} moved{outside}{shown}"


def _listed(places: Sequence[str]) -> str:
    """The first places of many."""
    some, n_more = list(places[:3]), len(places) - 3
    return ", ".join(some) + (f" and {n_more:,} more" if n_more > 0 else "")


def _cut(value: str | None) -> str:
    if value is None:
        return ABSENT
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
