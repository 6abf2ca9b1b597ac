"""Two folders of runs: which tables there are, and where."""

import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from qloc import contracts
from qloc.errors import StudyError
from qloc.pieces import Stored, stored
from qloc.tables import Table

RESULTS = "results"


@dataclass(frozen=True)
class Run:
    """A run on disk.

    Attributes:
        folder: As it was given.
        files: By the name of a table: its files, by their places as contracts write them,
            ``results/answers/gpt2/P36.parquet``.
        strangers: Places of Parquet files that no contract knows.
    """

    folder: Path
    files: Mapping[str, Mapping[str, Path]]
    strangers: tuple[str, ...]

    def table(self, name: str) -> Mapping[str, Path]:
        """The files of one table; none if the run has none."""
        return self.files.get(name, {})


@cache
def known_tables() -> dict[str, Table]:
    """The contracts of all tables, by their names, in order."""
    names = sorted(module.name for module in pkgutil.iter_modules(contracts.__path__))
    modules = {name: importlib.import_module(f"{contracts.__name__}.{name}") for name in names}
    return {name: getattr(module, name.upper()) for name, module in modules.items()}


def find_run(folder: Path) -> Run:
    """The tables of a run: of a folder in which a study ran, or of its results.

    Raises:
        StudyError: The folder is none, or holds no table of a study.
    """
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise StudyError(
            f"{folder} {what}. Give the folder in which a study ran, or its `{RESULTS}`."
        )
    results = folder / RESULTS if (folder / RESULTS).is_dir() else folder
    files: dict[str, dict[str, Path]] = {}
    strangers = []
    for path in sorted(results.rglob("*.parquet")):
        place = str(PurePosixPath(RESULTS) / path.relative_to(results).as_posix())
        name = next((name for name in known_tables() if place_of(name, place) is not None), None)
        if path.name.startswith("."):
            continue
        if name is None:
            strangers.append(place)
        else:
            files.setdefault(name, {})[place] = path
    if not files:
        raise StudyError(
            f"{folder} holds no table of a study: there is none of this version in {results}."
            " Give a folder in which `snakemake` or `make` made results."
        )
    return Run(folder, files, tuple(strangers))


def place_of(name: str, place: str) -> dict[str, str] | None:
    """What a file's place says of its rows, as their model; None for a file of another table."""
    found = _pattern(name).fullmatch(place)
    return None if found is None else found.groupdict()


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """A place of one of a table's files, its wildcards as groups."""
    parts = re.split(r"\{(\w+)\}", known_tables()[name].path)
    texts = [f"(?P<{part}>[^/]+)" if i % 2 else re.escape(part) for i, part in enumerate(parts)]
    return re.compile("".join(texts))


def stored_of(table: Table, path: Path) -> Stored:
    """What the file of a table says of itself.

    Raises:
        StudyError: It cannot be read, or holds another table or not the columns of its key.
    """
    found = stored(path)
    lacking = [name for name in table.key if name not in found.columns]
    if found.table != table.name or lacking:
        holds = f"holds table `{found.table or '?'}` with the columns {', '.join(found.columns)}"
        raise StudyError(
            f"{path} {holds}, but a table `{table.name}` has {', '.join(table.key)}. Delete the"
            " file and run `snakemake` in its study again, with one version of qloc for both."
        )
    return found
