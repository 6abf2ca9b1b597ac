"""The small study, run once from a plain checkout without a network, for all tests here."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("workflow", "profiles", "envs", "src", "reports", "resources", "studies")
STUDY = "small.yaml"
# Their tests run parts of the study again: more than `make test` has time for.
LONG = (
    "test_broken_runs.py",
    "test_compared_runs.py",
    "test_killed_runs.py",
    "test_live_numbers.py",
    "test_reports.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            is_long = item.path.name in LONG
            item.add_marker(pytest.mark.long if is_long else pytest.mark.study)


def without_network() -> list[str]:
    """What to put before a command so that it has no network, where the system allows it."""
    command = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None:
        return []
    allowed = subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    return command if allowed else []


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which the small study has run; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("small study")
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("Snakefile", "config.yaml"):
        shutil.copy2(ROOT / part, folder / part)
    shutil.copy2(Path(__file__).with_name(STUDY), folder / STUDY)
    command = [sys.executable, "workflow/run.py", "--cores", "2", "--configfile", STUDY]
    run = subprocess.run(
        [*without_network(), *command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Report: results/report.html" in run.stderr
    return folder


@pytest.fixture
def copy_of_finished(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished study that a test may spoil."""
    folder = tmp_path / "small study"
    shutil.copytree(finished, folder, symlinks=True)
    return folder
