"""A SLURM of one node, on which the workflow runs as on a cluster.

It is brought up by the script that users have, and taken down if it was not up before.
Where it cannot run (no root, a SLURM of this machine's own), the tests are skipped and say why.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cluster.runs import ROOT, SHORT, TARGETS, Run, plain_checkout

NODE = ROOT / "profiles/slurm/single_node.sh"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slurm)


def node(command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([NODE, command], capture_output=True, text=True, check=False)


@pytest.fixture(scope="session", autouse=True)
def slurm() -> Iterator[None]:
    """A SLURM of one node is up."""
    if os.geteuid():
        pytest.skip("a SLURM of one node needs root")
    if importlib.util.find_spec("snakemake_executor_plugin_slurm") is None:
        pytest.skip("Snakemake's plugin for SLURM is missing: `bash .ci/slurm` installs it")
    if shutil.which("slurmctld") is None and node("install").returncode:
        pytest.skip(f"SLURM is not installed: `{NODE} install` fails here")
    was_up = "slurmctld: process" in node("status").stdout
    started = node("up")
    if "a SLURM of its own" in started.stderr:
        pytest.skip(started.stderr.strip())
    assert started.returncode == 0, started.stderr
    yield
    if not was_up:
        assert node("down").returncode == 0


@pytest.fixture(scope="session")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which the targets of single tests were made on this machine itself."""
    folder = plain_checkout(tmp_path_factory.mktemp("answered") / "my study")
    command = [sys.executable, "workflow/run.py", "--cores", "2", "--configfile", SHORT]
    made = subprocess.run(
        [*command, "--", *TARGETS], cwd=folder, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


@pytest.fixture
def unanswered(answered: Path, tmp_path: Path) -> Path:
    """The same without the targets: they are what a run has to make."""
    folder = tmp_path / "my study"
    shutil.copytree(answered, folder, symlinks=True)
    for target in TARGETS:
        (folder / target).unlink()
    return folder


@pytest.fixture
def run(unanswered: Path) -> Iterator[Run]:
    """What starts runs of the targets; at the end, nothing of them is left in the queue."""
    started = Run(unanswered)
    yield started
    started.end()
    unended = [job for job in started.jobs() if re.match("PENDING|RUNNING", job.state)]
    for job in unended:
        subprocess.run(["scancel", job.number], check=True)
