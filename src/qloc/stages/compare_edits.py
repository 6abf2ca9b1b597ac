"""Estimate how well edits of every neuron set do, by class of facts, and compare the sets."""

import logging
from pathlib import Path

import click
import pandas as pd

from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.edit_comparisons import EDIT_COMPARISONS
from qloc.contracts.edit_summaries import EDIT_SUMMARIES
from qloc.contracts.edits import EDITS
from qloc.measures.edit_effects import edit_comparisons, edit_summaries, fact_edits
from qloc.measures.scored_facts import CRITERIA, scored_facts
from qloc.options import OUTPUT, PATHS
from qloc.randomness import generator
from qloc.tables import empty, read_placed_tables, read_table, write_tables

logger = logging.getLogger(__name__)

PLACE = ["method", "operation", "preset", "strength"]
OF_STRENGTH = ["lambda_1", "lambda_2", "is_chosen"]


@click.command()
@click.option("--edits", required=True, type=PATHS, help="Of one model, both operations.")
@click.option("--scores", required=True, type=PATHS, help="Of the same model and methods.")
@click.option("--criterion", required=True, type=click.Choice(CRITERIA), help="Of the classes.")
@click.option("--static-threshold", required=True, type=click.FloatRange(min=0, max=1))
@click.option("--bootstrap-draws", required=True, type=click.IntRange(min=1))
@click.option("--seed", required=True, type=int)
@click.option("--summaries", required=True, type=OUTPUT)
@click.option("--comparisons", required=True, type=OUTPUT)
def command(
    edits: list[Path],
    scores: list[Path],
    criterion: str,
    static_threshold: float,
    bootstrap_draws: int,
    seed: int,
    summaries: Path,
    comparisons: Path,
) -> None:
    """Estimate how well edits of every neuron set do, by class of facts, and compare the sets.

    Sets are compared at the chosen strength. All rows of a method see the same bootstrap draws.
    """
    facts = {
        path.stem: scored_facts(read_table(CONSISTENCY_SCORES, path), static_threshold)
        for path in scores
    }
    summarized, compared = [empty(EDIT_SUMMARIES)], [empty(EDIT_COMPARISONS)]
    for path in edits:
        for _, rows in read_placed_tables(EDITS, [path]).groupby(PLACE):
            named = rows[[*PLACE, *OF_STRENGTH]].iloc[0]
            method, scored = named["method"], facts[named["method"]]
            edited, names = fact_edits(rows, scored), ("compare_edits", method)
            how = (edited, scored, criterion, bootstrap_draws)
            found = edit_summaries(*how, generator(seed, *names))
            summarized.append(found.assign(**named))
            if named["is_chosen"]:
                found = edit_comparisons(*how, generator(seed, *names))
                compared.append(found.assign(**named[PLACE]))
            logger.info(
                "%s, %s, %s, strength %d: %d facts", *named[PLACE], rows["fact_id"].nunique()
            )
    write_tables(
        [
            (EDIT_SUMMARIES, pd.concat(summarized, ignore_index=True), summaries),
            (EDIT_COMPARISONS, pd.concat(compared, ignore_index=True), comparisons),
        ]
    )
