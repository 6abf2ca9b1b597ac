"""What every source of facts gives: one relation's facts and the patterns that ask for them.

Only the standard library is needed here and in the readers, because the workflow checks the
files while it is parsed.
"""

from dataclasses import dataclass
from pathlib import Path

from qloc.errors import StudyError


@dataclass(frozen=True)
class Pattern:
    """A sentence with ``[X]`` for the subject and ``[Y]`` for the answer."""

    template: int
    text: str


@dataclass(frozen=True)
class Fact:
    """A subject and its object; ``templates`` are the patterns it is asked through."""

    number: int
    subject: str
    object: str
    templates: tuple[int, ...]


@dataclass(frozen=True)
class Relation:
    """The facts and patterns of one relation, in the order of their file."""

    name: str
    patterns: tuple[Pattern, ...]
    facts: tuple[Fact, ...]


def check_slots(pattern: str, place: str) -> None:
    """Refuse a pattern that has no ``[X]``, or not exactly one ``[Y]``.

    Raises:
        StudyError: Names ``place``, the file and line.
    """
    for slot, meaning in (("[X]", "the subject"), ("[Y]", "the answer")):
        if slot not in pattern:
            raise StudyError(
                f"{place}: the pattern {pattern!r} has no {slot}."
                f" Write {slot} where {meaning} stands."
            )
    if pattern.count("[Y]") > 1:
        raise StudyError(
            f"{place}: the pattern {pattern!r} has [Y] {pattern.count('[Y]')} times."
            " Write it once, where the answer stands."
        )


def read_lines(path: Path) -> list[str]:
    """The lines of a text file, without their ends; a byte order mark is skipped.

    Raises:
        StudyError: The file is missing, is not UTF-8, or holds no text.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise StudyError(
            f"{path}, line {line}: this is not UTF-8 text (byte 0x{error.object[error.start]:02x})."
            " Save the file as UTF-8."
        ) from error
    except OSError as error:
        raise StudyError(
            f"{path} cannot be read ({error.strerror}). Check the path in the config."
        ) from error
    if not text.strip():
        raise StudyError(f"{path} is empty. Put the data into it, or name another file.")
    return text.split("\n")
