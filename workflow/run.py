"""Run the study in this folder: alone, and taking up a run that was killed.

A killed Snakemake leaves its lock behind, which must be removed, but never beside a run that
is alive. So a run holds a lock of the operating system, which ends with its process;
runs that were started without this script are found among the processes. Options are handed
to Snakemake, which runs in this process.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import orphans
import places
import psutil
import sample

LOCK = Path(".snakemake.flock")
REFUSED = 75
WRONG_USE = 2
DRY_RUNS = {"-n", "--dry-run", "--dryrun"}

NO_LOCKS = """\
This file system knows no locks ({reason}), so that only Snakemake's own lock keeps a second run
away. After a run was killed, make sure that none is alive, then `snakemake --unlock`.
"""


def main(options: list[str]) -> int:
    """Run the study; the exit code is that of Snakemake, or says why it may not run."""
    try:
        options = sample.with_sample(options)
    except sample.SampleError as error:
        refuse(f"{error}\n", WRONG_USE)
    for path in missing_studies(options):
        refuse(f"There is no study file {path}. Those shipped are in studies/.\n", WRONG_USE)
    if code := places.main():
        return code
    is_alone = be_alone()
    if is_alone and not DRY_RUNS & set(options):
        orphans.cancel()
    if is_alone and any(Path(".snakemake/locks").glob("*")):
        unlock = [sys.executable, "-m", "snakemake", "--unlock", *options]
        if code := subprocess.run(unlock, check=False).returncode:
            return code
    os.environ[places.ASKED_AT_END] = "yes"
    code = snakemake(options)
    if code:
        places.main()
    return code


def be_alone() -> bool:
    """Take the lock, which ends with this process; False where the file system knows no locks."""
    lock = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    is_alone = True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        refuse_beside(os.pread(lock, 32, 0).decode() or "unknown")
    except OSError as error:
        is_alone = False
        sys.stderr.write(NO_LOCKS.format(reason=error.strerror))
    for process in live_runs():
        refuse_beside(str(process))
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return is_alone


def snakemake(options: list[str]) -> int:
    """Let Snakemake run the study; its exit code."""
    from snakemake.cli import main as run  # noqa: PLC0415 (a refusal need not wait for it)

    sys.argv = ["snakemake", *options]
    try:
        run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def missing_studies(options: list[str]) -> Iterator[str]:
    """Study files among the options that do not exist."""
    is_study = False
    for option in options:
        if option.startswith("-"):
            is_study = option in ("--configfile", "--configfiles")
        elif is_study and not Path(option).is_file():
            yield option


def refuse_beside(process: str) -> NoReturn:
    refuse(
        f"Another run of the study is alive in {Path.cwd()}: process {process}.\n"
        f"Wait until it ends, or stop it with `kill {process}`, then run this again.\n",
        REFUSED,
    )


def refuse(message: str, code: int) -> NoReturn:
    sys.stderr.write(message)
    sys.exit(code)


def live_runs() -> Iterator[int]:
    """Processes other than this one that are a run of the study in this folder."""
    here = str(Path.cwd())
    for process in psutil.process_iter():
        try:
            if is_run(process.cmdline()) and process.cwd() == here and process.pid != os.getpid():
                yield process.pid
        except psutil.Error:
            continue


def is_run(words: list[str]) -> bool:
    """Whether a command is a run, begun by hand or by this script, and not a job of one."""
    names = [Path(word).parts[-2:] for word in words[:3]]
    is_snakemake = any(name[-1:] == ("snakemake",) for name in names)
    return (is_snakemake or ("workflow", "run.py") in names) and "--mode" not in words


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except PermissionError as refusal:
        sys.exit(str(places.unwritable(refusal.filename or LOCK, refusal)))
