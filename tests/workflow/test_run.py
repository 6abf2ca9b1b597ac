"""`workflow/run.py`: one run at a time in a folder, and a killed one taken up."""

import fcntl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

RUN = [sys.executable, "workflow/run.py"]
REFUSED = 75

Snakemake = Callable[..., "subprocess.CompletedProcess[str]"]


def run(checkout: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*RUN, *options], cwd=checkout, capture_output=True, text=True, check=False
    )


def left_lock(checkout: Path) -> Path:
    """A lock as a killed run leaves it."""
    lock = checkout / ".snakemake/locks/0.output.lock"
    lock.parent.mkdir(parents=True)
    lock.write_text("results/facts/P36.parquet\n")
    return lock


def test_a_run_beside_one_that_holds_the_lock_is_refused_by_its_number(checkout: Path) -> None:
    with (checkout / ".snakemake.flock").open("w") as lock:
        lock.write("4321")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = run(checkout, "--cores", "1")
    assert refused.returncode == REFUSED
    assert "process 4321" in refused.stderr
    assert "kill 4321" in refused.stderr
    assert not (checkout / ".snakemake").exists()


def test_a_run_beside_a_snakemake_that_was_started_by_hand_is_refused(checkout: Path) -> None:
    by_hand = subprocess.Popen(
        ["snakemake", "-c", "import time; time.sleep(60)"], executable=sys.executable, cwd=checkout
    )
    try:
        time.sleep(0.5)
        refused = run(checkout, "-n")
    finally:
        by_hand.kill()
        by_hand.wait()
    assert refused.returncode == REFUSED
    assert f"process {by_hand.pid}" in refused.stderr


def test_a_snakemake_in_another_folder_is_no_hindrance(checkout: Path, tmp_path: Path) -> None:
    elsewhere = subprocess.Popen(
        ["snakemake", "-c", "import time; time.sleep(60)"], executable=sys.executable, cwd=tmp_path
    )
    try:
        planned = run(checkout, "-n", "--quiet")
    finally:
        elsewhere.kill()
        elsewhere.wait()
    assert planned.returncode == 0, planned.stderr


def test_the_lock_that_a_killed_run_left_is_removed(checkout: Path) -> None:
    lock = left_lock(checkout)
    made = run(checkout, "--cores", "1", "--quiet", "--", "results/facts/P36.parquet")
    assert made.returncode == 0, made.stderr
    assert (checkout / "results/facts/P36.parquet").is_file()
    assert not list(lock.parent.glob("*"))


def test_a_lock_that_a_killed_run_left_is_explained_to_who_starts_snakemake_by_hand(
    checkout: Path, snakemake: Snakemake
) -> None:
    left_lock(checkout)
    by_hand = snakemake("--cores", "1", "--quiet", "--", "results/facts/P36.parquet")
    assert by_hand.returncode == 1
    assert "no other instances of snakemake are running" in by_hand.stderr
    assert "--unlock" in by_hand.stderr
    assert not (checkout / "results").exists()


def test_a_job_of_a_run_is_no_run(checkout: Path) -> None:
    words = ["-c", "import time; time.sleep(60)", "--mode", "remote"]
    job = subprocess.Popen(["snakemake", *words], executable=sys.executable, cwd=checkout)
    try:
        planned = run(checkout, "-n", "--quiet")
    finally:
        job.kill()
        job.wait()
    assert planned.returncode == 0, planned.stderr


def test_a_file_system_without_locks_is_told_and_no_lock_is_removed_there(checkout: Path) -> None:
    lock = left_lock(checkout)
    without_locks = (
        "import errno, fcntl, os, runpy, sys\n"
        "def flock(*_): raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))\n"
        "fcntl.flock = flock\n"
        "sys.argv = ['workflow/run.py', '--cores', '1', '--', 'results/facts/P36.parquet']\n"
        "sys.path.insert(0, 'workflow')\n"
        "runpy.run_path('workflow/run.py', run_name='__main__')\n"
    )
    refused = subprocess.run(
        [sys.executable, "-c", without_locks],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "This file system knows no locks (Function not implemented)" in refused.stderr
    assert "Directory cannot be locked" in refused.stderr
    assert lock.is_file()


def test_options_and_exit_codes_are_passed_on(checkout: Path) -> None:
    failed = run(checkout, "--cores", "1", "no_such_target")
    assert failed.returncode == 1
    assert "no_such_target" in failed.stderr


def test_a_study_file_that_does_not_exist_is_named(checkout: Path) -> None:
    refused = run(checkout, "--cores", "1", "--configfile", "studies/mime.yaml")
    assert refused.returncode == 2
    assert refused.stderr.startswith("There is no study file studies/mime.yaml.")
    assert "Traceback" not in refused.stderr
