"""Compare the neuron sets that different methods give the same queries."""

import itertools
import logging
from pathlib import Path

import click
import numpy as np
import pandas as pd
from jaxtyping import Float

from qloc.contracts.answers import ANSWERS
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.method_agreements import METHOD_AGREEMENTS
from qloc.contracts.queries import QUERIES
from qloc.measures.bootstrap import (
    Statistic,
    conditional_interval,
    two_stage_interval,
    weighted_means,
)
from qloc.measures.consistency import means_by_fact
from qloc.measures.method_agreement import (
    PARTNERS,
    Agreement,
    agreement,
    partner_pairs,
    stacked_sets,
)
from qloc.measures.studied_queries import StudiedQueries, studied_queries
from qloc.options import OUTPUT, PATHS
from qloc.randomness import generator
from qloc.tables import read_table, read_tables, write_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--knowledge-neurons", required=True, type=PATHS, help="Of one model, all methods.")
@click.option("--answers", required=True, type=PATHS, help="Of the same model, all relations.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--chance-draws", required=True, type=click.IntRange(min=1), help="Of each fact.")
@click.option("--bootstrap-draws", required=True, type=click.IntRange(min=1))
@click.option("--seed", required=True, type=int)
@click.option("--agreements", required=True, type=OUTPUT)
def command(
    knowledge_neurons: list[Path],
    answers: list[Path],
    queries: list[Path],
    chance_draws: int,
    bootstrap_draws: int,
    seed: int,
    agreements: Path,
) -> None:
    """Compare the neuron sets that different methods give the same queries."""
    studied = studied_queries(read_tables(ANSWERS, answers), read_tables(QUERIES, queries))
    sets = stacked_sets([read_table(KNOWLEDGE_NEURONS, p) for p in knowledge_neurons], studied)
    pairs = partner_pairs(studied, chance_draws, seed)
    names = [path.stem for path in knowledge_neurons]
    parts = [
        _compared(
            agreement(sets, len(studied.query_ids), (first, second), pairs),
            studied,
            bootstrap_draws,
            seed,
        ).assign(method=names[first], other_method=names[second])
        for first, second in itertools.combinations(range(len(names)), 2)
    ]
    rows = pd.concat(parts, ignore_index=True)
    write_table(METHOD_AGREEMENTS, rows, agreements)
    logger.info("%d methods on %d queries", len(names), len(studied.query_ids))


def _compared(found: Agreement, studied: StudiedQueries, n_draws: int, seed: int) -> pd.DataFrame:
    """Rows of two methods: all relations first, then each, with every kind of partner."""
    differences = found.jaccards[:, :1] - found.jaccards
    differences[:, 0] = np.nan  # of the same query from itself
    values = np.concatenate([found.jaccards, differences, found.attainable], axis=1)
    of_facts, relations = means_by_fact(values, studied.facts, studied.n_facts), studied.relations
    ends = two_stage_interval(
        _means(of_facts), relations, n_draws, generator(seed, "compare_methods", "all")
    )[:2]
    parts = [_rows("all", values, of_facts, ends)]
    for number, name in enumerate(studied.relation_names):
        inside = of_facts[relations == number]
        alone = np.zeros(len(inside), dtype=np.int64)
        draws = generator(seed, "compare_methods", str(name))
        ends = conditional_interval(_means(inside), alone, n_draws, draws)
        of_queries = values[relations[studied.facts] == number]
        parts.append(_rows(str(name), of_queries, inside, ends))
    return pd.concat(parts, ignore_index=True)


def _means(values: Float[np.ndarray, "fact measure"]) -> Statistic:
    """The mean of each measure over the facts that have it."""
    return lambda draws: weighted_means(values, draws.facts)


def _rows(
    relation: str,
    of_queries: Float[np.ndarray, "query measure"],
    of_facts: Float[np.ndarray, "fact measure"],
    ends: Float[np.ndarray, "2 measure"],
) -> pd.DataFrame:
    """One row for each kind of partner; measures are Jaccard indices, differences, attainable."""
    means = weighted_means(of_facts, np.ones((1, len(of_facts))))[0]
    jaccards, differences, attainable = np.split(np.arange(len(means)), 3)
    return pd.DataFrame(
        {
            "partner": PARTNERS,
            "relation": relation,
            "n_queries": (~np.isnan(of_queries[:, jaccards])).sum(axis=0),
            "n_facts": (~np.isnan(of_facts[:, jaccards])).sum(axis=0),
            "mean_jaccard": means[jaccards],
            "ci_low": ends[0, jaccards],
            "ci_high": ends[1, jaccards],
            "difference": means[differences],
            "difference_ci_low": ends[0, differences],
            "difference_ci_high": ends[1, differences],
            "attainable_jaccard": means[attainable],
        }
    )
