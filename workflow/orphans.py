"""Jobs that a killed run left in the queue of SLURM.

They would go on beside the run that takes up the study: one that waits would delete and make again
what that run has made already. So they are cancelled before it starts. Jobs are known by what
the executor of Snakemake calls them, and by the folder they work in.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

# Number, name, folder, comment: the executor names jobs by a UUID and comments their rule.
FORM = "%A|%j|%Z|%k"
NAME = re.compile(r"(?:[\w-]+_)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PATIENCE_SECONDS = 60


def cancel() -> None:
    """Cancel jobs that a killed run of this folder left in the queue, and say so."""
    jobs = sorted(waiting_or_running())
    if not jobs:
        return
    count = "a job" if len(jobs) == 1 else f"{len(jobs)} jobs"
    sys.stderr.write(
        f"Cancelling {count} of a killed run that SLURM still has: {', '.join(jobs)}.\n"
    )
    subprocess.run(["scancel", *jobs], check=False)
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and any(waiting_or_running()):
        time.sleep(1)


def waiting_or_running() -> Iterator[str]:
    """Numbers of this user's jobs that a run of the study in this folder has sent to SLURM."""
    if shutil.which("squeue") is None:
        return
    command = ["squeue", "--noheader", "--user", str(os.getuid()), "--format", FORM]
    states = ["--states", "PENDING,RUNNING,SUSPENDED,COMPLETING,CONFIGURING"]
    try:
        listed = subprocess.run(
            [*command, *states], capture_output=True, text=True, check=False, timeout=30
        )
    except subprocess.TimeoutExpired:
        return
    for line in listed.stdout.splitlines():
        number, name, folder, comment = line.split("|", maxsplit=3)
        is_here = Path(folder).resolve() == Path.cwd()
        if is_here and NAME.fullmatch(name) and comment.startswith("rule_"):
            yield number
