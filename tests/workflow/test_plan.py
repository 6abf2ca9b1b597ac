"""What a newcomer sees first: the plan, in seconds, without having computed anything."""

import re
import resource
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import yaml

Snakemake = Callable[..., "CompletedProcess[str]"]
LARGEST_STUDY = 110
LONGEST_PLAN_SECONDS = 5


def n_jobs(output: str) -> int:
    found = re.findall(r"^total +(\d+)$", output, re.M)
    assert found, output
    return int(found[-1])


def test_the_plan_of_the_default_study_is_small_and_quick(
    checkout: Path, snakemake: Snakemake
) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = snakemake("-n")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run.returncode == 0, run.stdout + run.stderr
    assert n_jobs(run.stdout + run.stderr) <= LARGEST_STUDY
    cpu_seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    assert cpu_seconds < LONGEST_PLAN_SECONDS
    assert not (checkout / "results").exists()


def test_a_trained_model_is_planned_once_for_every_seed(
    checkout: Path, snakemake: Snakemake
) -> None:
    (checkout / "more.yaml").write_text(
        yaml.safe_dump({"models": ["tiny-gpt2"], "model": {"tiny-gpt2": {"seeds": [4, 7]}}})
    )
    run = snakemake("-n", "--configfile", "more.yaml")
    assert run.returncode == 0, run.stdout + run.stderr
    for instance in ("tiny-gpt2-seed4", "tiny-gpt2-seed7"):
        assert f"results/models/{instance}/model.json" in run.stdout + run.stderr


def test_a_checkpoint_and_downloads_are_planned_without_a_network(
    checkout: Path, snakemake: Snakemake
) -> None:
    (checkout / "other.yaml").write_text(
        yaml.safe_dump(
            {
                "models": ["gpt2", "tiny-gpt2"],
                "dataset": {"source": "download"},
                "text": {"source": "download"},
            }
        )
    )
    run = snakemake("-n", "--configfile", "other.yaml")
    assert run.returncode == 0, run.stdout + run.stderr
    for rule in ("download_relation", "download_text", "describe_checkpoint", "train_tiny_model"):
        assert f"rule {rule}:" in run.stdout + run.stderr


def test_every_shipped_study_has_a_plan(checkout: Path, snakemake: Snakemake) -> None:
    for name in ("smoke",):
        run = snakemake("-n", "--quiet", "--configfile", f"studies/{name}.yaml")
        assert run.returncode == 0, run.stdout + run.stderr


def test_snakemake_finds_nothing_to_lint(snakemake: Snakemake) -> None:
    run = snakemake("--lint")
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_rule_says_what_it_does(snakemake: Snakemake) -> None:
    run = snakemake("--list-rules")
    assert run.returncode == 0
    assert "Score every feed-forward neuron" in run.stdout + run.stderr
