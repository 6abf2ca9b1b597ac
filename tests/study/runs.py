"""Runs of the small study that a test begins, and what they leave."""

import hashlib
import subprocess
import sys
import time
from pathlib import Path

import psutil

SAID = "said.txt"
# The report, and pages that tell how long stages took.
TIMED = ("report.html", "front_page.html", "trust.html")
PATIENCE_SECONDS = 300


def start(folder: Path, target: str, *studies: str) -> "subprocess.Popen[bytes]":
    """Begin to make a target, in a process group of its own."""
    options = ["--cores", "2", "--configfile", "small.yaml", *studies, "--", target]
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


def digests(folder: Path) -> dict[str, str]:
    """What lies in the results, but for the report, which carries a date, and what tells times."""
    results = folder / "results"
    return {
        str(path.relative_to(results)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(results.rglob("*"))
        if path.is_file() and path.name not in TIMED and "stage_costs" not in str(path)
    }
