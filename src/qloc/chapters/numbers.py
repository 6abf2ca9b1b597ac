"""The numbers of a figure as a table on its page, and tables of other pages."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

MOST_ROWS = 20
"""More are counted, and stand in the file."""

TABLE = re.compile(r'<div class="table".*?<caption>(.*?)</caption>.*?</table>\s*</div>', re.DOTALL)


@dataclass(frozen=True)
class Numbers:
    """The first rows of a CSV file: its name, its columns, texts, and how many rows it has."""

    name: str
    columns: list[str]
    rows: list[list[str]]
    n_rows: int


def read_numbers(path: Path) -> Numbers:
    """The numbers behind a figure; an empty cell is a dash."""
    with path.open(encoding="utf-8", newline="") as file:
        columns, *rows = list(csv.reader(file))
    shown = [[cell or "–" for cell in row] for row in rows[:MOST_ROWS]]
    return Numbers(path.as_posix(), columns, shown, len(rows))


def tables_of(page: str, others: set[str]) -> list[str]:
    """The tables of a page that are not about something else, as they stand there.

    Args:
        page: A page that `qloc.figures.pages` wrote.
        others: Words of captions that say that a table is about something else: other models, other
            ways of attributing.
    """
    return [
        table[0]
        for table in TABLE.finditer(page)
        if not others & set(re.findall(r"[\w.-]+", table[1]))
    ]
