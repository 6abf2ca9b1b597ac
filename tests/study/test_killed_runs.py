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
SAID = "said.txt"
PATIENCE_SECONDS = 60


def start(folder: Path, target: str) -> "subprocess.Popen[bytes]":
    """Begin to make a target, in a process group of its own."""
    options = ["--cores", "2", "--configfile", "small.yaml", "--", target]
    with (folder / SAID).open("w") as said:  # a pipe would be held open by jobs that live on
        return subprocess.Popen(
            [sys.executable, "workflow/run.py", *options],
            cwd=folder,
            start_new_session=True,
            stdout=said,
            stderr=said,
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
    """What lies in the results, but for the report, which carries a date, and the stages' times."""
    results = folder / "results"
    return {
        str(path.relative_to(results)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(results.rglob("*"))
        if path.is_file() and path.name != "report.html" and "stage_costs" not in str(path)
    }


@pytest.mark.parametrize(
    ("command", "lost", "target"),
    [
        ("train-tiny-model", f"models/{MODEL}", f"models/{MODEL}/model.json"),
        ("attribute-neurons", *[f"attributions/{MODEL}/P36/sig.parquet"] * 2),
    ],
    ids=["training", "attribution"],
)
@pytest.mark.parametrize("kill", [kill_main, kill_group])
def test_a_killed_run_is_taken_up(
    copy_of_finished: Path,
    kill: Callable[["subprocess.Popen[bytes]"], None],
    command: str,
    lost: str,
    target: str,
) -> None:
    before = digests(copy_of_finished)
    gone = copy_of_finished / "results" / lost
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    main = start(copy_of_finished, f"results/{target}")
    wait_for_job(copy_of_finished, command)
    second = start(copy_of_finished, f"results/{target}")
    assert second.wait(PATIENCE_SECONDS) == REFUSED
    assert f"process {main.pid}" in (copy_of_finished / SAID).read_text()
    kill(main)
    assert main.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    assert bool(job(copy_of_finished, command)) == (kill is kill_main)

    again = start(copy_of_finished, f"results/{target}")
    assert again.wait(600) == 0, (copy_of_finished / SAID).read_text()
    finished = start(copy_of_finished, "all")
    assert finished.wait(600) == 0, (copy_of_finished / SAID).read_text()
    while job(copy_of_finished, command):
        time.sleep(0.1)
    changed = set(digests(copy_of_finished).items()) ^ set(before.items())
    assert changed == set()
    assert [path for path in copy_of_finished.rglob("*") if ".draft." in path.name] == []
