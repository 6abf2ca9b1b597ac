"""Which files may be downloaded: their names, addresses and SHA-256, one to a line.

A registry (``resources/registry``) pins a revision of somebody else's data. Only the standard
library is needed here, because the workflow checks names while it is parsed.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from qloc.datasets.relation import read_lines
from qloc.errors import StudyError


@dataclass(frozen=True)
class RegisteredFile:
    """One file: what it is called here, what its bytes hash to, where it is fetched."""

    name: str
    sha256: str
    url: str


def read_registry(path: Path) -> dict[str, RegisteredFile]:
    """The files of a registry by name.

    Raises:
        StudyError: The file is missing, or a line is not name, SHA-256, address.
    """
    files = {}
    for number, line in enumerate(read_lines(path), start=1):
        words = line.partition("#")[0].split()
        if words and len(words) != 3:
            raise StudyError(f"{path}, line {number}: expected name, SHA-256 and address.")
        if words:
            files[words[0]] = RegisteredFile(*words)
    return files


def check_relations(path: Path, relations: Iterable[str]) -> None:
    """Refuse relations of which ParaRel's registry has no facts or no patterns.

    Raises:
        StudyError: Names the relation and the ones that can be downloaded.
    """
    files = [Path(name) for name in read_registry(path)]
    known = sorted({file.stem for file in files if file.parent.name == "patterns"})
    for relation in relations:
        if relation not in known:
            near = difflib.get_close_matches(relation, known, n=1)
            raise StudyError(
                f"`relations` lists `{relation}`, which cannot be downloaded."
                + (f" Did you mean `{near[0]}`?" if near else "")
                + f" ParaRel has {', '.join(known)}."
            )
