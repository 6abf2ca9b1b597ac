"""Changing one thing schedules exactly the jobs that it concerns.

The lists below are written by hand: what a setting or a piece of code is for.
"""

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

N_MODELS, N_RELATIONS, N_METHODS, N_OPERATIONS = 2, 2, 3, 2

# How often each rule runs in the small study.
PER_RELATION = {"filter_facts"}
PER_MODEL = {
    "train_tiny_model",
    "plot_training",
    "compare_quadratures",
    "plot_quadratures",
    "compare_methods",
    "intersect_classes",
    "plot_agreement",
    "compare_mappings",
    "plot_mapping",
    "compare_synapses",
    "plot_synapses",
    "plot_synapse_distributions",
    "plot_synapse_places",
    "plot_synapse_examples",
    "measure_costs",
    "summarize_stage_costs",
    "judge_claims",
    # By the one method whose neurons are edited.
    "choose_edits",
    "calibrate_edits",
    "continue_prompts",
    "compare_edits",
    "plot_tradeoff",
    "plot_sequences",
}
PER_MODEL_AND_OPERATION = {"edit_facts", "edit_in_sequence"}
PER_MODEL_AND_RELATION = {"answer_queries", "map_queries", "manipulate_synapses"}
PER_STUDY = {
    "build_explorer",
    "plot_claims",
    "record_provenance",
    "summarize_study",
    "tabulate_claims",
    "tabulate_classes",
    "tabulate_continuations",
    "tabulate_costs",
    "tabulate_edits",
    "tabulate_examples",
    "tabulate_mapping",
    "tabulate_sequences",
    "tabulate_stage_costs",
    "tabulate_synapses",
    "tabulate_thresholds",
}

# The jobs of `write_chapter`: every chapter shows the claims, and most show pages of all models.
KNOW, PLACE, CHOICE, CHANGE, TRUST = (
    f"write_chapter {name}" for name in ("know", "place", "choice", "change", "trust")
)
CHAPTERS = {KNOW, PLACE, CHOICE, CHANGE, TRUST}

# What follows from every job that opens a model: what it took.
TIMED = {"summarize_stage_costs", "tabulate_stage_costs", TRUST}
# The record of the run, and the pages that tell of it: the first, and the checklist.
RECORD = {"record_provenance", "summarize_study", TRUST}
# What follows from each table, as the report shows it.
JUDGED = {"judge_claims", "plot_claims", "tabulate_claims", "summarize_study", *CHAPTERS}
AFTER_SUMMARIES = {
    *JUDGED,
    "plot_consistency",
    "record_provenance",
    "tabulate_classes",
    "tabulate_thresholds",
}
AFTER_MAPPINGS = {*JUDGED, "compare_mappings", "plot_mapping", "tabulate_mapping"}
AFTER_SYNAPSES = {*JUDGED, "compare_synapses", "plot_synapses", "tabulate_synapses"}
AFTER_EDITS = {*JUDGED, "compare_edits", "plot_tradeoff", "tabulate_edits"}
SEQUENCES = {*TIMED, "edit_in_sequence", "plot_sequences", "tabulate_sequences", CHANGE}
CONTINUATIONS = {*TIMED, "continue_prompts", "tabulate_continuations", CHANGE}
SCORED_EDITS = {"edit_facts", *AFTER_EDITS, *SEQUENCES}
EDITS = {"calibrate_edits", *SCORED_EDITS, *CONTINUATIONS}
CHOSEN = {"choose_edits", *EDITS}
# What a method does not concern whose neurons are not edited.
ONLY_EDITS = CHOSEN - {*JUDGED, *TIMED}
AFTER_CLASSES = {
    "build_explorer",
    "compare_classes",
    "plot_consistency",
    "plot_diagnostics",
    "plot_neurons",
    "plot_schematic",
    "plot_sweep",
    "plot_synapse_distributions",
    "plot_synapse_examples",
    "tabulate_classes",
    *CHOSEN,
}
SCORED = {
    "score_consistency",
    "associate_probability",
    "classify_facts",
    "count_funnel",
    "diagnose_classes",
    "intersect_classes",
    "plot_agreement",
    "plot_diagnostics",
    "plot_funnel",
    "plot_overlaps",
    "plot_probability",
    "summarize_classes",
    *AFTER_CLASSES,
    *AFTER_MAPPINGS,
    *AFTER_SUMMARIES,
    *AFTER_SYNAPSES,
}
MAPPED = {*TIMED, "map_queries", *AFTER_MAPPINGS}
SYNAPSES = {
    *TIMED,
    "manipulate_synapses",
    "plot_synapse_distributions",
    "plot_synapse_examples",
    "plot_synapse_places",
    *AFTER_SYNAPSES,
}
COSTS = {*TIMED, "measure_costs", "tabulate_costs", CHOICE}
SELECTED = {
    "select_knowledge_neurons",
    "compare_methods",
    "compare_neuron_sets",
    "plot_layers",
    *MAPPED,
    *SCORED,
    *SYNAPSES,
}
ATTRIBUTED = {"attribute_neurons", "plot_checks", "sweep_thresholds", *SELECTED}
QUADRATURES = {*TIMED, "compare_quadratures", "plot_quadratures"}
ANSWERED = {"answer_queries", *ATTRIBUTED, *QUADRATURES, *COSTS}
TRAINED = {"train_tiny_model", "plot_training", *ANSWERED}
EVERYTHING = {"filter_facts", "tabulate_examples", *TRAINED}
DRAWN = {
    *CHAPTERS,
    "plot_agreement",
    "plot_checks",
    "plot_claims",
    "plot_consistency",
    "plot_diagnostics",
    "plot_funnel",
    "plot_layers",
    "plot_mapping",
    "plot_neurons",
    "plot_overlaps",
    "plot_probability",
    "plot_quadratures",
    "plot_schematic",
    "plot_sequences",
    "plot_sweep",
    "plot_synapse_distributions",
    "plot_synapse_examples",
    "plot_synapse_places",
    "plot_synapses",
    "plot_tradeoff",
    "plot_training",
    "summarize_study",
    "tabulate_claims",
    "tabulate_classes",
    "tabulate_continuations",
    "tabulate_edits",
    "tabulate_examples",
    "tabulate_mapping",
    "tabulate_sequences",
    "tabulate_stage_costs",
    "tabulate_synapses",
    "tabulate_thresholds",
}
# Settings are recorded, whatever they are.
RECORDED = {*RECORD, *TIMED}

