"""A run that is killed is taken up again and ends with the same bytes, leaving no drafts."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.study.runs import PATIENCE_SECONDS, SAID, digests, job, start, wait_for_job

MODEL = "tiny-gpt2-seed0"
REFUSED = 75


def kill_main(process: "subprocess.Popen[bytes]") -> None:
    process.kill()


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("command", "lost", "target"),
    [
        ("train-tiny-model", f"models/{MODEL}", f"models/{MODEL}/model.json"),
        ("attribute-neurons", *[f"attributions/{MODEL}/P36/sig.parquet"] * 2),
    ],
    ids=["training", "attribution"],
)
@pytest.mark.parametrize("kill", [kill_main, kill_group])
def test_a_killed_run_is_taken_up(
    copy_of_finished: Path,
    kill: Callable[["subprocess.Popen[bytes]"], None],
    command: str,
    lost: str,
    target: str,
) -> None:
    before = digests(copy_of_finished)
    gone = copy_of_finished / "results" / lost
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    main = start(copy_of_finished, f"results/{target}")
    wait_for_job(copy_of_finished, command)
    second = start(copy_of_finished, f"results/{target}")
    assert second.wait(PATIENCE_SECONDS) == REFUSED
    assert f"process {main.pid}" in (copy_of_finished / SAID).read_text()
    kill(main)
    assert main.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    assert bool(job(copy_of_finished, command)) == (kill is kill_main)

    again = start(copy_of_finished, f"results/{target}")
    assert again.wait(600) == 0, (copy_of_finished / SAID).read_text()
    finished = start(copy_of_finished, "all")
    assert finished.wait(600) == 0, (copy_of_finished / SAID).read_text()
    while job(copy_of_finished, command):
        time.sleep(0.1)
    changed = set(digests(copy_of_finished).items()) ^ set(before.items())
    assert changed == set()
    assert [path for path in copy_of_finished.rglob("*") if ".draft." in path.name] == []
