"""Outputs appear together and complete, or not at all."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from qloc.outputs import outputs, write_files


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
