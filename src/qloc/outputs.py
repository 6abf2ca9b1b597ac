"""Outputs of a stage: all of them appear together and complete, or none does.

Each file is written under a temporary name in its own folder, forced to disk, and moved into
place after all others are complete. The name carries host and process, so that a job which
outlived its killed workflow cannot write into its successor's file; what such a job
left behind is removed by the next one that writes the same output.
"""

import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from qloc.errors import is_of_storage, unwritable


@contextmanager
def outputs(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Temporary files to write, moved to ``paths`` when the body ends without an error.

    After an error none of ``paths`` has changed and no temporary file is left.

    Raises:
        StudyError: The file system refuses: it is full, read-only, or gone.
    """
    drafts = tuple(_draft(path) for path in paths)
    _prepare_folders(paths)
    try:
        yield drafts
        for draft in drafts:
            _force_to_disk(draft)
        for draft, path in zip(drafts, paths, strict=True):
            os.replace(draft, path)
    except OSError as error:
        if is_of_storage(error):
            raise unwritable(_last_begun(drafts, paths), error) from error
        raise
    finally:
        for draft in drafts:
            _remove(draft)


@contextmanager
def written_to(folder: Path | str) -> Iterator[None]:
    """Say of files that are written elsewhere, a temporary folder or a cache, what went wrong.

    Raises:
        StudyError: The file system refuses: it is full, read-only, or gone.
    """
    try:
        yield
    except OSError as error:
        if is_of_storage(error):
            raise unwritable(Path(folder), error) from error
        raise


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write files of any kind: all of them, or none."""
    with outputs(*contents) as drafts:
        for draft, content in zip(drafts, contents.values(), strict=True):
            draft.write_bytes(content)


def _prepare_folders(paths: Sequence[Path]) -> None:
    for path in paths:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _remove_leftovers(path)
        except OSError as error:
            raise unwritable(path, error) from error


def _last_begun(drafts: Sequence[Path], paths: Sequence[Path]) -> Path:
    """The output that was being written when it failed."""
    begun = [path for draft, path in zip(drafts, paths, strict=True) if draft.exists()]
    return [paths[0], *begun][-1]


def _draft(path: Path) -> Path:
    """A name next to ``path`` that no other process uses, with the same suffix."""
    return path.with_name(f".{socket.gethostname()}.{os.getpid()}.draft.{path.name}")


def _remove(draft: Path) -> None:
    """Delete a draft if it is there; on a file system that is gone it stays."""
    try:
        draft.unlink(missing_ok=True)
    except OSError as error:
        if not is_of_storage(error):
            raise


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
