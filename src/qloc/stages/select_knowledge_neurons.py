"""Select the neurons whose score exceeds the threshold's share of the query's best."""

import logging
from pathlib import Path

import click

from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.measures.selection import best_scores, exceeds_share
from qloc.options import OUTPUT, PATHS
from qloc.tables import read_tables, write_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--attributions", required=True, type=PATHS, help="Of all relations.")
@click.option(
    "--selection-threshold",
    required=True,
    type=click.FloatRange(min=0, max=1, max_open=True),
    help="Share of a query's best score that a knowledge neuron exceeds.",
)
@click.option("--knowledge-neurons", required=True, type=OUTPUT)
def command(attributions: list[Path], selection_threshold: float, knowledge_neurons: Path) -> None:
    """Select the neurons whose score exceeds the threshold's share of the query's best."""
    rows = read_tables(ATTRIBUTIONS, attributions)
    number, names = rows["query_id"].factorize()
    scores = rows["score"].to_numpy()
    best = best_scores(scores, number, len(names))
    selected = rows[exceeds_share(scores, best, selection_threshold)]
    relation = selected["fact_id"].str.rsplit("/", n=1).str[0]
    neurons = selected.drop(columns="activation").assign(relation=relation)
    write_table(KNOWLEDGE_NEURONS, neurons, knowledge_neurons)
    logger.info("%d knowledge neurons of %d queries", len(neurons), len(names))
