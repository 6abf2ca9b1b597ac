"""`workflow/report.py`: the last lines of a run."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests import claims

WORKFLOW = Path(__file__).parents[2] / "workflow"
# Writes a report without asking Snakemake for one.
SCRIPT = f"""
import sys
sys.path.insert(0, {str(WORKFLOW)!r})
import report

def snakemake(options):
    report.DRAFT.write_text("a report")
    return 0

report.snakemake = snakemake
sys.exit(report.main([]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "results").mkdir()
    return tmp_path


def said(folder: Path) -> str:
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=folder, capture_output=True, text=True, check=True
    )
    assert run.stdout == ""
    return run.stderr


def test_a_run_ends_with_its_verdicts_and_its_report(folder: Path) -> None:
    found = {"tiny-gpt2": claims.found(), "tiny-llama": claims.found(-1.0)}
    claims.written(folder, claims.claims(found))
    first, second, last = said(folder).splitlines()
    assert first == "11 claims on tiny-gpt2: 11 supported"
    assert second.startswith("11 claims on tiny-llama: ")
    assert "not supported" in second
    assert last == "Report: results/report.html (0.0 MB)"


def test_a_run_without_claims_ends_with_its_report(folder: Path) -> None:
    assert said(folder) == "Report: results/report.html (0.0 MB)\n"
