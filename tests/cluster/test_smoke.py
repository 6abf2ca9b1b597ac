"""The smallest study, job by job through `sbatch`, beside a run on this machine itself."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.cluster.runs import ROOT, Run, digests, plain_checkout

STUDY = "studies/smoke.yaml"
PATIENCE_SECONDS = 3600
# What says how long something took; the report carries its date.
MEASURED = re.compile(
    r"manipulation_costs/|stage_costs|tables/costs\.|report\.html"
    r"|chapters/[^/]+/(choice|trust)\.html|report/front_page\.html"
)


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The study as the cluster made it."""
    folder = plain_checkout(tmp_path_factory.mktemp("submitted") / "my study")
    run = Run(folder, STUDY, targets=[])
    assert run.start().wait(PATIENCE_SECONDS) == 0, run.said
    return run


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of the study made on this machine, without SLURM: by CI, or else now."""
    if "QLOC_RUN" in os.environ:
        return Path(os.environ["QLOC_RUN"], "results")
    folder = plain_checkout(tmp_path_factory.mktemp("local") / "my study")
    command = [sys.executable, "workflow/run.py", "--cores", "2", "--configfile", STUDY]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder / "results"


def test_every_job_goes_through_slurm_once(submitted: Run) -> None:
    planned = dict(re.findall(r"^(\w+) +(\d+)$", submitted.said, re.M))
    del planned["all"], planned["total"]
    jobs = submitted.jobs()
    assert {job.state for job in jobs} == {"COMPLETED"}
    assert Counter(job.rule for job in jobs) == {rule: int(n) for rule, n in planned.items()}


def test_results_have_the_bytes_of_a_run_without_slurm(submitted: Run, local: Path) -> None:
    made = digests(submitted.folder / "results")
    expected = digests(local)
    assert made.keys() == expected.keys()
    compared = [name for name in expected if not MEASURED.search(name)]
    assert len(compared) > 50
    assert [name for name in compared if made[name] != expected[name]] == []


def test_the_report_is_made_and_whole(submitted: Run) -> None:
    command = [sys.executable, ROOT / ".ci/check_report.py", submitted.folder / "results"]
    check = subprocess.run(command, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout
    assert "Report: results/report.html" in submitted.said


def test_logs_of_jobs_are_kept_by_rule(submitted: Run) -> None:
    for job in submitted.jobs():
        kept = submitted.folder / f"logs/slurm/rule_{job.rule}"
        assert list(kept.rglob(f"{job.number}.log")), job
