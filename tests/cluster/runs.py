"""Runs of the workflow on SLURM, and what SLURM says about their jobs."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("workflow", "profiles", "envs", "src", "reports", "resources", "studies")
SHORT = "short.yaml"
MODEL = "tiny-gpt2-seed0"
ONE, OTHER = (f"results/answers/{MODEL}/{relation}.parquet" for relation in ("P103", "P36"))
TARGETS = [ONE, OTHER]
PATIENCE_SECONDS = 900


def plain_checkout(folder: Path) -> Path:
    """A copy of what the workflow needs, in a folder whose name holds a blank."""
    folder.mkdir()
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("Snakefile", "config.yaml"):
        shutil.copy2(ROOT / part, folder / part)
    shutil.copy2(Path(__file__).parent / SHORT, folder / SHORT)
    return folder


@dataclass(frozen=True)
class Job:
    """A job as SLURM describes it; memory in MiB, time in minutes."""

    number: str
    rule: str
    wildcards: str
    state: str
    memory: int
    minutes: int
    has_gpu: bool


class Run:
    """Runs of the workflow in one folder, through the profile for SLURM as it is shipped."""

    def __init__(self, folder: Path, study: str = SHORT, targets: list[str] = TARGETS) -> None:
        self.folder = folder
        self.study = study
        self.targets = targets
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, *options: str) -> "subprocess.Popen[str]":
        """Begin a run, in a process group of its own; what it says goes to a file."""
        # Tests in the background of a script would have interrupts ignored, and so would the run.
        command = ["env", "--default-signal=INT"]
        command += [sys.executable, "workflow/run.py", "--workflow-profile", "profiles/slurm"]
        command += ["--configfile", self.study, *options, "--", *self.targets]
        with (self.folder / "said.txt").open("w") as said:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                start_new_session=True,
                stdout=said,
                stderr=said,
                text=True,
            )
        self.processes.append(process)
        return process

    def finish(self, *options: str) -> int:
        """Run to the end; the exit code."""
        return self.start(*options).wait(PATIENCE_SECONDS)

    @property
    def said(self) -> str:
        return (self.folder / "said.txt").read_text(encoding="utf-8")

    def jobs(self, rule: str = "") -> list[Job]:
        """What was sent to SLURM from this folder, in order."""
        described = subprocess.run(
            ["scontrol", "--oneliner", "show", "job"], capture_output=True, text=True, check=True
        ).stdout
        lines = [line for line in described.splitlines() if f"WorkDir={self.folder} " in line]
        found = [described_job(line) for line in lines]
        return sorted(
            (job for job in found if rule in {"", job.rule}), key=lambda job: int(job.number)
        )

    def wait_for(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < end, f"{what}: not seen\n{self.said}\n{self.jobs()}"
            time.sleep(0.2)

    def wait_for_job(self, number: int, state: str) -> Job:
        """Wait until the run's job of this number, from 0, is in a state."""

        def is_so() -> bool:
            return len(self.jobs()) > number and self.jobs()[number].state == state

        self.wait_for(is_so, f"job {number} {state}")
        return self.jobs()[number]

    def end(self) -> None:
        """Stop what still runs."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def described_job(line: str) -> Job:
    """A job from the line of words that `scontrol` writes."""
    words = dict(re.findall(r"(\w+)=(\S*)", line))
    rule, _, wildcards = words.get("Comment", "").removeprefix("rule_").partition("_wildcards_")
    hours, minutes, _ = words["TimeLimit"].rpartition("-")[2].split(":")
    return Job(
        number=words["JobId"],
        rule=rule,
        wildcards=wildcards,
        state=words["JobState"],
        memory=mebibytes(words["MinMemoryNode"]),
        minutes=60 * int(hours) + int(minutes),
        has_gpu="gpu:1" in words.get("TresPerJob", ""),
    )


def mebibytes(said: str) -> int:
    units = {"M": 1, "G": 1024, "T": 1024**2}
    return round(float(said[:-1]) * units[said[-1]])


def digests(folder: Path, *names: str) -> dict[str, str]:
    """Of files below a folder, or of those named, by their bytes."""
    files = [folder / name for name in names] or sorted(folder.rglob("*"))
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file()
    }
