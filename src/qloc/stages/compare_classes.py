"""Compare consistent with inconsistent facts, by relation and in all."""

import logging
from pathlib import Path

import click
import numpy as np
import pandas as pd

from qloc.contracts.class_comparisons import CLASS_COMPARISONS
from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.measures.bootstrap import conditional_interval, two_stage_interval
from qloc.measures.classes import (
    class_differences,
    class_differences_by_relation,
    otsu_criterion,
    static_criterion,
)
from qloc.measures.welch import welch
from qloc.options import INPUT, OUTPUT
from qloc.randomness import generator
from qloc.tables import empty, read_table, write_table

logger = logging.getLogger(__name__)

MEASURES = [
    "consistency_score",
    "strict_consistency_score",
    "mean_jaccard",
    "adjusted_consistency_score",
    "mean_answer_probability",
    "n_queries",
]


@click.command()
@click.option("--scores", required=True, type=INPUT)
@click.option("--classes", required=True, type=INPUT)
@click.option("--bootstrap-draws", required=True, type=click.IntRange(min=1))
@click.option("--seed", required=True, type=int)
@click.option("--comparisons", required=True, type=OUTPUT)
def command(
    scores: Path, classes: Path, bootstrap_draws: int, seed: int, comparisons: Path
) -> None:
    """Compare consistent with inconsistent facts, by relation and in all.

    The interval of all facts resamples relations and facts, that of a relation its facts; Otsu's
    threshold, one for all relations, is computed anew in every draw.
    """
    table = read_table(CONSISTENCY_SCORES, scores)
    by_criterion = read_table(CONSISTENCY_CLASSES, classes).groupby("criterion")
    parts = [
        _comparison(
            group[["fact_id", "threshold", "is_consistent"]].merge(table, on="fact_id"),
            str(criterion),
            bootstrap_draws,
            seed,
        )
        for criterion, group in by_criterion
    ]
    rows = pd.concat([empty(CLASS_COMPARISONS), *parts], ignore_index=True)
    write_table(CLASS_COMPARISONS, rows, comparisons)
    logger.info("%d comparisons of %d facts", len(rows), len(table))


def _comparison(facts: pd.DataFrame, criterion: str, n_draws: int, seed: int) -> pd.DataFrame:
    """Rows of one criterion: all facts first, then each relation, each with every measure."""
    scores = facts["consistency_score"].to_numpy()
    values = facts[MEASURES].to_numpy(dtype=np.float64)
    relations, names = pd.factorize(facts["relation"], sort=True)
    static = static_criterion(float(facts["threshold"].iloc[0]))
    threshold = otsu_criterion(scores) if criterion == "otsu" else static
    of_all = two_stage_interval(
        class_differences(scores, threshold, values),
        relations,
        n_draws,
        generator(seed, "compare_classes", "all"),
    )[:2]
    by_relation = conditional_interval(
        class_differences_by_relation(scores, threshold, values, relations),
        relations,
        n_draws,
        generator(seed, "compare_classes", "by_relation"),
    )
    groups = [("all", facts)] + [(name, facts[facts["relation"] == name]) for name in names]
    rows = [
        {"relation": name, "measure": measure, **_contrast(group, measure)}
        for name, group in groups
        for measure in MEASURES
    ]
    low, high = np.concatenate([of_all, by_relation], axis=1)
    return pd.DataFrame(rows).assign(criterion=criterion, ci_low=low, ci_high=high)


def _contrast(facts: pd.DataFrame, measure: str) -> dict[str, int | float]:
    """Numbers and means of both classes over the facts that have the measure, and Welch's test."""
    present = facts[facts[measure].notna()]
    values = present[measure].to_numpy(dtype=np.float64)
    is_consistent = present["is_consistent"].to_numpy(dtype=bool)
    upper, lower = values[is_consistent], values[~is_consistent]
    means = [sample.mean() if len(sample) else np.nan for sample in (upper, lower)]
    test = welch(upper, lower)
    return {
        "n_consistent": len(upper),
        "n_inconsistent": len(lower),
        "mean_consistent": means[0],
        "mean_inconsistent": means[1],
        "difference": means[0] - means[1],
        "sanity_t": test.t,
        "sanity_degrees_of_freedom": test.degrees_of_freedom,
        "sanity_p_value": test.p_value,
    }
