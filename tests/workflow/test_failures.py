"""`workflow/failures.py`: which jobs of a run failed for good."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "workflow/failures.py"
START = """\
[Sun Nov 22 00:17:39 2026]
rule answer_queries:
    input: results/queries/{relation}.parquet
    log: logs/answer_queries/gpt2/{relation}.log
    jobid: {number}
    wildcards: model=gpt2, relation={relation}
    resources: tmpdir=<TBD>, mem_mb=1206
"""
ERROR = """\
[Sun Nov 22 00:18:39 2026]
Error in rule answer_queries:
    message: SLURM-job '17' failed, SLURM status is: 'FAILED'.
    jobid: {number}
    log: logs/answer_queries/gpt2/{relation}.log, {folder}/logs/slurm/{slurm}.log\
 (check log file(s) for error details)
    shell:
        python -m qloc answer-queries
Trying to restart job {number}.
"""
FINISH = "[Sun Nov 22 00:18:39 2026]\nFinished jobid: {number} (Rule: answer_queries)\n"


def said(folder: Path, *parts: str, **values: object) -> str:
    """What the script says of a log of these parts."""
    text = "".join(parts).format(folder=folder, **values)
    (folder / "said.log").write_text(text)
    run = subprocess.run(
        [sys.executable, SCRIPT, "said.log"], cwd=folder, capture_output=True, text=True, check=True
    )
    return run.stderr


REFUSAL = """\
[Sun Nov 22 00:18:39 2026]
Error in rule answer_queries:
    message: SLURM sbatch failed. The error message was 'sbatch: error: Memory is not there
sbatch: error: Batch job submission failed'.
    sbatch call:
        sbatch --parsable
    jobid: {number}
    log: logs/none.log (check log file(s) for error details)
"""


def test_a_failed_job_is_named_by_rule_wildcards_and_all_its_logs(tmp_path: Path) -> None:
    for log in ("answer_queries/gpt2/P36", "slurm/17", "slurm/18"):
        path = tmp_path / f"logs/{log}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    again = ERROR.replace("{slurm}", "18")
    parts = (START, ERROR, START, again)
    assert said(tmp_path, *parts, number=4, relation="P36", slurm=17) == (
        "Failed: answer_queries (model=gpt2, relation=P36), tried 2 times. See\n"
        "  logs/answer_queries/gpt2/P36.log\n"
        "  logs/slurm/17.log\n"
        "  logs/slurm/18.log\n"
    )


def test_logs_that_are_shown_are_not_taken_for_the_run(tmp_path: Path) -> None:
    """On a cluster they are of a Snakemake of their own, whose job has number 0."""
    fence = "=" * 80
    inner = f"Logfile logs/other.log:\n{fence}\nnothing\n{fence}\n"
    shown = f"Logfile logs/slurm/17.log:\n{fence}\n{START}{inner}{ERROR}{fence}\n"
    parts = (START, ERROR, shown, START, ERROR, shown)
    found = said(tmp_path, *parts, number=0, relation="P36", slurm=17)
    assert found.startswith("Failed: answer_queries (model=gpt2, relation=P36), tried 2 times.")


def test_a_job_that_was_refused_is_named_with_the_reason(tmp_path: Path) -> None:
    assert said(tmp_path, START, REFUSAL, number=0, relation="P103") == (
        "Failed: answer_queries (model=gpt2, relation=P103).\n"
        "  sbatch: error: Memory is not there\n"
        "  sbatch: error: Batch job submission failed\n"
    )


def test_a_job_that_finished_when_it_was_tried_again_is_not_named(tmp_path: Path) -> None:
    parts = (START, ERROR, START, FINISH)
    assert said(tmp_path, *parts, number=4, relation="P36", slurm=17) == ""


def test_without_a_log_nothing_is_said(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, SCRIPT, tmp_path / "none.log"], capture_output=True, text=True, check=True
    )
    assert run.stderr == ""
