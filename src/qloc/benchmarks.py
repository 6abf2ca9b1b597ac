"""What Snakemake measured of a job: the benchmark files that rules declare.

Snakemake looks at a job's processes every half second for the first quarter of a minute, then every
thirty seconds, and not at its end: wall-clock time is exact, but CPU time and memory of
a longer job may lack what came after the last look.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from qloc.errors import StudyError

MEBIBYTE = 1 << 20
NOT_SEEN = "NA"
"""What stands for a job that ended before Snakemake looked at it."""


@dataclass(frozen=True)
class MeasuredRule:
    """A rule whose jobs open a model.

    Attributes:
        wildcards: Of a job, in the order in which they stand in its paths.
        tables: What a job writes, by the names of the tables; none where it makes the model.
        part: Of the study that a config may leave out: `synapses` or `editing`.
    """

    wildcards: tuple[str, ...]
    tables: tuple[str, ...] = ()
    part: str = ""


MEASURED_RULES: Mapping[str, MeasuredRule] = {
    "train_tiny_model": MeasuredRule(("model",)),
    "describe_checkpoint": MeasuredRule(("model",)),
    "answer_queries": MeasuredRule(("model", "relation"), ("answers",)),
    "attribute_neurons": MeasuredRule(
        ("model", "relation", "method"), ("attributions", "attribution_checks", "fact_scores")
    ),
    "compare_quadratures": MeasuredRule(("model",), ("quadrature_comparisons",)),
    "map_queries": MeasuredRule(("model", "relation"), ("query_mappings",)),
    "manipulate_synapses": MeasuredRule(
        ("model", "relation"),
        ("synapse_answers", "synapse_effects", "synapse_places", "synapse_examples"),
        "synapses",
    ),
    "measure_costs": MeasuredRule(("model",), ("manipulation_costs",), "synapses"),
    "choose_edits": MeasuredRule(
        ("model", "method"), ("edited_facts", "edited_queries", "neuron_sets"), "editing"
    ),
    "calibrate_edits": MeasuredRule(("model", "method"), ("edit_calibrations",), "editing"),
    "edit_facts": MeasuredRule(("model", "method", "operation"), ("edits",), "editing"),
    "edit_in_sequence": MeasuredRule(
        ("model", "method", "operation"), ("edit_sequences",), "editing"
    ),
    "continue_prompts": MeasuredRule(("model", "method"), ("continuations",), "editing"),
}
"""In the order in which a study comes to them."""

OPERATIONS = ("erase", "update")
RULE_OF_TABLE = {table: name for name, rule in MEASURED_RULES.items() for table in rule.tables}


@dataclass(frozen=True)
class Benchmark:
    """What one job took.

    Attributes:
        method: Of its neurons; "" for a job that is of no one method.
        memory: Most bytes that all its processes held; None if it was never looked at.
    """

    rule: str
    method: str
    wall_seconds: float
    cpu_seconds: float | None
    memory: int | None


def read_benchmark(path: Path) -> Benchmark:
    """Read the benchmark file of a job: `benchmarks/{rule}/…tsv`.

    Raises:
        StudyError: The file is missing, damaged, or of a rule that opens no model.
    """
    rule, method = rule_and_method(path)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            (row,) = csv.DictReader(file, delimiter="\t")
        cpu_seconds, memory = _seen(row["cpu_time"]), _seen(row["max_rss"])
        return Benchmark(
            rule=rule,
            method=method,
            wall_seconds=float(row["s"]),
            cpu_seconds=cpu_seconds,
            memory=None if memory is None else round(memory * MEBIBYTE),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudyError(
            f"{path} cannot be read as a benchmark: one job, with the columns s, max_rss and"
            f" cpu_time, was expected ({error}). Delete the file and run `snakemake` again: the job"
            " is repeated, because what it took is not known otherwise."
        ) from error


def measured_files(settings: Mapping[str, Any], model: str, source: str) -> dict[str, list[str]]:
    """The `benchmarks` and the `tables` of all jobs of a study that open a model.

    Args:
        settings: Of the study.
        model: Name of the model.
        source: Where it is from: `trained` here, or a checkpoint.
    """
    maker = {"train_tiny_model": source == "trained", "describe_checkpoint": source != "trained"}
    asked = {
        "": True,
        "synapses": bool(settings["synapses"]["presets"]),
        "editing": bool(settings["editing"]["methods"]),
    }
    files: dict[str, list[str]] = {"benchmarks": [], "tables": []}
    for name, rule in MEASURED_RULES.items():
        if maker.get(name, asked[rule.part]):
            jobs = _jobs(rule, settings, model)
            files["benchmarks"] += [f"benchmarks/{name}/{job}.tsv" for job in jobs]
            files["tables"] += [f"results/{t}/{job}.parquet" for t in rule.tables for job in jobs]
    return files


def _jobs(rule: MeasuredRule, settings: Mapping[str, Any], model: str) -> list[str]:
    """The wildcards of every job of a rule, as its paths have them."""
    part = settings["editing"] if rule.part == "editing" else settings
    values = {
        "model": [model],
        "relation": settings["relations"],
        "method": part["methods"],
        "operation": OPERATIONS,
    }
    return ["/".join(job) for job in product(*(values[name] for name in rule.wildcards))]


def rule_and_method(path: Path) -> tuple[str, str]:
    """Whose file this is: a benchmark file, or a table that a job which opens a model wrote.

    Raises:
        StudyError: No rule that opens a model has a file of this name.
    """
    parts = path.with_suffix("").parts
    for depth in range(2, len(parts)):
        name = RULE_OF_TABLE.get(parts[-depth], parts[-depth])
        rule = MEASURED_RULES.get(name)
        is_placed = parts[-depth - 1] in ("benchmarks", "results")
        if rule and is_placed and len(rule.wildcards) == depth - 1:
            values = dict(zip(rule.wildcards, parts[1 - depth :], strict=True))
            return name, values.get("method", "")
    raise StudyError(
        f"{path} is of no rule that opens a model. Give files as the study writes them, such as"
        " benchmarks/answer_queries/gpt2/P36.tsv."
    )


def _seen(text: str) -> float | None:
    return None if text == NOT_SEEN else float(text)
