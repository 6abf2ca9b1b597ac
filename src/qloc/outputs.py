"""Outputs of a stage: all of them appear together and complete, or none does.

Each file is written under a temporary name in its own folder, forced to disk, and moved into
place after all others are complete. The name carries host and process, so that a job which
outlived its killed workflow cannot write into its successor's file; what such a job
left behind is removed by the next one that writes the same output.
"""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def outputs(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Temporary files to write, moved to ``paths`` when the body ends without an error.

    After an error none of ``paths`` has changed and no temporary file is left.
    """
    drafts = tuple(_draft(path) for path in paths)
    try:
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            _remove_leftovers(path)
        yield drafts
        for draft in drafts:
            _force_to_disk(draft)
        for draft, path in zip(drafts, paths, strict=True):
            os.replace(draft, path)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write files of any kind: all of them, or none."""
    with outputs(*contents) as drafts:
        for draft, content in zip(drafts, contents.values(), strict=True):
            draft.write_bytes(content)


def _draft(path: Path) -> Path:
    """A name next to ``path`` that no other process uses, with the same suffix."""
    return path.with_name(f".{socket.gethostname()}.{os.getpid()}.draft.{path.name}")


def _remove_leftovers(path: Path) -> None:
    """Delete the drafts of ``path`` whose process on this host is gone."""
    start, end = f".{socket.gethostname()}.", f".draft.{path.name}"
    for entry in path.parent.iterdir():
        process = entry.name.removeprefix(start).removesuffix(end)
        if entry.name == f"{start}{process}{end}" and process.isdigit() and not _is_alive(process):
            entry.unlink(missing_ok=True)


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _force_to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
