"""Compare the neurons of pairs of queries, by what the queries share: the Jaccard ladder."""

import logging
from pathlib import Path

import click
import numpy as np
import pandas as pd
from jaxtyping import Int

from qloc.contracts.answers import ANSWERS
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.neuron_set_overlaps import NEURON_SET_OVERLAPS
from qloc.contracts.queries import QUERIES
from qloc.measures.bootstrap import observed, two_stage_interval
from qloc.measures.consistency import pair_jaccards
from qloc.measures.final_words import final_word_pairs
from qloc.measures.ladder import RUNGS, ladder_means, ladder_pairs
from qloc.measures.neuron_sets import NeuronSets
from qloc.measures.studied_queries import StudiedQueries, selected_sets, studied_queries
from qloc.options import INPUT, OUTPUT, PATHS
from qloc.randomness import generator
from qloc.tables import read_table, read_tables, write_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--knowledge-neurons", required=True, type=INPUT)
@click.option("--answers", required=True, type=PATHS, help="Of one model, all relations.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--bootstrap-draws", required=True, type=click.IntRange(min=1))
@click.option("--seed", required=True, type=int)
@click.option("--overlaps", required=True, type=OUTPUT)
def command(
    knowledge_neurons: Path,
    answers: list[Path],
    queries: list[Path],
    bootstrap_draws: int,
    seed: int,
    overlaps: Path,
) -> None:
    """Compare the neurons of pairs of queries, by what the queries share: the Jaccard ladder."""
    studied = studied_queries(read_tables(ANSWERS, answers), read_tables(QUERIES, queries))
    sets = selected_sets(read_table(KNOWLEDGE_NEURONS, knowledge_neurons), studied)
    ladder = {rung: ladder_pairs(studied, rung, seed) for rung in RUNGS}
    split = final_word_pairs(studied, ladder["same_fact"])
    rungs = [
        _rung(rung, pairs, studied, sets, bootstrap_draws, seed)
        for rung, pairs in (*ladder.items(), *split.items())
    ]
    rows = pd.DataFrame(rungs)
    write_table(NEURON_SET_OVERLAPS, rows, overlaps)
    logger.info("%d pairs of queries of %d facts", rows["n_pairs"].sum(), studied.n_facts)


def _rung(
    rung: str,
    pairs: Int[np.ndarray, "pair 2"],
    studied: StudiedQueries,
    sets: NeuronSets,
    n_draws: int,
    seed: int,
) -> dict[str, object]:
    jaccards = pair_jaccards(sets, pairs)
    first, second = studied.facts[pairs].T
    statistic = ladder_means(jaccards, first, second, studied.relations)
    low, high = two_stage_interval(
        statistic, studied.relations, n_draws, generator(seed, "compare_neuron_sets", rung)
    )[:2, 0]
    return {
        "rung": rung,
        "n_pairs": int((~np.isnan(jaccards)).sum()),
        "n_facts": len(np.unique(first[~np.isnan(jaccards)])),
        "mean_jaccard": observed(statistic, studied.relations)[0],
        "ci_low": low,
        "ci_high": high,
    }
