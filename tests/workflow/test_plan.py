"""What a newcomer sees first: the plan, in seconds, without having computed anything."""

import itertools
import re
import resource
import shlex
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
STUDIES = ROOT / "studies"
DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text())

Snakemake = Callable[..., "CompletedProcess[str]"]
MOST_JOBS_WITH_A_MODEL = 120
LONGEST_PLAN_SECONDS = 5


def n_jobs(output: str) -> dict[str, int]:
    """How many jobs of each rule are planned."""
    found = re.findall(r"^(\w+) +(\d+)$", output, re.M)
    assert found, output
    return {rule: int(n) for rule, n in found}


def rules_with_a_model(checkout: Path) -> set[str]:
    """The rules whose jobs open a model: those that run where models do."""
    texts = [path.read_text() for path in (checkout / "workflow/rules").glob("*.smk")]
    blocks = [block for text in texts for block in re.split(r"^rule ", text, flags=re.M)[1:]]
    return {block.partition(":")[0] for block in blocks if "envs/model.yaml" in block}


def test_the_plan_of_the_default_study_is_small_and_quick(
    checkout: Path, snakemake: Snakemake
) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = snakemake("-n")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run.returncode == 0, run.stdout + run.stderr
    planned, with_a_model = n_jobs(run.stdout + run.stderr), rules_with_a_model(checkout)
    assert {"attribute_neurons", "answer_queries", "train_tiny_model"} <= with_a_model
    n_with_a_model = sum(n for rule, n in planned.items() if rule in with_a_model)
    assert planned["attribute_neurons"] < n_with_a_model <= MOST_JOBS_WITH_A_MODEL
    cpu_seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    assert cpu_seconds < LONGEST_PLAN_SECONDS
    assert not (checkout / "results").exists()


def test_methods_are_compared_where_there_are_several(checkout: Path, snakemake: Snakemake) -> None:
    compared = {"compare_methods", "intersect_classes", "plot_agreement"}
    for methods in (["ig"], ["sig", "ig"]):
        (checkout / "methods.yaml").write_text(yaml.safe_dump({"methods": methods}))
        run = snakemake("-n", "--configfile", "methods.yaml")
        assert run.returncode == 0, run.stdout + run.stderr
        planned = n_jobs(run.stdout + run.stderr)
        assert compared & set(planned) == (compared if len(methods) > 1 else set())


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


@pytest.mark.parametrize("study", sorted(path.name for path in STUDIES.glob("*.yaml")))
def test_every_shipped_study_has_a_plan(
    study: str, checkout: Path, snakemake: Snakemake, request: pytest.FixtureRequest
) -> None:
    settings = yaml.safe_load((STUDIES / study).read_text())
    if settings.get("dataset", {}).get("source") == "directory":
        (checkout / "data").symlink_to(request.getfixturevalue("data_folder"))
    run = snakemake("-n", "--configfile", f"studies/{study}")
    assert run.returncode == 0, run.stdout + run.stderr
    planned = n_jobs(run.stdout + run.stderr)
    n_models = len(settings.get("models", DEFAULT["models"]))
    n_relations = len(settings.get("relations", DEFAULT["relations"]))
    n_methods = len(settings.get("methods", DEFAULT["methods"]))
    assert planned["attribute_neurons"] == n_models * n_relations * n_methods


@pytest.mark.parametrize("study", ["smoke.yaml", "modern.yaml"])
def test_strict_lies_on_top_of_another_study(study: str, snakemake: Snakemake) -> None:
    settings = yaml.safe_load((STUDIES / study).read_text())
    files = [f"studies/{study}", "studies/strict.yaml"]
    run = snakemake("-n", "-p", "--configfile", *files)
    said = run.stdout + run.stderr
    assert run.returncode == 0, said
    filters = re.findall(r"qloc filter-facts .*", said)
    assert len(filters) == len(settings["relations"])
    for command in filters:
        assert "ambiguous_subject answer_in_subject" in command
    n_jobs_of_all = len(settings["relations"]) * len(settings["models"])
    assert n_jobs(said)["answer_queries"] == n_jobs_of_all


def test_no_command_loses_a_value_that_is_empty(checkout: Path, snakemake: Snakemake) -> None:
    """Snakemake puts no quotes around an empty value, so it must not stand alone."""
    empty = {"models": ["gpt2"], "synapses": {"presets": []}, "relations": ["P36"]}
    (checkout / "empty.yaml").write_text(yaml.safe_dump(empty))
    run = snakemake("-n", "-p", "--configfile", "empty.yaml")
    assert run.returncode == 0, run.stdout + run.stderr
    commands = re.findall(r"(python -m qloc .*) &> ", run.stdout + run.stderr)
    assert len(commands) > 40
    for command in commands:
        words = [*shlex.split(command), "--"]
        for option, value in itertools.pairwise(words):
            is_alone = option.startswith("--") and value.startswith("--") and "=" not in option
            assert not is_alone, f"{option} in {command}"


def test_snakemake_finds_nothing_to_lint(snakemake: Snakemake) -> None:
    run = snakemake("--lint")
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_rule_says_what_it_does(snakemake: Snakemake) -> None:
    run = snakemake("--list-rules")
    assert run.returncode == 0
    assert "Score every feed-forward neuron" in run.stdout + run.stderr


def test_without_a_preset_synapses_are_left_out(checkout: Path, snakemake: Snakemake) -> None:
    (checkout / "none.yaml").write_text("synapses: {presets: []}\n")
    run = snakemake("-n", "--configfile", "none.yaml")
    assert run.returncode == 0, run.stdout + run.stderr
    planned = n_jobs(run.stdout + run.stderr)
    assert {"map_queries", "tabulate_mapping", "summarize_study"} <= set(planned)
    costs = {"measure_costs", "tabulate_costs"}
    assert not {rule for rule in planned if "synapse" in rule or rule in costs}


def test_without_a_method_editing_is_left_out(checkout: Path, snakemake: Snakemake) -> None:
    edits = {"choose_edits", "calibrate_edits", "edit_facts", "edit_in_sequence", "compare_edits"}
    run = snakemake("-n")
    assert edits <= set(n_jobs(run.stdout + run.stderr))
    (checkout / "none.yaml").write_text("editing: {methods: []}\n")
    run = snakemake("-n", "--configfile", "none.yaml")
    assert run.returncode == 0, run.stdout + run.stderr
    planned = n_jobs(run.stdout + run.stderr)
    assert {"map_queries", "summarize_study"} <= set(planned)
    others = {"continue_prompts", "plot_tradeoff", "plot_sequences"}
    assert not {rule for rule in planned if "edit" in rule or rule in others}
