"""Sweep both thresholds: the share of inconsistent facts at every pair of them."""

import logging
from pathlib import Path

import click
import numpy as np
import pandas as pd

from qloc.contracts.answers import ANSWERS
from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.queries import QUERIES
from qloc.contracts.threshold_sweeps import THRESHOLD_SWEEPS
from qloc.measures.bootstrap import observed, two_stage_interval
from qloc.measures.studied_queries import StudiedQueries, query_numbers, studied_queries
from qloc.measures.threshold_sweep import (
    ScoredNeurons,
    defined_means,
    scores_by_selection,
    shares_below,
    threshold_grid,
)
from qloc.options import NUMBERS, OUTPUT, PATHS
from qloc.randomness import generator
from qloc.tables import read_tables, write_table

logger = logging.getLogger(__name__)

SHARE = click.FloatRange(min=0, max=1)


@click.command()
@click.option("--attributions", required=True, type=PATHS, help="Of one model and method.")
@click.option("--answers", required=True, type=PATHS, help="Of that model, all relations.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--selection-thresholds", required=True, type=NUMBERS)
@click.option("--consistency-start", required=True, type=SHARE)
@click.option("--consistency-stop", required=True, type=SHARE)
@click.option("--consistency-step", required=True, type=click.FloatRange(min=0, min_open=True))
@click.option("--chance-draws", required=True, type=click.IntRange(min=1), help="Of each fact.")
@click.option("--bootstrap-draws", required=True, type=click.IntRange(min=1))
@click.option("--seed", required=True, type=int)
@click.option("--sweep", required=True, type=OUTPUT)
def command(
    attributions: list[Path],
    answers: list[Path],
    queries: list[Path],
    selection_thresholds: list[float],
    consistency_start: float,
    consistency_stop: float,
    consistency_step: float,
    chance_draws: int,
    bootstrap_draws: int,
    seed: int,
    sweep: Path,
) -> None:
    """Sweep both thresholds: the share of inconsistent facts at every pair of them.

    Chance is computed anew at each selection threshold, with the same mixed facts.
    """
    studied = studied_queries(read_tables(ANSWERS, answers), read_tables(QUERIES, queries))
    rows = read_tables(ATTRIBUTIONS, attributions)
    scored = ScoredNeurons(
        query_numbers(rows["query_id"], studied),
        rows["layer"].to_numpy(),
        rows["neuron"].to_numpy(),
        rows["score"].to_numpy(),
    )
    selections = sorted(set(selection_thresholds))
    cuts = threshold_grid(consistency_start, consistency_stop, consistency_step)
    scores, adjusted = scores_by_selection(studied, scored, selections, chance_draws, seed)
    draws = generator(seed, "sweep_thresholds")
    settings = pd.DataFrame(
        {
            "selection_threshold": selections,
            "n_facts": (~np.isnan(scores)).sum(axis=0),
            "mean_consistency_score": defined_means(scores),
            "mean_adjusted_consistency_score": defined_means(adjusted),
        }
    )
    points = settings.merge(pd.Series(cuts, name="consistency_threshold"), how="cross")
    shares = _shares(
        np.concatenate([scores, adjusted], axis=1), cuts, studied, bootstrap_draws, draws
    )
    write_table(THRESHOLD_SWEEPS, pd.concat([points, shares], axis=1), sweep)
    logger.info("%d facts, %d points", studied.n_facts, len(points))


def _shares(
    scores: np.ndarray,
    cuts: np.ndarray,
    studied: StudiedQueries,
    n_draws: int,
    draws: np.random.Generator,
) -> pd.DataFrame:
    """Shares below every cut and their intervals: of scores, and of as many adjusted ones."""
    statistic = shares_below(scores, cuts)
    low, high, lowest, highest = two_stage_interval(statistic, studied.relations, n_draws, draws)
    share = observed(statistic, studied.relations)
    half = len(share) // 2
    return pd.DataFrame(
        {
            "inconsistent_share": share[:half],
            "ci_low": low[:half],
            "ci_high": high[:half],
            "adjusted_inconsistent_share": share[half:],
            "adjusted_ci_low": low[half:],
            "adjusted_ci_high": high[half:],
            "adjusted_simultaneous_ci_low": lowest[half:],
            "adjusted_simultaneous_ci_high": highest[half:],
        }
    )
