"""The paper's study, planned: in seconds, and after a change only what the change concerns.

The lists are written by hand. Nothing is computed: empty files stand for all outputs, and
`snakemake --touch` takes them for those of the settings as they are.
"""

import re
import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.conftest import MANIFEST
from tests.processes import Taken, taken
from tests.workflow.conftest import PARTS, ROOT

from qloc.models.manifest import manifest_text

pytestmark = pytest.mark.long

PAPER = "studies/paper.yaml"
LONGEST_PLAN_SECONDS = 15  # of processor time: the wall's is that of an idle core
MOST_MEMORY_BYTES = 500 * 2**20
N_MODELS, N_RELATIONS, N_METHODS, N_OPERATIONS, N_CHAPTERS = 3, 39, 3, 2, 5


@dataclass(frozen=True)
class Planned:
    """A dry run of the whole study where nothing is computed, and what it took."""

    folder: Path
    said: str
    cpu_seconds: float
    memory_bytes: int


def snakemake(folder: Path, *options: str) -> Taken:
    """What Snakemake said, and what it alone took."""
    command = [sys.executable, "-m", "snakemake", *options]
    run = taken(command, folder, folder / "taken.json")
    assert run.code == 0, run.stdout + run.stderr
    return run


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    folder = tmp_path_factory.mktemp("paper") / "study"
    folder.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            without = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, folder / part, ignore=without)
        else:
            shutil.copy2(ROOT / part, folder / part)
    run = snakemake(folder, "-n", "--configfile", PAPER)
    return Planned(folder, run.stdout + run.stderr, run.cpu_seconds, run.memory_bytes)


@pytest.fixture(scope="module")
def finished(planned: Planned) -> Path:
    """The study as if all of it had run."""
    for names in re.findall(r"^ +(?:output|benchmark): (.*)$", planned.said, re.M):
        for name in names.split(", "):
            path = planned.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(manifest_text(MANIFEST) if path.name == "model.json" else "")
    (planned.folder / "workflow/report.py").write_text("")
    # Also what nothing would have to be done for, so that the settings of all are known.
    options = ["--touch", "--forceall", "--cores", "1", "--quiet", "all"]
    snakemake(planned.folder, *options, "--configfile", PAPER)
    return planned.folder


def jobs(said: str) -> dict[str, int]:
    """How many jobs of each rule would run."""
    found = Counter(re.findall(r"^(?:local)?rule (\w+):", said, re.M))
    del found["all"]
    return dict(found)


def each(n_jobs: int, rules: str) -> dict[str, int]:
    return dict.fromkeys(rules.split(), n_jobs)


