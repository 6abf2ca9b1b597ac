"""What jobs inherit: the first place is this study's, the others stay."""

import os
from pathlib import Path

import pytest

from qloc import job_environment


def test_the_code_of_the_checkout_comes_first_and_other_code_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/theirs:/more")
    job_environment.run_code_in(Path("/my checkout/src"))
    assert os.environ["PYTHONPATH"] == "/my checkout/src:/theirs:/more"


def test_without_other_code_no_empty_place_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty place in PYTHONPATH is the working directory."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    job_environment.run_code_in(Path("/checkout/src"))
    assert os.environ["PYTHONPATH"] == "/checkout/src"


def test_a_place_that_is_there_is_moved_to_the_front_and_not_doubled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/venv/bin")
    for _ in range(2):
        job_environment.run_commands_in(Path("/venv/bin"))
    assert os.environ["PATH"] == "/venv/bin:/usr/bin"


@pytest.mark.parametrize("earlier", [None, "set -eu; NAME=${OTHER:-x}; "])
def test_a_prefix_comes_behind_an_earlier_one_and_is_formatted_to_itself(
    earlier: str | None,
) -> None:
    prefix = job_environment.prefix_to_run_code_in(Path("/my {check}out/src"), earlier)
    strict = earlier or "set -euo pipefail; "
    assert prefix.format() == f"{strict}export PYTHONPATH='/my {{check}}out/src'; "


def test_offline_jobs_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    job_environment.stay_offline()
    assert os.environ["HF_HUB_OFFLINE"] == "1"
