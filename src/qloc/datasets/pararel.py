"""Reads ParaRel's files (Elazar et al., TACL 2021, https://arxiv.org/abs/2102.01017).

A relation has two files of JSON lines: facts (``sub_label``, ``obj_label``) and patterns
(``pattern``). The files' quirks that matter: blank ends and double blanks in patterns and one
subject, repeated facts, several objects of one subject, relations without patterns. They are
kept as they stand here, and dropped or flagged, with a count, by `qloc.datasets.filtering`.
"""

import difflib
import json
from collections.abc import Iterator
from pathlib import Path

from qloc.datasets.relation import Fact, Pattern, Relation, check_slots, read_lines
from qloc.errors import StudyError

_FOLDERS = (
    ("facts", "patterns"),
    ("data/trex_lms_vocab", "data/pattern_data/graphs_json"),
    ("trex_lms_vocab", "pattern_data/graphs_json"),
)


def locate(directory: Path, relation: str) -> tuple[Path, Path]:
    """The files of one relation, facts and patterns, in a folder or a ParaRel checkout.

    Raises:
        StudyError: The folder is missing, holds no ParaRel, or not this relation.
    """
    folders = _folders(directory)
    facts, patterns = (folder / f"{relation}.jsonl" for folder in folders)
    if facts.is_file() and patterns.is_file():
        return facts, patterns
    known = sorted(set.intersection(*({path.stem for path in f.glob("*.jsonl")} for f in folders)))
    near = difflib.get_close_matches(relation, known, n=1)
    missing = " and ".join(str(path) for path in (facts, patterns) if not path.is_file())
    raise StudyError(
        f"`relations` lists `{relation}`, but {missing} is missing."
        + (f" Did you mean `{near[0]}`?" if near else "")
        + f" {directory} has facts and patterns of {', '.join(known) or 'no relation'}."
    )


def check_files(facts: Path, patterns: Path) -> None:
    """Refuse files of a relation that cannot be studied.

    Raises:
        StudyError: A broken or incomplete line, with file and line; an empty file.
    """
    read_relation("", facts, patterns)


def read_relation(name: str, facts: Path, patterns: Path) -> Relation:
    """One relation; numbers of facts and templates are lines of their files, from 0.

    Raises:
        StudyError: See `check_files`.
    """
    asked = tuple(_patterns(patterns))
    templates = tuple(pattern.template for pattern in asked)
    return Relation(name, asked, tuple(_facts(facts, templates)))


def _folders(directory: Path) -> tuple[Path, Path]:
    if not directory.is_dir():
        raise StudyError(
            f"`dataset.directory` is {directory}, but there is no such folder."
            " Give the folder of a ParaRel checkout, or set `dataset.source: download`."
        )
    for facts, patterns in _FOLDERS:
        if (directory / facts).is_dir() and (directory / patterns).is_dir():
            return directory / facts, directory / patterns
    known = " or ".join(f"{facts}/ and {patterns}/" for facts, patterns in _FOLDERS[:2])
    raise StudyError(
        f"`dataset.directory` is {directory}, but no ParaRel was found there."
        f" The folder must have {known}."
    )


def _patterns(path: Path) -> Iterator[Pattern]:
    for number, place, row in _rows(path):
        text = _text(row, "pattern", place)
        check_slots(text, place)
        yield Pattern(number, text)


def _facts(path: Path, templates: tuple[int, ...]) -> Iterator[Fact]:
    for number, place, row in _rows(path):
        subject, object_ = (_text(row, key, place).strip() for key in ("sub_label", "obj_label"))
        yield Fact(number, subject, object_, templates)


def _rows(path: Path) -> Iterator[tuple[int, str, dict[str, object]]]:
    """Number, place in words, and content of every line that is not blank."""
    for number, line in enumerate(read_lines(path)):
        if not line.strip():
            continue
        place = f"{path}, line {number + 1}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise StudyError(
                f"{place}: this is not a JSON object ({error.msg} at character {error.colno})."
                " Repair the line, or fetch the file again."
            ) from error
        except RecursionError as error:
            raise StudyError(
                f"{place}: brackets are nested too deeply for a fact or a pattern."
                " Repair the line, or fetch the file again."
            ) from error
        if not isinstance(row, dict):
            raise StudyError(f'{place}: expected a JSON object like {{"key": "text"}}.')
        yield number, place, row


def _text(row: dict[str, object], key: str, place: str) -> str:
    """The text under ``key``, which must be there and not blank."""
    if key not in row:
        found = ", ".join(f"`{name}`" for name in row) or "nothing"
        raise StudyError(f"{place}: `{key}` is missing; found {found}. Add it, or delete the line.")
    text = row[key]
    if not isinstance(text, str) or not text.strip():
        raise StudyError(
            f"{place}: `{key}` is {text!r}, but must be a text. Fill it in, or delete the line."
        )
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise StudyError(
            f"{place}: `{key}` holds half of a letter (a lone surrogate, such as \\ud800)."
            " Repair the line, or fetch the file again."
        )
    return text
