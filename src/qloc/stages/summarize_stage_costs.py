"""Set what the stages of one model took beside what they were planned to take."""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import pandas as pd

from qloc.benchmarks import read_benchmark, rule_and_method
from qloc.contracts.answers import ANSWERS
from qloc.contracts.stage_costs import STAGE_COSTS
from qloc.measures.stage_costs import stage_costs
from qloc.models.manifest import read_manifest
from qloc.options import INPUT, OUTPUT, PATHS, SETTINGS
from qloc.planning.estimates import stage_estimates
from qloc.planning.shapes import shape_of_manifest
from qloc.planning.workloads import RelationLoad
from qloc.tables import read_tables, write_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--model", required=True, type=INPUT, help="Manifest.")
@click.option("--answers", required=True, type=PATHS, help="Of the model, of all relations.")
@click.option("--benchmarks", required=True, type=PATHS, help="Of the jobs that open the model.")
@click.option("--tables", required=True, type=PATHS, help="That these jobs wrote.")
@click.option("--settings", required=True, type=SETTINGS, help="That concern the model, as JSON.")
@click.option("--costs", required=True, type=OUTPUT)
def command(
    model: Path,
    answers: list[Path],
    benchmarks: list[Path],
    tables: list[Path],
    settings: dict[str, Any],
    costs: Path,
) -> None:
    """Set what the stages of one model took beside what they were planned to take."""
    asked = read_tables(ANSWERS, answers)
    known_share = float(asked["is_studied"].mean()) if len(asked) else 0.0
    shapes = {read_manifest(model).name: shape_of_manifest(model)}
    estimates = stage_estimates(settings, shapes, _loads(asked), known_share)
    jobs = pd.DataFrame([asdict(read_benchmark(path)) for path in benchmarks])
    plan = pd.DataFrame([asdict(estimate) for estimate in estimates])
    rows = stage_costs(jobs, _sizes(tables, model), plan, known_share)
    write_table(STAGE_COSTS, rows, costs)
    logger.info("%d jobs of %d stages", len(jobs), len(rows))


def _loads(asked: pd.DataFrame) -> list[RelationLoad]:
    """What was asked of every relation: its answers tell facts, queries and tokens."""
    return [
        RelationLoad(
            relation=str(relation),
            n_facts=rows["fact_id"].nunique(),
            n_queries=len(rows),
            mean_prompt_tokens=float(rows["n_prompt_tokens"].mean()),
        )
        for relation, rows in asked.groupby("relation")
    ]


def _sizes(tables: Sequence[Path], model: Path) -> pd.DataFrame:
    """Of every file, also of the model: whose it is, and its bytes."""
    manifest = read_manifest(model)
    is_trained = manifest.source == "trained"
    made = (
        ("train_tiny_model", "", sum(manifest.weights_bytes.values()))
        if is_trained
        else ("describe_checkpoint", "", model.stat().st_size)
    )
    written = [(*rule_and_method(path), path.stat().st_size) for path in tables]
    return pd.DataFrame([made, *written], columns=["rule", "method", "output"])