# Whatever is set: it is recorded, and what was planned to be spent may be another.
SET = {"record_provenance": 1, "summarize_stage_costs": N_MODELS, "tabulate_stage_costs": 1}
FRONT_PAGE = {
    "judge_claims": N_MODELS,
    "write_chapter": N_MODELS * N_CHAPTERS,
    **each(1, "plot_claims tabulate_claims summarize_study"),
}
EDITED = {
    **each(N_MODELS * N_OPERATIONS, "edit_facts edit_in_sequence"),
    **each(N_MODELS, "choose_edits calibrate_edits continue_prompts compare_edits"),
    **each(N_MODELS, "plot_tradeoff plot_sequences"),
    **each(1, "tabulate_edits tabulate_sequences tabulate_continuations"),
    **FRONT_PAGE,
}
MAPPED = {
    "map_queries": N_MODELS * N_RELATIONS,
    **each(N_MODELS, "compare_mappings plot_mapping"),
    "tabulate_mapping": 1,
    **FRONT_PAGE,
}
SYNAPSES = {
    "manipulate_synapses": N_MODELS * N_RELATIONS,
    **each(N_MODELS, "compare_synapses plot_synapses plot_synapse_places"),
    **each(N_MODELS, "plot_synapse_distributions plot_synapse_examples"),
    "tabulate_synapses": 1,
    **FRONT_PAGE,
}
DIAGNOSED = {**each(N_MODELS * N_METHODS, "diagnose_classes plot_diagnostics"), **FRONT_PAGE}
QUADRATURES = each(N_MODELS, "compare_quadratures plot_quadratures")
# Of every model and method, from the neurons on; and of every model, where methods meet.
OF_METHODS = (
    "select_knowledge_neurons compare_neuron_sets plot_layers score_consistency"
    " associate_probability classify_facts count_funnel plot_funnel plot_overlaps plot_probability"
    " summarize_classes compare_classes plot_consistency plot_neurons plot_schematic plot_sweep"
    " diagnose_classes plot_diagnostics"
)
WHERE_METHODS_MEET = "compare_methods intersect_classes plot_agreement"
OF_STUDY = each(1, "tabulate_classes tabulate_thresholds build_explorer")
FROM_NEURONS = {
    **each(N_MODELS * N_METHODS, OF_METHODS),
    **each(N_MODELS, WHERE_METHODS_MEET),
    **OF_STUDY,
    **MAPPED,
    **SYNAPSES,
}
ONE_METHOD = {
    "attribute_neurons": N_MODELS * N_RELATIONS,
    **FROM_NEURONS,
    **each(N_MODELS, f"{OF_METHODS} plot_checks sweep_thresholds"),
}
# A model's own jobs, and the tables and pages that show all models.
ONE_MODEL = {
    "describe_checkpoint": 1,
    "attribute_neurons": N_RELATIONS * N_METHODS,
    **each(N_RELATIONS, "answer_queries map_queries manipulate_synapses"),
    **each(N_METHODS, f"{OF_METHODS} plot_checks sweep_thresholds"),
    **each(N_OPERATIONS, "edit_facts edit_in_sequence"),
    **each(1, WHERE_METHODS_MEET),
    **each(1, "compare_quadratures plot_quadratures measure_costs compare_mappings plot_mapping"),
    **each(1, "compare_synapses plot_synapses plot_synapse_places plot_synapse_distributions"),
    **each(1, "plot_synapse_examples choose_edits calibrate_edits continue_prompts compare_edits"),
    **each(1, "plot_tradeoff plot_sequences record_provenance summarize_stage_costs"),
    **each(1, "judge_claims plot_claims tabulate_claims build_explorer"),
    **each(1, "summarize_study tabulate_stage_costs tabulate_classes tabulate_thresholds"),
    **each(1, "tabulate_mapping tabulate_synapses tabulate_costs tabulate_edits"),
    **each(1, "tabulate_sequences tabulate_continuations"),
    # Its own chapters, and of the others those that show tables of all models: all but the first.
    "write_chapter": N_CHAPTERS + (N_MODELS - 1) * (N_CHAPTERS - 1),
}


def test_the_plan_takes_seconds_and_little_memory(planned: Planned) -> None:
    assert jobs(planned.said)["attribute_neurons"] == N_MODELS * N_RELATIONS * N_METHODS
    assert planned.cpu_seconds < LONGEST_PLAN_SECONDS
    assert planned.memory_bytes < MOST_MEMORY_BYTES


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("{seed: 0}", {}),
        ("{consistency: {simulations: 200}}", {**DIAGNOSED, **SET}),
        ("{mapping: {draws: 2}}", {**MAPPED, **SET}),
        ("{editing: {cut: 0.4}}", {**EDITED, **SET}),
        (
            "{knowledge_neurons: {selection_threshold: 0.3}}",
            {**FROM_NEURONS, **EDITED, **QUADRATURES, **SET},
        ),
        ("{attribution: {amig: {steps: 30}}}", {**ONE_METHOD, **SET}),
        (f"{{model: {{llama-3-8b: {{revision: {'0' * 39}a}}}}}}", ONE_MODEL),
    ],
    ids=["nothing", "simulations", "mapping", "editing", "selection", "one method", "one model"],
)
def test_one_changed_key_schedules_exactly_what_it_concerns(
    finished: Path, change: str, expected: dict[str, int]
) -> None:
    (finished / "changed.yaml").write_text(change, encoding="utf-8")
    run = snakemake(finished, "-n", "--configfile", PAPER, "changed.yaml")
    assert jobs(run.stdout + run.stderr) == expected
