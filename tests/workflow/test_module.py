"""The study as a part of another workflow: renamed, below a prefix, or from a hosted repository."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from types import SimpleNamespace

import pytest
import yaml
from jinja2 import Template

pytestmark = pytest.mark.long

Snakemake = Callable[..., "CompletedProcess[str]"]

SETTINGS = {"models": ["gpt2"], "methods": ["ig"], "relations": ["P36"]}
FACTS = "results/facts/P36.parquet"
OUTER = """
shell.prefix("set -euo pipefail; MARK=theirs; ")

module qloc:
    snakefile: {snakefile}
    config: {settings}
    {prefix}

use rule * from qloc as qloc_*

print("local:", *sorted(workflow._localrules))

rule mark:
    default_target: True
    input: "{facts}"
    output: "mark.txt"
    shell: "echo $MARK > {{output:q}}"

rule broken_pipe:
    output: "broken.txt"
    shell: "false | cat > {{output:q}}"

onsuccess:
    print("their own ending")
"""


@pytest.fixture
def outer(tmp_path: Path, checkout: Path) -> Callable[..., "CompletedProcess[str]"]:
    """Run a workflow of its own folder that uses the study as a module."""
    folder = tmp_path / "outer"
    folder.mkdir()

    def run(
        *options: str,
        settings: object = SETTINGS,
        prefix: str = "",
        snakefile: str = repr(str(checkout / "workflow/Snakefile")),
    ) -> "CompletedProcess[str]":
        text = OUTER.format(
            snakefile=snakefile,
            settings=settings,
            prefix=f"prefix: {prefix!r}" if prefix else "",
            facts=f"{prefix}/{FACTS}" if prefix else FACTS,
        )
        (folder / "Snakefile").write_text(text)
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        environment.pop("PYTHONPATH", None)
        return subprocess.run(
            [sys.executable, "-m", "snakemake", *options],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def said(run: "CompletedProcess[str]") -> str:
    return run.stdout + run.stderr


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def n_jobs(run: "CompletedProcess[str]") -> dict[str, int]:
    assert run.returncode == 0, said(run)
    lines = [line.split() for line in said(run).splitlines()]
    counts = [line for line in lines if len(line) == 2 and line[0].isidentifier()]
    return {rule: int(n) for rule, n in counts if n.isdecimal() and rule != "total"}


def test_a_module_plans_the_jobs_of_the_study(
    outer: Callable[..., "CompletedProcess[str]"], checkout: Path, snakemake: Snakemake
) -> None:
    (checkout / "mine.yaml").write_text(yaml.safe_dump(SETTINGS))
    alone = n_jobs(snakemake("-n", "-s", "workflow/Snakefile", "--configfile", "mine.yaml"))
    assert alone["attribute_neurons"] == 1
    planned = outer("-n", "qloc_study", prefix="knowledge")
    assert n_jobs(planned) == {f"qloc_{rule}": n for rule, n in alone.items()}
    local = "local: qloc_describe_checkpoint qloc_download_relation qloc_download_text\n"
    assert local in said(planned)
    assert "output: knowledge/results/models/gpt2/model.json" in said(planned)


@pytest.mark.parametrize("prefix", ["", "knowledge"])
def test_jobs_of_a_module_give_the_bytes_of_the_study(
    prefix: str,
    outer: Callable[..., "CompletedProcess[str]"],
    tmp_path: Path,
    checkout: Path,
    snakemake: Snakemake,
) -> None:
    alone = snakemake("--cores", "1", FACTS)
    assert alone.returncode == 0, said(alone)
    run = outer("--cores", "1", prefix=prefix)
    assert run.returncode == 0, said(run)
    folder = tmp_path / "outer"
    assert digest(folder / prefix / FACTS) == digest(checkout / FACTS)
    assert (folder / prefix / "logs/filter_facts/P36.log").is_file()
    again = outer("-n", prefix=prefix)
    assert "Nothing to be done" in said(again)


def test_the_outer_workflow_keeps_its_prefix_its_pipes_and_its_ending(
    outer: Callable[..., "CompletedProcess[str]"], tmp_path: Path
) -> None:
    run = outer("--cores", "1")
    assert (tmp_path / "outer/mark.txt").read_text() == "theirs\n", said(run)
    assert "their own ending" in said(run)
    assert "Report:" not in said(run)
    broken = outer("--cores", "1", "broken.txt")
    assert broken.returncode == 1
    assert not (tmp_path / "outer/broken.txt").exists()


def test_a_wrong_setting_of_a_module_is_refused_in_the_studys_words(
    outer: Callable[..., "CompletedProcess[str]"],
) -> None:
    run = outer("-n", settings={"atribution": {"keep": 0.1}})
    assert run.returncode == 1
    assert "Did you mean `attribution`?" in said(run)


def test_the_front_page_of_a_report_is_found_below_a_prefix(checkout: Path) -> None:
    text = (checkout / "reports/study.rst").read_text(encoding="utf-8")
    numbers = SimpleNamespace(
        name="findings.csv", path=Path("knowledge/results/report/findings.csv")
    )
    theirs = SimpleNamespace(config={"qloc": SETTINGS})
    page = Template(text).render(files=[numbers], categories={}, snakemake=theirs)
    assert ":file: knowledge/results/report/front_page.html\n" in page


def test_a_module_may_be_a_tag_of_a_hosted_repository(
    outer: Callable[..., "CompletedProcess[str]"], tmp_path: Path, checkout: Path
) -> None:
    """As deployed by the catalog; Snakemake's copy of the repository stands for the network."""
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"], ["tag", "v1"]):
        subprocess.run([*git, *words], cwd=checkout, check=True, capture_output=True)
    cached = (
        tmp_path
        / "cache/snakemake/snakemake/source-cache/snakemake-git-cache/github.com/someone/qloc"
    )
    subprocess.run(["git", "clone", "-q", "--bare", checkout, cached], check=True)
    source = 'github("someone/qloc", path="workflow/Snakefile", tag="v1")'
    run = outer("--cores", "1", snakefile=source)
    assert run.returncode == 0, said(run)
    (folder,) = cached.parent.glob("qloc-*")
    assert (folder / "src/qloc/config.yaml").is_file()
    assert [path.name for path in cached.parent.iterdir() if "qloc" not in path.name] == []


def test_the_study_runs_in_another_folder_and_its_report_is_asked_of_the_same_snakefile(
    checkout: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "config.yaml").write_text("dataset: {sample: {facts_per_relation: 7}}\n")
    snakefile = os.path.relpath(checkout / "workflow/Snakefile", folder)
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--snakefile", snakefile, FACTS]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, said(run)
    assert (folder / FACTS).is_file()
    assert "No report: not all of what it shows is made yet." in said(run)
