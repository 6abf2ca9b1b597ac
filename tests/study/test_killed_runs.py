"""A run that is killed is taken up again and ends with the same bytes, leaving no drafts."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

MODEL = "tiny-gpt2-seed0"
REFUSED = 75
PATIENCE_SECONDS = 60


def start(folder: Path, target: str) -> "subprocess.Popen[bytes]":
    """Begin to make a target, in a process group of its own."""
    options = ["--cores", "2", "--configfile", "studies/smoke.yaml", "--", target]
    return subprocess.Popen(
        [sys.executable, "workflow/run.py", *options],
        cwd=folder,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def job(folder: Path, command: str) -> psutil.Process | None:
    """The process that runs a stage in this folder, if there is one."""
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            if command in words and "qloc" in words and process.cwd() == str(folder):
                return process
        except psutil.Error:
            continue
    return None


def wait_for_job(folder: Path, command: str) -> psutil.Process:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if found := job(folder, command):
            return found
        time.sleep(0.05)
    raise AssertionError(f"{command} did not start")


def kill_main(process: "subprocess.Popen[bytes]") -> None:
    process.kill()


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)


def digests(folder: Path) -> dict[str, str]:
    """What lies in the results, but for the report, which carries a date."""
    results = folder / "results"
    return {
        str(path.relative_to(results)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(results.rglob("*"))
        if path.is_file() and path.name != "report.html"
    }


@pytest.mark.parametrize(
    ("command", "lost", "seconds"),
    [
        ("train-tiny-model", f"models/{MODEL}", 8.0),
        ("attribute-neurons", f"attributions/{MODEL}", 2.0),
    ],
    ids=["training", "attribution"],
)
@pytest.mark.parametrize("kill", [kill_main, kill_group])
def test_a_killed_run_is_taken_up(
    copy_of_finished: Path,
    kill: Callable[["subprocess.Popen[bytes]"], None],
    command: str,
    lost: str,
    seconds: float,
) -> None:
    before = digests(copy_of_finished)
    shutil.rmtree(copy_of_finished / "results" / lost)
    target = f"results/attributions/{MODEL}/P36/ig.parquet"
    if command == "train-tiny-model":
        target = f"results/models/{MODEL}/model.json"

    main = start(copy_of_finished, target)
    wait_for_job(copy_of_finished, command)
    second = start(copy_of_finished, target)
    _, words = second.communicate(timeout=PATIENCE_SECONDS)
    assert second.returncode == REFUSED
    assert f"process {main.pid}" in words.decode()
    time.sleep(seconds if job(copy_of_finished, command) else 0)
    kill(main)
    main.communicate(timeout=PATIENCE_SECONDS)
    assert main.returncode == -signal.SIGKILL

    again = start(copy_of_finished, "all")
    _, words = again.communicate(timeout=600)
    assert again.returncode == 0, words.decode()
    while job(copy_of_finished, command):
        time.sleep(0.1)
    assert digests(copy_of_finished) == before
    assert [path for path in copy_of_finished.rglob("*") if ".draft." in path.name] == []


def test_a_job_that_outlives_its_run_keeps_no_run_away(copy_of_finished: Path) -> None:
    shutil.rmtree(copy_of_finished / "results/models" / MODEL)
    main = start(copy_of_finished, f"results/models/{MODEL}/model.json")
    orphan = wait_for_job(copy_of_finished, "train-tiny-model")
    main.kill()
    main.communicate()
    assert orphan.is_running()
    plan = subprocess.run(
        [sys.executable, "workflow/run.py", "-n", "--configfile", "studies/smoke.yaml"],
        cwd=copy_of_finished,
        capture_output=True,
        text=True,
        check=False,
    )
    orphan.kill()
    assert plan.returncode == 0, plan.stderr
