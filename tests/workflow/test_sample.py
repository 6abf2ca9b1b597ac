"""`workflow/sample.py`: `--sample N` stands for one more study file."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from workflow import sample

SEVEN = ".snakemake.sample-7.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("given", "handed_on"),
    [
        (["--sample", "7"], ["--configfile", SEVEN]),
        (["--sample=7", "-n"], ["-n", "--configfile", SEVEN]),
        (["-n", "--sample", "7", "--", "all"], ["-n", "--configfile", SEVEN, "--", "all"]),
        (
            ["--configfile", "a.yaml", "b.yaml", "--sample", "7"],
            ["--configfile", "a.yaml", "b.yaml", SEVEN],
        ),
        (
            ["--sample", "7", "--configfile", "a.yaml", "--cores", "2"],
            ["--configfile", "a.yaml", SEVEN, "--cores", "2"],
        ),
    ],
)
def test_a_sample_is_the_last_study_file(
    folder: Path, given: list[str], handed_on: list[str]
) -> None:
    assert sample.with_sample(given) == handed_on
    settings = yaml.safe_load((folder / SEVEN).read_text(encoding="utf-8"))
    assert settings == {"dataset": {"sample": {"facts_per_relation": 7}}}


@pytest.mark.parametrize("given", [["-n", "all"], ["--", "--sample"]])
def test_other_options_stay_as_they_are(folder: Path, given: list[str]) -> None:
    assert sample.with_sample(given) == given
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "given", [["--sample"], ["--sample", "--cores", "2"], ["--sample="], ["--sample", "0"]]
)
def test_a_sample_without_a_number_is_refused(folder: Path, given: list[str]) -> None:
    with pytest.raises(sample.SampleError, match="how many facts of each relation"):
        sample.with_sample(given)
    assert list(folder.iterdir()) == []


def run(checkout: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "workflow/run.py", "-n", "-p", *options]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_run_of_a_sample_filters_so_many_facts_and_keeps_all_else(checkout: Path) -> None:
    options = ["--configfile", "studies/smoke.yaml", "--sample", "7"]
    ran = run(checkout, *options, "--", "results/facts/P36.parquet")
    said = ran.stdout + ran.stderr
    assert ran.returncode == 0, said
    assert "--facts-per-relation 7" in said
    assert "--min-templates 2" in said


@pytest.mark.slow
def test_a_wrong_sample_is_refused_before_anything_is_read(checkout: Path) -> None:
    ran = run(checkout, "--sample", "many")
    assert ran.returncode == 2
    assert ran.stderr == (
        "--sample needs a number: how many facts of each relation, as in --sample 10."
        " Found 'many'.\n"
    )
