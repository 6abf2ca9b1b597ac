"""The small study from facts to report."""

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pandas as pd

from qloc.benchmarks import MEASURED_RULES

LARGEST_PAGE = 1_400_000
LARGEST_REPORT = 12_000_000
LONGEST_REST_SECONDS = 10
MODELS = ("tiny-gpt2-seed0", "tiny-llama-seed0")
CHAPTERS = ("change", "choice", "know", "place", "trust")
OF_MODELS = (
    "agreement",
    "mapping",
    "quadratures",
    "sequences",
    "synapse_distributions",
    "synapse_examples",
    "synapse_places",
    "synapses",
    "tradeoff",
    "training",
)
TABLES = (
    "claims",
    "classes",
    "continuations",
    "costs",
    "edits",
    "examples",
    "mapping",
    "provenance",
    "sequences",
    "stage_costs",
    "synapses",
    "thresholds",
)


def test_every_figure_was_drawn(finished: Path) -> None:
    target = (finished / "Snakefile").read_text(encoding="utf-8").partition("figure=[")[2]
    of_methods = re.findall(r'^ {16}"(\w+)",$', target.partition("]")[0], re.M)
    figures = [f"{model}/{name}" for model in MODELS for name in OF_MODELS]
    figures += [
        f"{model}/{method}/{name}"
        for model in MODELS
        for method in ("ig", "sig", "amig")
        for name in of_methods
    ]
    assert len(figures) == 80
    drawn = {path.relative_to(finished) for path in (finished / "results/figures").rglob("*.svg")}
    expected = {Path(f"results/figures/{name}.svg") for name in ("claims", *figures)}
    assert drawn == expected
    assert all((finished / path).with_suffix(".csv").is_file() for path in expected)


def test_the_report_holds_every_page_and_numbers(finished: Path) -> None:
    """Numbers of each method's figures and of examples are files beside it, for its size."""
    results, report = finished / "results", finished / "results/report.html"
    text = report.read_text(encoding="utf-8")
    chapters = {f"chapters/{model}/{name}.html" for model in MODELS for name in CHAPTERS}
    tables = {f"tables/{name}.html" for name in TABLES}
    pages = {*chapters, *tables, "explorer.html", "report/findings.html"}
    written = {str(path.relative_to(results)) for path in results.rglob("*.html")}
    assert written == {*pages, "report.html", "report/front_page.html"}
    files = {path.relative_to(results) for path in results.rglob("*.csv")}
    files = {path for path in files if path.stem != "synapse_examples"}
    numbers = {str(path) for path in files if not {"ig", "sig", "amig"} & set(path.parts)}
    assert {name for name in pages | numbers if f"results/{name}" not in text} == set()


def test_the_report_has_no_trace_of_an_error_and_keeps_its_size(finished: Path) -> None:
    report = finished / "results/report.html"
    assert report.stat().st_size < LARGEST_REPORT
    text = report.read_text(encoding="utf-8")
    assert "system-message" not in text
    assert "Traceback (most" not in text
    for page in (finished / "results").rglob("*.html"):
        if page != report:
            assert page.stat().st_size < LARGEST_PAGE, page


def test_a_finished_study_has_nothing_to_do(finished: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "snakemake", "-n", "--configfile", "small.yaml"],
        cwd=finished,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0
    assert "Nothing to be done" in run.stdout + run.stderr


def test_a_second_run_of_a_finished_study_does_nothing_and_takes_seconds(
    copy_of_finished: Path,
) -> None:
    report = copy_of_finished / "results/report.html"
    written, before = report.stat().st_mtime_ns, resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(
        [sys.executable, "workflow/run.py", "--cores", "2", "--configfile", "small.yaml"],
        cwd=copy_of_finished,
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Nothing to be done" in run.stdout + run.stderr
    assert report.stat().st_mtime_ns == written
    cpu_seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    assert cpu_seconds < LONGEST_REST_SECONDS


def test_what_the_stages_took_is_said_of_every_stage(finished: Path) -> None:
    costs = pd.read_csv(finished / "results/tables/stage_costs.csv", keep_default_na=False)
    stages = {(row.rule, row.method) for row in costs.itertuples() if row.rule != "all"}
    rules = {rule for rule, _ in stages}
    assert rules == set(MEASURED_RULES) - {"describe_checkpoint"}
    assert {(rule, method) for rule, method in stages if rule == "attribute_neurons"} == {
        ("attribute_neurons", method) for method in ("ig", "sig", "amig")
    }
    assert (costs["wall_seconds"] > 0).all()
    assert (costs["output"] > 0).all()
    assert costs["planned_memory"].ne("").all()
    assert costs["operations"].ne("").all()


def test_touched_inputs_change_nothing(copy_of_finished: Path) -> None:
    for path in (copy_of_finished / "resources").rglob("*.*"):
        os.utime(path)
    test_a_finished_study_has_nothing_to_do(copy_of_finished)


def test_no_draft_is_left(finished: Path) -> None:
    assert [path for path in finished.rglob("*") if ".draft." in path.name] == []


def test_every_job_left_a_log(finished: Path) -> None:
    rules = {path.name for path in (finished / "logs").iterdir()}
    assert {"filter_facts", "train_tiny_model", "answer_queries", "attribute_neurons"} <= rules
