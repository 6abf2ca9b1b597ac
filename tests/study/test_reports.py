"""Reports of a part of the study: what was asked for, and a front page that says so."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

MODEL = "tiny-gpt2-seed0"
RESULTS = re.compile(r"^\s*var results = (\{.*\});$", re.M)
DESCRIPTION = re.compile(r"^\s*var workflow_desc = (.*);$", re.M)


def report_of(folder: Path, *targets: str) -> tuple[set[str], str]:
    """The results of a report of these targets, and its front page."""
    command = [sys.executable, "-m", "snakemake", "--nolock", "--configfile", "small.yaml"]
    run = subprocess.run(
        [*command, "--report", "partial.html", "--", *targets],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    text = (folder / "partial.html").read_text(encoding="utf-8")
    assert "system-message" not in text
    (results,), (description,) = RESULTS.findall(text), DESCRIPTION.findall(text)
    return set(json.loads(results)), json.loads(description)


@pytest.mark.parametrize(
    ("target", "holds"),
    [
        ("results/tables/classes.html", "results/tables/classes.csv"),
        ("results/figures/claims.svg", "results/figures/claims.csv"),
        (f"results/figures/{MODEL}/mapping.svg", f"results/figures/{MODEL}/mapping.csv"),
    ],
)
def test_a_report_of_one_target_holds_it_and_says_that_it_is_partial(
    copy_of_finished: Path, target: str, holds: str
) -> None:
    results, front_page = report_of(copy_of_finished, target)
    assert holds in results
    assert "part of the study" in front_page


def test_a_report_of_front_page_and_claims_shows_the_verdicts(copy_of_finished: Path) -> None:
    front = "results/report/front_page.html"
    results, front_page = report_of(copy_of_finished, front, "results/tables/claims.html")
    assert "results/tables/claims.csv" in results
    assert "part of the study" not in front_page
    assert 'class="claims"' in front_page
