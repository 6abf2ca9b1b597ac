"""What is said of a file system that refuses: the path, the cause, and the way out."""

import errno
import os
from pathlib import Path

import pytest

from qloc import errors
from qloc.errors import StudyError, is_of_storage, unreadable, unwritable


def failed(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize("number", [*errors.REFUSALS, *errors.REFUSALS_OF_FOLDERS, errno.ENOLCK])
def test_every_refusal_names_the_path_and_a_way_out(number: int, tmp_path: Path) -> None:
    path = tmp_path / "results/one.parquet"
    error = unwritable(path, failed(number))
    assert isinstance(error, StudyError)
    assert str(error).startswith(f"{path} cannot be written: ")
    assert str(error).endswith("run again: what is finished is kept.")
    assert len(str(error).split(". ")) == 2


@pytest.mark.parametrize(
    ("number", "cause", "way_out"),
    [
        (errno.EDQUOT, "your quota on its file system is used up", "`quota -s`"),
        (errno.EROFS, "its file system is read-only", "Mount it for writing"),
        (errno.EFBIG, "it is larger than a file may be there", "`ulimit -f unlimited`"),
        (errno.EACCES, "permission is denied", "`chmod`"),
        (errno.ESTALE, "the network file system has lost it", "Mount the file system again"),
    ],
)
def test_causes_that_look_alike_have_words_of_their_own(
    number: int, cause: str, way_out: str
) -> None:
    said = str(unreadable("some/table", failed(number)))
    assert said.startswith(f"some/table cannot be read: {cause}")
    assert way_out in said


def test_of_a_full_file_system_its_size_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = os.statvfs_result((4096, 4096, 5_000_000, 300, 300, 10, 5, 5, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: found)
    said = str(unwritable(tmp_path / "new/folder/one", failed(errno.ENOSPC)))
    assert f"is full: 1.2 of 20,480 MB are free at {tmp_path}. Make room" in said


def test_of_a_file_system_that_can_hold_no_more_files_their_number_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = os.statvfs_result((4096, 4096, 5_000_000, 300, 300, 12_345, 0, 0, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: found)
    said = str(unwritable(tmp_path, failed(errno.ENOSPC)))
    assert "is full: it holds 12,345 files and no more. Make room" in said


def test_where_the_place_is_not_known_no_size_is_told() -> None:
    said = str(unwritable("A cache", failed(errno.ENOSPC)))
    assert said.startswith("A cache cannot be written: its file system is full. Make room there")


def test_a_reason_that_is_not_known_is_passed_on() -> None:
    assert "cannot be read: No locks available. Check" in str(unreadable("x", failed(errno.ENOLCK)))
    assert "cannot be read: odd. Check" in str(unreadable("x", OSError("odd")))


def test_mistakes_of_the_package_are_none_of_the_file_system() -> None:
    assert is_of_storage(failed(errno.ENOSPC))
    for number in (errno.ENOENT, errno.EEXIST, errno.EISDIR, errno.EBADF):
        assert not is_of_storage(failed(number))
    assert not is_of_storage(OSError("without a number"))