SETTINGS: dict[str, tuple[object, set[str]]] = {
    "seed": (3, EVERYTHING),
    "dataset/patterns": ("truncate", EVERYTHING),
    "dataset/min_templates": (3, EVERYTHING),
    "dataset/exclude": (["ambiguous_subject"], EVERYTHING),
    "dataset/sample/facts_per_relation": (11, EVERYTHING),
    "dataset/source": ("download", {"download_relation", *EVERYTHING}),
    "dataset/directory": ("elsewhere", RECORDED | {KNOW}),
    "dataset/csv": ("elsewhere.csv", RECORDED | {KNOW}),
    "text/source": ("download", {"download_text", *TRAINED}),
    "text/directory": ("elsewhere", RECORDED),
    "answers/known_only": (False, ANSWERED),
    "answers/candidates": ("objects", ANSWERED),
    "answers/min_queries": (3, ANSWERED),
    "answers/tokens": ("joint", ANSWERED),
    "attribution/keep": (0.04, ATTRIBUTED),
    "attribution/mean_floor": (0.1, ATTRIBUTED),
    "attribution/precision": ("tf32", ATTRIBUTED | QUADRATURES),
    "attribution/ig/quadrature": ("riemann_right", ATTRIBUTED | QUADRATURES | COSTS),
    "attribution/ig/steps": (30, ATTRIBUTED | QUADRATURES | COSTS),
    "attribution/ig/tolerance": (0.01, ATTRIBUTED | QUADRATURES | COSTS),
    "attribution/sig/quadrature": ("midpoint", ATTRIBUTED),
    "attribution/sig/steps": (30, ATTRIBUTED),
    "attribution/sig/tolerance": (0.01, ATTRIBUTED),
    "attribution/sig/replacement": (["eos"], ATTRIBUTED),
    "attribution/amig/quadrature": ("left", ATTRIBUTED),
    "attribution/amig/steps": (30, ATTRIBUTED),
    "attribution/amig/tolerance": (0.01, ATTRIBUTED),
    "attribution/amig/baseline": ("all_tokens", ATTRIBUTED),
    "attribution/amig/aggregate": ("mean_baseline", ATTRIBUTED),
    "attribution/comparison/queries": (7, QUADRATURES | {PLACE}),
    "knowledge_neurons/selection_threshold": (0.3, SELECTED | QUADRATURES),
    "consistency/static_threshold": (
        0.2,
        {
            "classify_facts",
            "intersect_classes",
            "plot_agreement",
            "summarize_classes",
            *AFTER_CLASSES,
            *AFTER_MAPPINGS,
            *AFTER_SUMMARIES,
            *AFTER_SYNAPSES,
        },
    ),
    "consistency/fixed_k": (2, SCORED),
    "consistency/chance_draws": (6, {"compare_methods", "sweep_thresholds", *SCORED}),
    "consistency/bootstrap_draws": (
        300,
        {
            "associate_probability",
            "compare_classes",
            "compare_methods",
            "compare_neuron_sets",
            "intersect_classes",
            "plot_agreement",
            "plot_overlaps",
            "plot_probability",
            "plot_sweep",
            "summarize_classes",
            "sweep_thresholds",
            *AFTER_EDITS,
            *AFTER_MAPPINGS,
            *AFTER_SUMMARIES,
            *AFTER_SYNAPSES,
        },
    ),
    "consistency/simulations": (
        200,
        {"diagnose_classes", "plot_diagnostics", *JUDGED, *RECORDED},
    ),
    "consistency/sweep/selection_thresholds": (
        [0.1, 0.2],
        {"sweep_thresholds", "plot_sweep", *JUDGED, *RECORDED},
    ),
    "consistency/sweep/consistency_thresholds/start": (
        0.1,
        {"sweep_thresholds", "plot_sweep", *JUDGED, *RECORDED},
    ),
    "consistency/sweep/consistency_thresholds/stop": (
        0.6,
        {"sweep_thresholds", "plot_sweep", *JUDGED, *RECORDED},
    ),
    "consistency/sweep/consistency_thresholds/step": (
        0.1,
        {"sweep_thresholds", "plot_sweep", *JUDGED, *RECORDED},
    ),
    "mapping/draws": (1, MAPPED),
    "synapses/presets": (["lift"], SYNAPSES | COSTS),
    "synapses/preset": ({"lift": {"tau": "max"}}, SYNAPSES),
    "synapses/alpha": (0.4, SYNAPSES | COSTS),
    "synapses/value": ("attribution", SYNAPSES),
    "synapses/facts_per_relation": (5, SYNAPSES),
    "synapses/costs/queries": (3, COSTS),
    "synapses/costs/repeats": (3, COSTS),
    "editing/methods": (["sig"], CHOSEN),
    "editing/presets": (["calibrated"], EDITS),
    "editing/preset": ({"calibrated": {"sign": "literal"}}, EDITS),
    "editing/criterion": ("static", CHOSEN),
    "editing/facts_per_class": (4, CHOSEN),
    "editing/calibration/share": (0.3, CHOSEN),
    "editing/calibration/reliability": (0.7, EDITS),
    "editing/beta": ([0.6, 0.4], CHOSEN),
    "editing/spread": ("variance", CHOSEN),
    "editing/cut": (0.4, CHOSEN),
    "editing/scores": ("activation", CHOSEN),
    "editing/normalise_queries": (True, CHOSEN),
    "editing/inexact": ("report", CHOSEN),
    "editing/unrelated_queries": (3, SCORED_EDITS),
    "editing/texts/number": (3, SCORED_EDITS),
    "editing/texts/least_tokens": (60, SCORED_EDITS),
    "editing/texts/most_tokens": (100, SCORED_EDITS),
    "editing/sequence/facts": (4, CHOSEN),
    "editing/sequence/runs": (3, CHOSEN),
    "editing/sequence/steps": ([2], SEQUENCES),
    "editing/continuation_tokens": (5, CONTINUATIONS),
    "claims/adjusted_level": (0.4, {"summarize_classes", *AFTER_SUMMARIES}),
    "claims/widespread": (0.2, JUDGED),
    "claims/evidence": (0.1, JUDGED),
    "claims/every_threshold": (0.1, JUDGED),
    "claims/margin": (0.1, JUDGED),
    "claims/min_facts": (12, JUDGED),
}
# Of one model: the other's jobs stay.
MODEL_SETTINGS: dict[str, object] = {
    "architecture": "llama",
    "passes": 7,
    "learning_rate": 0.001,
    "embedding_scale": 10,
    "layer_learning_rate": 0.9,
}


