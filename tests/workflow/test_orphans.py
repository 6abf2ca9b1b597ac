"""`workflow/orphans.py`: jobs that a killed run left in the queue of SLURM."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
UUID = "4b3ed685-5743-4859-9de9-1209cf015567"
CANCEL = f"import sys; sys.path.insert(0, {str(ROOT / 'workflow')!r}); import orphans"


def cancel(folder: Path, listed: list[str]) -> "subprocess.CompletedProcess[str]":
    """Cancel orphans, with a queue that lists these lines until some are cancelled."""
    commands = folder / "commands"
    commands.mkdir()
    queue = folder / "queue"
    queue.write_text("".join(f"{line}\n" for line in listed))
    scripts = {"squeue": f'cat "{queue}"', "scancel": f'echo "$@" > cancelled; : > "{queue}"'}
    for name, script in scripts.items():
        (commands / name).write_text(f"#!/bin/sh\n{script}\n")
        (commands / name).chmod(0o755)
    return subprocess.run(
        [sys.executable, "-c", f"{CANCEL}; orphans.cancel()"],
        cwd=folder,
        env={"PATH": f"{commands}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )


def test_jobs_of_a_killed_run_of_this_folder_are_cancelled_and_named(tmp_path: Path) -> None:
    run = cancel(
        tmp_path,
        [
            f"12|{UUID}|{tmp_path}|rule_map_queries_wildcards_gpt2_P36",
            f"13|study_{UUID}|{tmp_path}|rule_answer_queries_wildcards_gpt2_P36",
        ],
    )
    assert (tmp_path / "cancelled").read_text() == "12 13\n"
    assert run.stderr == "Cancelling 2 jobs of a killed run that SLURM still has: 12, 13.\n"


def test_other_jobs_are_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path.parent
    run = cancel(
        tmp_path,
        [
            f"12|{UUID}|{elsewhere}|rule_map_queries_wildcards_gpt2_P36",
            f"13|study|{tmp_path}|rule_map_queries_wildcards_gpt2_P36",
            f"14|{UUID}|{tmp_path}|(null)",
        ],
    )
    assert not (tmp_path / "cancelled").exists()
    assert run.stderr == ""


def test_without_slurm_there_is_nothing_to_cancel(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", f"{CANCEL}; orphans.cancel()"],
        cwd=tmp_path,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == ""
