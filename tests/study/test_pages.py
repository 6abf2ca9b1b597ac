"""The pages of a finished study: whole, possible, and the same bytes whenever they are made."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.printed import impossible
from tests.study.runs import digests

MODEL = "tiny-gpt2-seed0"
MADE_AGAIN = (
    "results/chapters",
    "results/explorer.html",
    "results/explorer.csv",
    "results/figures/claims.svg",
    f"results/figures/{MODEL}/ig/consistency.svg",
    f"results/figures/{MODEL}/ig/neurons.svg",
    f"results/figures/{MODEL}/tradeoff.svg",
    "results/report",
    "results/tables/claims.html",
    "results/tables/edits.html",
)


def test_nothing_impossible_is_printed(finished: Path) -> None:
    results = finished / "results"
    pages = [path for path in sorted(results.rglob("*.html")) if path.name != "report.html"]
    assert len(pages) >= 20
    found = {path.name: impossible(path.read_text(encoding="utf-8")) for path in pages}
    assert {name: broken for name, broken in found.items() if broken} == {}


def test_pages_and_figures_are_the_same_bytes_when_they_are_made_again(
    copy_of_finished: Path,
) -> None:
    before = digests(copy_of_finished)
    for name in MADE_AGAIN:
        path = copy_of_finished / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    command = [sys.executable, "workflow/run.py", "--cores", "2", "--configfile", "small.yaml"]
    run = subprocess.run(command, cwd=copy_of_finished, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert digests(copy_of_finished) == before
