"""Whether a run can write where it must: asked before it starts, and after it failed.

A job that cannot write has no place for its message either. So what stopped it is looked for
again when the run has ended, and said where it is seen.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from qloc.errors import unwritable

PLACES = ("results", "logs", "benchmarks", ".snakemake")
# What is tried to be written: less would not do for one job.
ROOM_BYTES = 1 << 20
UNWRITABLE = 74
# In the environment of a run that asks by itself when it has ended, of whatever.
ASKED_AT_END = "QLOC_PLACES_ASKED_AT_END"


def problems() -> Iterator[str]:
    """Where a run in this folder could not write, and why; each file system is named once."""
    seen = set()
    for place in (*map(Path, PLACES), temporary_folder()):
        folder = place if os.path.lexists(place) else Path.cwd()
        try:
            write(folder)
        except OSError as error:
            device = folder.stat().st_dev if folder.exists() else folder
            if (device, error.errno) not in seen:
                seen.add((device, error.errno))
                yield str(unwritable(place, error))


def temporary_folder() -> Path:
    """Where jobs put temporary files; where none can be used, the one that was meant."""
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        return Path(os.environ.get("TMPDIR", "/tmp"))


def write(folder: Path) -> None:
    """Write a file that has no name and so is never left behind."""
    if not folder.is_dir():
        folder.mkdir()
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        written = 0
        while written < ROOM_BYTES:
            written += file.write(bytes(ROOM_BYTES - written))


def main() -> int:
    """Say what hinders a run; 0 where nothing does."""
    found = list(problems())
    sys.stderr.writelines(f"{problem}\n" for problem in found)
    return UNWRITABLE if found else 0


if __name__ == "__main__" and ASKED_AT_END not in os.environ:
    sys.exit(main())
