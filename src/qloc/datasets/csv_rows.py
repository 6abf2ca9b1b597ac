"""Reads a user's own facts: a CSV file with columns relation, subject, object, template.

Each row asks for one fact through one template, a sentence with ``[X]`` for the subject and
``[Y]`` for the answer, just as in ParaRel. The rows of a relation are collected: a fact is a
pair of subject and object, numbered by the line of its first row; templates are numbered in
the order in which the relation's rows name them. A fact is asked only through the templates
that its rows name. A row that repeats another changes nothing. Further columns are ignored;
blanks around a cell do not belong to it.
"""

import csv
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qloc.datasets.relation import Fact, Pattern, Relation, check_slots, read_lines
from qloc.errors import StudyError

COLUMNS = ("relation", "subject", "object", "template")


@dataclass(frozen=True)
class _Row:
    line: int
    relation: str
    subject: str
    object: str
    template: str


def check_file(path: Path, relations: Sequence[str]) -> None:
    """Refuse a file that cannot be studied, or that lacks one of ``relations``.

    Raises:
        StudyError: A broken or incomplete row, with file and line; an unknown relation.
    """
    known = sorted({row.relation for row in _rows(path)})
    for relation in relations:
        if relation not in known:
            near = difflib.get_close_matches(relation, known, n=1)
            raise StudyError(
                f"`relations` lists `{relation}`, but {path} has no such row."
                + (f" Did you mean `{near[0]}`?" if near else "")
                + f" It has {', '.join(known)}."
            )


def read_relation(name: str, path: Path) -> Relation:
    """One relation of the file.

    Raises:
        StudyError: See `check_file`.
    """
    check_file(path, [name])
    numbers: dict[tuple[str, str], int] = {}
    templates: dict[str, int] = {}
    asked: dict[tuple[str, str], set[int]] = {}
    for row in _rows(path):
        if row.relation == name:
            fact = (row.subject, row.object)
            numbers.setdefault(fact, row.line - 1)
            template = templates.setdefault(row.template, len(templates))
            asked.setdefault(fact, set()).add(template)
    return Relation(
        name,
        tuple(Pattern(template, text) for text, template in templates.items()),
        tuple(Fact(n, *fact, tuple(sorted(asked[fact]))) for fact, n in numbers.items()),
    )


def _rows(path: Path) -> Iterator[_Row]:
    lines = (f"{line}\n" for line in read_lines(path))
    reader = csv.DictReader(lines, restval="", strict=True)
    n_rows = 0
    try:
        _check_header(path, list(reader.fieldnames or ()))
        for n_rows, cells in enumerate(reader, start=1):  # noqa: B007
            yield _row(cells, reader.line_num, f"{path}, line {reader.line_num}")
    except csv.Error as error:
        raise StudyError(
            f"{path}, line {reader.line_num + 1}: this is not CSV ({error})."
            ' Put texts that hold commas or quotes into "quotes", and double a quote inside.'
        ) from error
    if not n_rows:
        raise StudyError(f"{path} has a header but no row. Add rows, or name another file.")


def _check_header(path: Path, header: list[str]) -> None:
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise StudyError(
            f"{path}, line 1: no column {' or '.join(missing)}; found {', '.join(header)}."
            f" The first line must be {','.join(COLUMNS)}, separated by commas."
        )


def _row(cells: Mapping[str | None, str], line: int, place: str) -> _Row:
    if None in cells:
        raise StudyError(
            f'{place}: more cells than columns. Put a text that holds a comma into "quotes".'
        )
    relation, subject, object_, template = (cells[column].strip() for column in COLUMNS)
    for column, text in zip(COLUMNS, (relation, subject, object_, template), strict=True):
        if not text:
            raise StudyError(f"{place}: no {column}. Fill in the cell, or delete the row.")
    check_slots(template, place)
    return _Row(line, relation, subject, object_, template)
