"""Summarize the two classes: thresholds, shares and means, with intervals."""

import logging
from pathlib import Path

import click
import numpy as np
import pandas as pd

from qloc.contracts.class_summaries import CLASS_SUMMARIES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.measures.bootstrap import (
    conditional_interval,
    observed,
    two_stage_interval,
)
from qloc.measures.classes import (
    CLASS_STATISTICS,
    Criterion,
    class_statistics,
    otsu_criterion,
    static_criterion,
)
from qloc.options import INPUT, OUTPUT
from qloc.randomness import generator
from qloc.tables import read_table, write_table

logger = logging.getLogger(__name__)

CLEARLY = "clearly_inconsistent_share"

MEANS = {
    "mean_consistency_score": "consistency_score",
    "mean_chance": "chance_consistency_score",
    "mean_adjusted": "adjusted_consistency_score",
    "mean_trained": "trained_consistency_score",
    CLEARLY: "is_clearly_inconsistent",
}


@click.command()
@click.option("--scores", required=True, type=INPUT)
@click.option("--static-threshold", required=True, type=click.FloatRange(min=0, max=1))
@click.option(
    "--adjusted-level",
    required=True,
    type=click.FloatRange(min=0, max=1),
    help="Facts whose adjusted CS lies below it with its interval are clearly inconsistent.",
)
@click.option("--bootstrap-draws", required=True, type=click.IntRange(min=1))
@click.option("--seed", required=True, type=int)
@click.option("--summaries", required=True, type=OUTPUT)
def command(
    scores: Path,
    static_threshold: float,
    adjusted_level: float,
    bootstrap_draws: int,
    seed: int,
    summaries: Path,
) -> None:
    """Summarize the two classes: thresholds, shares and means, with intervals."""
    table = read_table(CONSISTENCY_SCORES, scores)
    highest = table["adjusted_highest"]
    is_clear = (highest < adjusted_level).astype(np.float64).where(highest.notna())
    table = table.assign(is_clearly_inconsistent=is_clear)
    scored = table[table["consistency_score"].notna()]
    otsu = otsu_criterion(scored["consistency_score"].to_numpy())
    criteria = {"static": static_criterion(static_threshold), "otsu": otsu}
    parts = [
        _summary(scored, criterion, bootstrap_draws, seed).assign(criterion=name)
        for name, criterion in criteria.items()
    ]
    write_table(CLASS_SUMMARIES, pd.concat(parts, ignore_index=True), summaries)
    logger.info("%d facts of %d relations summarized", len(scored), scored["relation"].nunique())


def _summary(scored: pd.DataFrame, criterion: Criterion, n_draws: int, seed: int) -> pd.DataFrame:
    """One row per statistic; every criterion sees the same draws."""
    relations = pd.factorize(scored["relation"], sort=True)[0]
    values = scored["consistency_score"].to_numpy()
    statistic = class_statistics(values, criterion, scored[list(MEANS.values())].to_numpy())
    estimates = observed(statistic, relations)
    two_stage = two_stage_interval(
        statistic, relations, n_draws, generator(seed, "summarize_classes", "two_stage")
    )
    conditional = conditional_interval(
        statistic, relations, n_draws, generator(seed, "summarize_classes", "conditional")
    )
    members = _members(scored, float(estimates[0]))
    return pd.DataFrame(
        {
            "statistic": [*CLASS_STATISTICS, *MEANS],
            "n_facts": [int(member.sum()) for member in members],
            "n_relations": [scored.loc[member, "relation"].nunique() for member in members],
            "estimate": estimates,
            "ci_low": two_stage[0],
            "ci_high": two_stage[1],
            "simultaneous_ci_low": two_stage[2],
            "simultaneous_ci_high": two_stage[3],
            "conditional_ci_low": conditional[0],
            "conditional_ci_high": conditional[1],
        }
    )


def _members(scored: pd.DataFrame, threshold: float) -> list[pd.Series]:
    """Which facts each statistic rests on."""
    scores = scored["consistency_score"]
    classes = [scores.notna()] * 3 + [scores >= threshold, scores < threshold]
    return classes + [scored[column].notna() for column in MEANS.values()]
