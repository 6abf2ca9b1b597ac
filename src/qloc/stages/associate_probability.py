"""Associate adjusted consistency with answer probability, within relation and number of queries."""

import logging
from pathlib import Path

import click
import numpy as np
import pandas as pd

from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.probability_associations import PROBABILITY_ASSOCIATIONS
from qloc.measures.association import rank_correlation
from qloc.measures.bootstrap import conditional_interval, observed, two_stage_interval
from qloc.options import INPUT, OUTPUT
from qloc.randomness import generator
from qloc.tables import read_table, write_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--scores", required=True, type=INPUT)
@click.option("--bootstrap-draws", required=True, type=click.IntRange(min=1))
@click.option("--seed", required=True, type=int)
@click.option("--associations", required=True, type=OUTPUT)
def command(scores: Path, bootstrap_draws: int, seed: int, associations: Path) -> None:
    """Associate adjusted consistency with answer probability.

    Facts are compared within their relation and number of queries. The interval of all
    facts resamples relations and facts, that of a relation its facts.
    """
    table = read_table(CONSISTENCY_SCORES, scores)
    facts = table[table["adjusted_consistency_score"].notna()]
    parts = [("all", facts), *((str(name), part) for name, part in facts.groupby("relation"))]
    rows = pd.DataFrame(
        [
            {
                "stratum": name,
                "n_facts": len(part),
                **_association(part, name, bootstrap_draws, seed),
            }
            for name, part in parts
        ]
    )
    write_table(PROBABILITY_ASSOCIATIONS, rows, associations)
    logger.info("%d facts, rank correlation %.3f", len(facts), rows["correlation"].iloc[0])


def _association(facts: pd.DataFrame, name: str, n_draws: int, seed: int) -> dict[str, float]:
    """The correlation of these facts and its interval."""
    relations = pd.factorize(facts["relation"], sort=True)[0]
    statistic = rank_correlation(
        facts["adjusted_consistency_score"].to_numpy(),
        facts["mean_answer_probability"].to_numpy(),
        facts.groupby(["relation", "n_queries"]).ngroup().to_numpy(dtype=np.int64),
    )
    interval = two_stage_interval if name == "all" else conditional_interval
    draws = generator(seed, "associate_probability", name)
    low, high = interval(statistic, relations, n_draws, draws)[:2, 0]
    return {
        "correlation": float(observed(statistic, relations)[0]),
        "ci_low": low,
        "ci_high": high,
    }
