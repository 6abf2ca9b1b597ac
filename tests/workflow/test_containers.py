"""`--sdm apptainer` and `conda`: jobs run with their interpreter and the checkout's code.

Neither can be run here. Commands of their names stand for them: Apptainer's runs what it is given
without the variables and commands of the host, but for those that Apptainer passes on; conda's
makes environments with an interpreter and nothing else.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

FACTS = "results/facts/P36.parquet"
APPTAINER = """#!/bin/sh
if [ "$1" = --version ]; then echo "apptainer version 1.3.6"; exit; fi
for word; do command=$word; done
exec env -i PATH="{image}:/usr/bin:/bin" PYTHONPATH="$PYTHONPATH" bash -c "$command"
"""
CONDA = """#!/bin/sh
case "$*" in
    "info --json") echo '{{"conda_prefix": "{base}", "platform": "linux-64"}}' ;;
    --version) echo "conda 25.1.0" ;;
    config*) echo '{{"get": {{"channel_priority": "strict"}}}}' ;;
    "env create"*)
        while [ "$1" != --prefix ]; do shift; done
        mkdir -p "$2/bin" && cp "{base}/python" "$2/bin/python" ;;
    clean*) ;;
    *) exit 1 ;;
esac
"""
PYTHON = """#!/bin/sh
echo "$@" >> "{folder}/ran_in_the_environment"
exec "{python}" "$@"
"""
ACTIVATE = 'export PATH="$1/bin:$PATH"\n'


def run(method: str, checkout: Path, folder: Path) -> "subprocess.CompletedProcess[str]":
    host, image = folder / "host", folder / "image"
    for place, name, text in (
        (host, "apptainer", APPTAINER.format(image=image)),
        (host, "conda", CONDA.format(base=image)),
        (image, "python", PYTHON.format(folder=folder, python=sys.executable)),
        (image / "bin", "activate", ACTIVATE),
    ):
        place.mkdir(exist_ok=True)
        (place / name).write_text(text)
        (place / name).chmod(0o755)
    return subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1", "--sdm", method, "--", FACTS],
        cwd=checkout,
        env={**os.environ, "PATH": f"{host}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("method", ["apptainer", "conda"])
def test_jobs_run_in_the_environment_with_the_code_of_the_checkout(
    method: str, checkout: Path, tmp_path: Path
) -> None:
    (checkout / image()).touch()
    stage = checkout / "src/qloc/stages/filter_facts.py"
    stage.write_text(stage.read_text() + '\nlogger.warning("code of this checkout")\n')
    made = run(method, checkout, tmp_path)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "-m qloc filter-facts" in (tmp_path / "ran_in_the_environment").read_text()
    assert "code of this checkout" in (checkout / "logs/filter_facts/P36.log").read_text()


def test_a_missing_image_is_named_with_what_would_do(checkout: Path, tmp_path: Path) -> None:
    refused = run("apptainer", checkout, tmp_path)
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1
    assert f"There is no image {image()} in {checkout}" in said
    assert "docs/how-to/workflow.md" in said
    assert not (checkout / "results").exists()


def image() -> str:
    """The image's name, that of this version."""
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    return f"qloc-{tomllib.loads(text)['project']['version']}.sif"
