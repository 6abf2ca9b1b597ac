"""Mistakes that the person running the study can put right, and what to say of a file system."""

import errno
import os
from pathlib import Path

AGAIN = "then run again: what is finished is kept."

# Why a file system refuses, whoever asks: what is wrong, and what would do.
REFUSALS = {
    errno.ENOSPC: ("its file system is full", f"Make room there, {AGAIN}"),
    errno.EDQUOT: (
        "your quota on its file system is used up",
        f"Delete what you do not need (`quota -s` tells how much you hold), {AGAIN}",
    ),
    errno.EROFS: (
        "its file system is read-only",
        f"Mount it for writing, or copy the study to a folder that you may write, {AGAIN}",
    ),
    errno.EFBIG: (
        "it is larger than a file may be there",
        f"Raise the limit (`ulimit -f unlimited`) or take another file system, {AGAIN}",
    ),
    errno.EIO: ("the device reports an error", f"Check the disk or the network, {AGAIN}"),
    errno.ESTALE: (
        "the network file system has lost it",
        f"Mount the file system again, {AGAIN}",
    ),
    errno.ENOTCONN: ("its file system is gone", f"Mount the file system again, {AGAIN}"),
    errno.EACCES: ("permission is denied", f"Ask its owner for it or set it by `chmod`, {AGAIN}"),
    errno.EPERM: ("the operation is not permitted", f"Ask its owner for it, {AGAIN}"),
}
# Why a folder cannot be made; elsewhere these would be mistakes of the package.
REFUSALS_OF_FOLDERS = {
    errno.EEXIST: (
        "where its folder should be there is a file, or a link to nothing",
        f"Move that away or mount what the link leads to, {AGAIN}",
    ),
    errno.ENOTDIR: ("one of its folders is a file", f"Move that file away, {AGAIN}"),
}


class StudyError(Exception):
    """What is wrong, where, what was found, and what would do.

    A stage prints the message without a traceback and ends with exit code 1.
    """


def is_of_storage(error: OSError) -> bool:
    """Whether the file system refused or failed, which is no mistake of the package."""
    return error.errno in REFUSALS


def unwritable(path: Path | str, error: OSError) -> StudyError:
    """Why a file or folder could not be written, and what would do.

    Args:
        path: Of the file or folder; words where it is not known.
        error: Of the file system.
    """
    return _refused(path, error, "cannot be written")


def unreadable(path: Path | str, error: OSError) -> StudyError:
    """Why a file or folder could not be read, and what would do."""
    return _refused(path, error, "cannot be read")


def _refused(path: Path | str, error: OSError, what: str) -> StudyError:
    known = REFUSALS | REFUSALS_OF_FOLDERS
    reason = error.strerror or str(error) or type(error).__name__
    cause, remedy = known.get(error.errno or 0, (reason, f"Check the path and its disk, {AGAIN}"))
    return StudyError(f"{path} {what}: {cause}{_room(path, error)}. {remedy}")


def _room(path: Path | str, error: OSError) -> str:
    """Of a full file system: how large it is, and which of its two limits was met."""
    if error.errno != errno.ENOSPC or isinstance(path, str):
        return ""
    place = next((folder for folder in (path, *path.absolute().parents) if folder.exists()), None)
    try:
        found = os.statvfs(place or "/")
    except OSError:
        return ""
    if found.f_files and not found.f_favail:
        return f": it holds {found.f_files:,} files and no more"
    free, whole = (blocks * found.f_frsize / 1e6 for blocks in (found.f_bavail, found.f_blocks))
    return f": {free:,.1f} of {whole:,.0f} MB are free at {place}"
