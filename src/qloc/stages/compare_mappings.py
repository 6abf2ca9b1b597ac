"""Estimate how far every neuron set moves the answer, by class of facts, and compare the sets."""

import logging
from pathlib import Path

import click
import pandas as pd

from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.mapping_comparisons import MAPPING_COMPARISONS
from qloc.contracts.mapping_summaries import MAPPING_SUMMARIES
from qloc.contracts.query_mappings import QUERY_MAPPINGS
from qloc.measures.mapping_effects import (
    joined,
    mapping_comparisons,
    mapping_summaries,
    query_effects,
)
from qloc.measures.scored_facts import scored_facts
from qloc.options import OUTPUT, PATHS
from qloc.randomness import generator
from qloc.tables import read_table, write_tables

logger = logging.getLogger(__name__)


@click.command()
@click.option("--mappings", required=True, type=PATHS, help="Of one model, all relations.")
@click.option("--scores", required=True, type=PATHS, help="Of the same model, all methods.")
@click.option("--static-threshold", required=True, type=click.FloatRange(min=0, max=1))
@click.option("--bootstrap-draws", required=True, type=click.IntRange(min=1))
@click.option("--seed", required=True, type=int)
@click.option("--summaries", required=True, type=OUTPUT)
@click.option("--comparisons", required=True, type=OUTPUT)
def command(
    mappings: list[Path],
    scores: list[Path],
    static_threshold: float,
    bootstrap_draws: int,
    seed: int,
    summaries: Path,
    comparisons: Path,
) -> None:
    """Estimate how far every neuron set moves the answer, by class of facts, and compare the sets.

    Both tables of a method see the same bootstrap draws.
    """
    facts = {
        path.stem: scored_facts(read_table(CONSISTENCY_SCORES, path), static_threshold)
        for path in scores
    }
    by_relation = [
        {
            method: query_effects(table[table["method"] == method], of_method)
            for method, of_method in facts.items()
        }
        for table in (read_table(QUERY_MAPPINGS, path) for path in mappings)
    ]
    summarized: list[pd.DataFrame] = []
    compared: list[pd.DataFrame] = []
    for method, of_method in facts.items():
        effects = joined([relation[method] for relation in by_relation])
        for estimate, parts in ((mapping_summaries, summarized), (mapping_comparisons, compared)):
            draws = generator(seed, "compare_mappings", method)
            rows = estimate(effects, of_method, bootstrap_draws, draws)
            parts.append(rows.assign(method=method))
        logger.info(
            "%s: %d queries of %d facts", method, len(effects.facts), len(set(effects.facts))
        )
    write_tables(
        [
            (MAPPING_SUMMARIES, pd.concat(summarized, ignore_index=True), summaries),
            (MAPPING_COMPARISONS, pd.concat(compared, ignore_index=True), comparisons),
        ]
    )
