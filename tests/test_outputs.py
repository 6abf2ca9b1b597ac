"""Outputs appear together and complete, or not at all."""

import errno
import os
import resource
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from qloc.errors import StudyError
from qloc.outputs import outputs, write_files, written_to


def dead_process() -> int:
    """The number of a process that is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_nothing_is_in_place_before_the_body_ends(tmp_path: Path) -> None:
    one, two = tmp_path / "new/one.txt", tmp_path / "two.txt"
    with outputs(one, two) as drafts:
        for draft, text in zip(drafts, ("1", "2"), strict=True):
            draft.write_text(text)
        assert not one.exists()
        assert not two.exists()
        assert [draft.suffix for draft in drafts] == [".txt", ".txt"]
    assert (one.read_text(), two.read_text()) == ("1", "2")
    assert sorted(path.name for path in tmp_path.rglob("*.txt")) == ["one.txt", "two.txt"]


def test_after_an_error_the_old_files_stand_and_no_draft_is_left(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("old")

    def fail() -> None:
        with outputs(one, two) as drafts:
            drafts[0].write_text("new")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert one.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_an_output_that_was_not_written_replaces_none_of_the_others(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"

    def forget() -> None:
        with outputs(one, two) as drafts:
            drafts[0].write_text("new")

    with pytest.raises(FileNotFoundError):
        forget()
    assert not list(tmp_path.iterdir())


def test_drafts_of_dead_processes_are_removed_and_those_of_live_ones_kept(tmp_path: Path) -> None:
    host = socket.gethostname()
    alive, gone = os.getppid(), dead_process()
    names = [
        f".{host}.{gone}.draft.one",  # left by a killed job: to be removed
        f".{host}.{alive}.draft.one",  # a job that still writes
        f".elsewhere.{gone}.draft.one",  # on another host, nothing is known of its processes
        f".{host}.{gone}.draft.other",  # another output
    ]
    for name in names:
        (tmp_path / name).write_text("")
    write_files({tmp_path / "one": b"1"})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names[1:], "one"])


def test_files_of_any_kind_are_written_together(tmp_path: Path) -> None:
    write_files({tmp_path / "a.svg": b"\x00", tmp_path / "b.html": b"<p>"})
    assert (tmp_path / "a.svg").read_bytes() == b"\x00"
    assert (tmp_path / "b.html").read_bytes() == b"<p>"


def limit_files(n_bytes: int) -> None:
    """Let no file of this process become larger; 0 lifts the limit."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes or hard, hard))


def test_a_file_that_may_not_grow_is_named_and_the_others_stand(tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_text("old")
    limit_files(1000)
    try:
        with pytest.raises(StudyError, match=rf"^{large} cannot be written: .*ulimit -f"):
            write_files({small: b"new", large: bytes(2000)})
    finally:
        limit_files(0)
    assert small.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


def test_a_folder_that_is_a_file_or_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    for name in ("file", "link"):
        path = tmp_path / name / "one"
        with pytest.raises(StudyError, match=rf"^{path} cannot be written: .*a file"):
            write_files({path: b""})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link"]


def test_what_is_written_elsewhere_is_named_by_its_folder(tmp_path: Path) -> None:
    def fail(number: int) -> None:
        with written_to("some/cache"):
            raise OSError(number, "refused")

    with pytest.raises(StudyError, match=r"^some/cache cannot be written: your quota"):
        fail(errno.EDQUOT)
    with pytest.raises(FileNotFoundError):
        fail(errno.ENOENT)


def test_outputs_may_lie_on_another_file_system(tmp_path: Path) -> None:
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is one file system only")
    folder = elsewhere / f"qloc test {os.getpid()}"
    folder.mkdir()
    try:
        (tmp_path / "results").symlink_to(folder)
        write_files({tmp_path / "results/new/one": b"1"})
        assert (folder / "new/one").read_bytes() == b"1"
        assert [path.name for path in (folder / "new").iterdir()] == ["one"]
    finally:
        shutil.rmtree(folder)
