"""What becomes of jobs on SLURM: killed, failing, waiting, cancelled, left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.cluster.runs import MODEL, ONE, OTHER, PATIENCE_SECONDS, TARGETS, Run, digests

from qloc.planning import requests

REFUSED = 75
RETRIES = 2
RULE = "answer_queries"


def asked_of(folder: Path) -> int:
    """Memory that a job with the model asks for at its first attempt."""
    return requests.memory_mb(folder / f"results/models/{MODEL}/model.json")


def environment(folder: Path) -> dict[str, str]:
    """Of the process that runs a stage in this folder; empty if there is none."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"answer-queries" in words and (process / "cwd").resolve() == folder:
                pairs = (process / "environ").read_text().split("\0")
                return dict(pair.split("=", maxsplit=1) for pair in pairs if "=" in pair)
        except OSError:
            continue
    return {}


def test_a_job_killed_for_memory_comes_back_with_more_and_finishes(
    run: Run, answered: Path
) -> None:
    run.targets = [ONE]
    assert run.finish("--set-resources", f"{RULE}:mem_mb=attempt*450") == 0, run.said
    jobs = run.jobs(RULE)
    assert [job.memory for job in jobs] == [450 * (attempt + 1) for attempt in range(len(jobs))]
    assert [job.state for job in jobs] == ["FAILED"] * (len(jobs) - 1) + ["COMPLETED"]
    assert len(jobs) > 1
    assert digests(run.folder, ONE) == digests(answered, ONE)


def test_a_failing_job_fails_after_the_profiles_retries_and_others_go_on(
    run: Run, answered: Path
) -> None:
    queries = run.folder / "results/queries/P36.parquet"
    times = queries.stat()
    os.truncate(queries, times.st_size // 2)
    os.utime(queries, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert run.finish() == 1
    failed = [job for job in run.jobs(RULE) if job.state == "FAILED"]
    assert [job.wildcards for job in failed] == [f"{MODEL}_P36"] * (1 + RETRIES)
    assert [job.memory for job in failed] == [
        attempt * asked_of(run.folder) for attempt in range(1, 2 + RETRIES)
    ]
    assert digests(run.folder, ONE) == digests(answered, ONE)
    message = run.said[run.said.index("Failed: ") :]
    assert f"Failed: {RULE} (model={MODEL}, relation=P36), tried 3 times." in message
    assert f"  logs/{RULE}/{MODEL}/P36.log" in message
    assert all(f"/{job.number}.log" in message for job in failed)
    assert "Error: results/queries/P36.parquet cannot be read" in run.said
    assert not (run.folder / OTHER).exists()


def test_an_interrupted_run_cancels_what_is_queued(run: Run) -> None:
    process = run.start()
    run.wait_for_job(1, "RUNNING")
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(60) != 0
    run.wait_for(lambda: {job.state for job in run.jobs()} <= {"CANCELLED", "COMPLETED"}, "ended")
    # One of them may have ended by itself just then.
    assert "CANCELLED" in {job.state for job in run.jobs()}
    assert len(run.jobs()) == len(TARGETS)
    assert run.finish() == 0, run.said


def test_a_killed_run_loses_nothing_and_makes_nothing_twice(run: Run, answered: Path) -> None:
    one_at_a_time = ("--jobs", "1")
    run.start(*one_at_a_time)
    run.wait_for_job(1, "RUNNING")
    first, second = run.jobs()
    run.end()
    made = digests(run.folder, *TARGETS)
    assert len(made) == 1

    run.start()
    run.wait_for_job(2, "RUNNING")
    assert f"Cancelling a job of a killed run that SLURM still has: {second.number}." in run.said
    third = run.jobs()[2]
    assert third.wildcards == second.wildcards != first.wildcards
    run.end()

    run.wait_for_job(2, "COMPLETED")
    assert run.finish() == 0, run.said
    assert "Nothing to be done" in run.said
    assert len(run.jobs()) == 3
    assert digests(run.folder, *TARGETS) == digests(answered, *TARGETS)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ("mem_mb=9000000", "Requested node configuration is not available"),
        ("runtime=100000", "Requested time limit is invalid"),
    ],
)
def test_a_request_that_no_node_can_meet_is_refused_in_a_minute(
    run: Run, asked: str, refusal: str
) -> None:
    run.targets = [ONE]
    start = time.monotonic()
    assert run.finish("--set-resources", f"{RULE}:{asked}", f"{RULE}:slurm_partition=gpu") == 1
    assert time.monotonic() - start < 60
    failure = run.said[run.said.index("Failed: ") :]
    assert failure.startswith(f"Failed: {RULE} (model={MODEL}, relation=P103), tried 3 times.")
    assert refusal in failure


def test_a_node_that_drains_in_mid_run_costs_only_waiting(run: Run, answered: Path) -> None:
    process = run.start("--jobs", "1")
    run.wait_for_job(0, "RUNNING")
    with drained():
        run.wait_for_job(1, "PENDING")
        assert another_run(run.folder) == (REFUSED, f"kill {process.pid}")
        time.sleep(5)
        assert [job.state for job in run.jobs()] == ["COMPLETED", "PENDING"]
    assert process.wait(PATIENCE_SECONDS) == 0, run.said
    assert [job.state for job in run.jobs()] == ["COMPLETED"] * len(TARGETS)
    assert digests(run.folder, *TARGETS) == digests(answered, *TARGETS)


def test_a_job_with_a_model_sees_one_gpu_and_no_network(run: Run) -> None:
    run.targets = [ONE]
    process = run.start()
    run.wait_for(lambda: bool(environment(run.folder)), "a stage at work")
    seen = environment(run.folder)
    assert seen["HF_HUB_OFFLINE"] == "1"
    assert re.fullmatch(r"\d", seen["CUDA_VISIBLE_DEVICES"])
    assert process.wait(PATIENCE_SECONDS) == 0, run.said
    (job,) = run.jobs()
    assert job.has_gpu
    assert job.memory == asked_of(run.folder)


@contextmanager
def drained() -> Iterator[None]:
    """The node takes no new jobs."""
    update = ["scontrol", "update", f"NodeName={socket.gethostname().partition('.')[0]}"]
    subprocess.run([*update, "State=DRAIN", "Reason=test"], check=True)
    try:
        yield
    finally:
        subprocess.run([*update, "State=RESUME"], check=True)


def another_run(folder: Path) -> tuple[int, str]:
    """The exit code of a second run in a folder, and the command that it gives."""
    run = subprocess.run(
        [sys.executable, "workflow/run.py", "--cores", "1"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    command = re.search(r"kill \d+", run.stderr)
    return run.returncode, command[0] if command else run.stderr
