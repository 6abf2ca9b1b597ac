"""Run the study in this folder: alone, and taking up a run that was killed.

A killed Snakemake leaves its lock behind, which must be removed, but never beside a run that
is alive. So a run holds a lock of the operating system, which ends with its process;
runs that were started without this script are found among the processes. Options are handed
to Snakemake.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

LOCK = Path(".snakemake.flock")
REFUSED = 75
WRONG_USE = 2


def main(options: list[str]) -> int:
    """Become the Snakemake that runs the study; the exit code where that may not be."""
    for path in missing_studies(options):
        sys.stderr.write(f"There is no study file {path}. Those shipped are in studies/.\n")
        return WRONG_USE
    lock = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return refuse(os.pread(lock, 32, 0).decode() or "unknown")
    for process in live_runs():
        return refuse(str(process))
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    snakemake = [sys.executable, "-m", "snakemake"]
    if any(Path(".snakemake/locks").glob("*")):
        code = subprocess.run([*snakemake, "--unlock", *options], check=False).returncode
        if code:
            return code
    os.set_inheritable(lock, True)
    return os.execv(sys.executable, [*snakemake, *options])


def missing_studies(options: list[str]) -> Iterator[str]:
    """Study files among the options that do not exist."""
    is_study = False
    for option in options:
        if option.startswith("-"):
            is_study = option in ("--configfile", "--configfiles")
        elif is_study and not Path(option).is_file():
            yield option


def refuse(process: str) -> int:
    sys.stderr.write(
        f"Another run of the study is alive in {Path.cwd()}: process {process}.\n"
        f"Wait until it ends, or stop it with `kill {process}`, then run this again.\n"
    )
    return REFUSED


def live_runs() -> Iterator[int]:
    """Processes that are a Snakemake working in this folder."""
    here = Path.cwd()
    for process in psutil.process_iter():
        try:
            words = process.cmdline()[:3]
            if "snakemake" in {Path(word).name for word in words} and process.cwd() == str(here):
                yield process.pid
        except psutil.Error:
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
