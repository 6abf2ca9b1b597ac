"""What a command takes that runs alone: a large parent must not be counted with it.

A child begins as a copy of its parent, and its peak memory begins there, too: so a small
interpreter stands between.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BETWEEN = """
import json, resource, subprocess, sys
code = subprocess.run(sys.argv[2:], check=False).returncode
took = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    json.dump([code, took.ru_utime + took.ru_stime, took.ru_maxrss * 1024], file)
"""


@dataclass(frozen=True)
class Taken:
    """How a command ended, what it said, and what it took: the memory is its largest process's."""

    code: int
    stdout: str
    stderr: str
    cpu_seconds: float
    memory_bytes: int


def taken(
    command: Sequence[str], folder: Path, notes: Path, env: Mapping[str, str] | None = None
) -> Taken:
    """Run a command in a folder; ``notes`` is a file that may be written."""
    run = subprocess.run(
        [sys.executable, "-S", "-c", BETWEEN, str(notes), *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env=env,
    )
    code, cpu_seconds, memory_bytes = json.loads(notes.read_text())
    return Taken(code, run.stdout, run.stderr, cpu_seconds, memory_bytes)