def times(
    rules: Iterable[str], n_models: int = N_MODELS, n_methods: int = N_METHODS
) -> dict[str, int]:
    """How many jobs these rules are."""
    counts: dict[str, int] = {}
    for rule in rules:
        if rule in CHAPTERS:
            n_pages = n_models if rule == KNOW else N_MODELS
            counts["write_chapter"] = counts.get("write_chapter", 0) + n_pages
        elif rule in PER_RELATION | {"download_relation"}:
            counts[rule] = N_RELATIONS
        elif rule in PER_STUDY | {"download_text"}:
            counts[rule] = 1
        elif rule in PER_MODEL:
            counts[rule] = n_models
        elif rule in PER_MODEL_AND_RELATION:
            counts[rule] = n_models * N_RELATIONS
        elif rule in PER_MODEL_AND_OPERATION:
            counts[rule] = n_models * N_OPERATIONS
        elif rule == "attribute_neurons":
            counts[rule] = n_models * N_RELATIONS * n_methods
        else:
            counts[rule] = n_models * n_methods
    return counts


def planned(folder: Path, settings: dict[str, Any] | None = None) -> dict[str, int]:
    """The jobs that a run of the small study would start, by rule."""
    files = ["small.yaml"]
    if settings:
        (folder / "changed.yaml").write_text(yaml.safe_dump(settings))
        files.append("changed.yaml")
    run = subprocess.run(
        [sys.executable, "-m", "snakemake", "-n", "--configfile", *files],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    said = run.stdout + run.stderr
    assert run.returncode == 0, said
    jobs = Counter(re.findall(r"^(?:local)?rule (\w+):", said, re.M))
    del jobs["all"]
    return dict(jobs)


def nested(path: str, value: object) -> dict[str, Any]:
    group, _, rest = path.partition("/")
    return {group: nested(rest, value) if rest else value}


@pytest.mark.parametrize("path", SETTINGS)
def test_a_changed_setting_reruns(copy_once: Path, path: str) -> None:
    value, rules = SETTINGS[path]
    is_of_one_method = re.match("attribution/(ig|sig|amig)/", path)
    is_not_edited = re.match("attribution/(sig|amig)/", path)
    concerned = rules - (ONLY_EDITS if is_not_edited else set())
    expected = times(concerned | RECORDED, n_methods=1 if is_of_one_method else N_METHODS)
    assert planned(copy_once, nested(path, value)) == expected


@pytest.mark.parametrize("key", MODEL_SETTINGS)
def test_a_changed_setting_of_a_model_reruns_what_is_its_own(copy_once: Path, key: str) -> None:
    settings = nested(f"model/tiny-gpt2/{key}", MODEL_SETTINGS[key])
    assert planned(copy_once, settings) == times(TRAINED, n_models=1)


def test_settings_of_a_model_that_is_not_studied_are_recorded_only(copy_once: Path) -> None:
    settings = nested("model/gpt2/revision", "0" * 40)
    assert planned(copy_once, settings) == times(RECORD)


def test_every_setting_is_tried(copy_once: Path) -> None:
    schema = yaml.safe_load((copy_once / "workflow/schemas/config.schema.yaml").read_text())
    assert set(leaves(schema)) - set(SETTINGS) == {"models", "relations", "methods"}
    trained = set(schema["$defs"]["trained"]["properties"])
    assert trained - set(MODEL_SETTINGS) == {"source", "seeds"}


def leaves(schema: dict[str, Any], above: str = "") -> list[str]:
    found = []
    for key, part in schema["properties"].items():
        if "properties" in part:
            found += leaves(part, f"{above}{key}/")
        elif key != "model":
            found.append(f"{above}{key}")
    return found


def test_a_model_more_leaves_the_others_as_they_are(copy_once: Path) -> None:
    settings = nested("model/tiny-gpt2/seeds", [0, 5])
    tables = {"build_explorer", "plot_claims", "record_provenance", "summarize_study"} | {
        f"tabulate_{what}"
        for what in ("classes", "continuations", "costs", "edits", "mapping", "sequences")
    }
    tables |= {
        "tabulate_claims",
        "tabulate_stage_costs",
        "tabulate_synapses",
        "tabulate_thresholds",
    }
    chapters = {"write_chapter": (N_MODELS + 1) * len(CHAPTERS)}
    assert planned(copy_once, settings) == times(TRAINED, n_models=1) | times(tables) | chapters


def test_batch_size_and_threads_rerun_nothing(copy_once: Path) -> None:
    command = [sys.executable, "-m", "snakemake", "-n", "--configfile", "small.yaml"]
    run = subprocess.run(
        [*command, "--set-resources", "attribute_neurons:batch_size=7"],
        cwd=copy_once,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Nothing to be done" in run.stdout + run.stderr


@pytest.fixture(scope="module")
def copy_once(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the finished study whose settings and code tests change, and change back."""
    folder = tmp_path_factory.mktemp("reruns") / "small study"
    shutil.copytree(finished, folder, symlinks=True)
    return folder


def edit(path: Path, change: Callable[[list[str], ast.FunctionDef], None]) -> str:
    """Change the first documented function of a module; the text it had."""
    before = path.read_text(encoding="utf-8")
    functions = [node for node in ast.walk(ast.parse(before)) if isinstance(node, ast.FunctionDef)]
    function = next(node for node in functions if ast.get_docstring(node))
    lines = before.splitlines()
    change(lines, function)
    after = "\n".join(lines) + "\n"
    ast.parse(after)
    path.write_text(after, encoding="utf-8")
    return before


def other_body(lines: list[str], function: ast.FunctionDef) -> None:
    statement = function.body[1]
    lines.insert(statement.lineno - 1, f"{' ' * statement.col_offset}assert True")


def other_docstring(lines: list[str], function: ast.FunctionDef) -> None:
    start = function.body[0].lineno - 1
    lines[start] = lines[start].replace('"""', '"""Said otherwise: ', 1)


def other_comment(lines: list[str], function: ast.FunctionDef) -> None:
    lines.insert(function.body[1].lineno - 1, "    # Said otherwise.")


@pytest.mark.parametrize(
    ("module", "rules", "n_methods"),
    [
        ("datasets/filtering.py", EVERYTHING, N_METHODS),
        ("models/tiny_training.py", TRAINED, N_METHODS),
        ("models/methods/ig.py", ATTRIBUTED | QUADRATURES | COSTS, 1),
        ("models/methods/sig.py", ATTRIBUTED - ONLY_EDITS, 1),
        ("measures/selection.py", ATTRIBUTED | QUADRATURES, N_METHODS),
        (
            "measures/consistency.py",
            {"compare_methods", "compare_neuron_sets", "sweep_thresholds", *SCORED},
            N_METHODS,
        ),
        (
            "measures/thresholds.py",
            {"classify_facts", "diagnose_classes", "summarize_classes"}
            | {"intersect_classes", "plot_agreement"}
            | AFTER_CLASSES
            | AFTER_MAPPINGS
            | AFTER_SUMMARIES
            | AFTER_SYNAPSES,
            N_METHODS,
        ),
        ("measures/mapping_sets.py", MAPPED, N_METHODS),
        ("measures/synapses.py", SYNAPSES | COSTS, N_METHODS),
        ("measures/consistency_aware.py", CHOSEN, N_METHODS),
        ("models/edits.py", EDITS, N_METHODS),
        (
            "measures/method_agreement.py",
            {"compare_methods", "plot_agreement", "summarize_study", PLACE},
            N_METHODS,
        ),
        ("figures/style.py", DRAWN, N_METHODS),
        ("stages/classify_facts.py", {"classify_facts", *AFTER_CLASSES}, N_METHODS),
        ("stages/judge_claims.py", JUDGED, N_METHODS),
        ("figures/claim_tables.py", {"tabulate_claims"}, N_METHODS),
        ("figures/layers.py", {"plot_layers", PLACE}, N_METHODS),
    ],
)
def test_a_changed_function_reruns(
    copy_once: Path, module: str, rules: set[str], n_methods: int
) -> None:
    path = copy_once / "src/qloc" / module
    before = edit(path, other_body)
    try:
        assert planned(copy_once) == times(rules | RECORD, n_methods=n_methods)
    finally:
        path.write_text(before, encoding="utf-8")


@pytest.mark.parametrize("change", [other_docstring, other_comment])
@pytest.mark.parametrize("module", ["measures/selection.py", "models/methods/ig.py"])
def test_a_changed_word_reruns_nothing(
    copy_once: Path, module: str, change: Callable[[list[str], ast.FunctionDef], None]
) -> None:
    path = copy_once / "src/qloc" / module
    before = edit(path, change)
    try:
        assert planned(copy_once) == {}
    finally:
        path.write_text(before, encoding="utf-8")


@pytest.mark.parametrize(
    ("module", "added"),
    [
        (
            "contracts/more.py",
            "from qloc.tables import Table\n\nMORE = Table('more', '', '', (), ())",
        ),
        ("errors.py", "class OtherError(StudyError):\n    pass"),
        ("models/methods/more.py", "def attribute() -> None:\n    return None"),
        ("stages/more.py", "def command() -> None:\n    return None"),
    ],
)
def test_an_addition_reruns_nothing_but_the_record_of_stages(
    copy_once: Path, module: str, added: str
) -> None:
    path = copy_once / "src/qloc" / module
    before = path.read_text(encoding="utf-8") if path.is_file() else None
    path.write_text(f"{before or ''}\n\n{added}\n", encoding="utf-8")
    expected = times(RECORD) if module.startswith("stages/") else {}
    try:
        assert planned(copy_once) == expected
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")
