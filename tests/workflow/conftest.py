"""A plain checkout to run Snakemake in, as a newcomer has it."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = (
    "Snakefile",
    "config.yaml",
    "workflow",
    "profiles",
    "envs",
    "src",
    "reports",
    "resources",
    "studies",
)

Snakemake = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the workflow needs, in a folder whose name holds a blank."""
    folder = tmp_path / "my study"
    folder.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy2(ROOT / part, folder / part)
    return folder


@pytest.fixture
def snakemake(checkout: Path) -> Snakemake:
    """Run Snakemake in the checkout."""

    def run(*options: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "snakemake", *options]
        return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)

    return run
