"""Count the facts that all methods call inconsistent, against independent methods."""

import logging
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import pandas as pd

from qloc.contracts.class_agreements import CLASS_AGREEMENTS
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.measures.bootstrap import conditional_interval, observed, two_stage_interval
from qloc.measures.class_agreement import JOINT_STATISTICS, class_agreement, scored_otsu_criterion
from qloc.measures.classes import Criterion, static_criterion
from qloc.options import OUTPUT, PATHS
from qloc.randomness import generator
from qloc.tables import read_table, write_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--scores", required=True, type=PATHS, help="Of one model, all methods.")
@click.option("--static-threshold", required=True, type=click.FloatRange(min=0, max=1))
@click.option("--bootstrap-draws", required=True, type=click.IntRange(min=1))
@click.option("--seed", required=True, type=int)
@click.option("--agreements", required=True, type=OUTPUT)
def command(
    scores: list[Path], static_threshold: float, bootstrap_draws: int, seed: int, agreements: Path
) -> None:
    """Count the facts that all methods call inconsistent, against independent methods."""
    tables = [read_table(CONSISTENCY_SCORES, path).set_index("fact_id") for path in scores]
    columns = [table["consistency_score"] for table in tables]
    methods = [path.stem for path in scores]
    table = pd.concat(columns, axis=1, keys=methods).sort_index()
    relations = pd.concat([rows["relation"] for rows in tables]).groupby(level=0).first()
    facts = table.assign(relation=relations)
    by_method = table.to_numpy().T
    criteria = {
        "static": [static_criterion(static_threshold)] * len(methods),
        "otsu": [scored_otsu_criterion(values) for values in by_method],
    }
    parts = [
        _agreement(facts, methods, cuts, bootstrap_draws, seed).assign(criterion=criterion)
        for criterion, cuts in criteria.items()
    ]
    write_table(CLASS_AGREEMENTS, pd.concat(parts, ignore_index=True), agreements)
    logger.info("%d methods on %d facts", len(methods), len(facts))


def _agreement(
    facts: pd.DataFrame,
    methods: Sequence[str],
    criteria: Sequence[Criterion],
    n_draws: int,
    seed: int,
) -> pd.DataFrame:
    """Rows of one criterion; both criteria see the same draws."""
    names, relations = np.unique(facts["relation"].to_numpy(dtype=str), return_inverse=True)
    scores = facts[list(methods)].to_numpy().T
    statistic = class_agreement(scores, criteria, relations)
    two_stage = two_stage_interval(
        statistic, relations, n_draws, generator(seed, "intersect_classes", "two_stage")
    )
    conditional = conditional_interval(
        statistic, relations, n_draws, generator(seed, "intersect_classes", "conditional")
    )
    is_classified = ~np.isnan(scores).any(axis=0)
    of_one = "inconsistent_share"
    return pd.DataFrame(
        {
            "statistic": [*JOINT_STATISTICS, *[of_one] * len(methods)],
            "method": ["all"] * len(JOINT_STATISTICS) + list(methods),
            "n_facts": int(is_classified.sum()),
            "n_relations": len(names[np.unique(relations[is_classified])]),
            "estimate": observed(statistic, relations),
            "ci_low": two_stage[0],
            "ci_high": two_stage[1],
            "simultaneous_ci_low": two_stage[2],
            "simultaneous_ci_high": two_stage[3],
            "conditional_ci_low": conditional[0],
            "conditional_ci_high": conditional[1],
        }
    )
