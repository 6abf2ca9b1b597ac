"""Draw two facts' neurons with and without their synapses (Figs. 5 and 10)."""

import logging
from pathlib import Path

import click

from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.queries import QUERIES
from qloc.contracts.synapse_examples import SYNAPSE_EXAMPLES
from qloc.figures.formats import csv
from qloc.figures.style import svg
from qloc.figures.synapse_examples import cells, describe, draw, examples
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables, read_tables

logger = logging.getLogger(__name__)


@click.command()
@click.option(
    "--examples", "values", required=True, type=PATHS, help="Of one model, all relations."
)
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--scores", required=True, type=PATHS, help="Consistency scores of all methods.")
@click.option("--classes", required=True, type=PATHS, help="Of all methods.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(
    values: list[Path],
    queries: list[Path],
    scores: list[Path],
    classes: list[Path],
    figure: Path,
    numbers: Path,
) -> None:
    """Draw two facts' neurons with and without their synapses (Figs. 5 and 10)."""
    facts = examples(
        read_tables(SYNAPSE_EXAMPLES, values),
        read_tables(QUERIES, queries),
        read_placed_tables(CONSISTENCY_SCORES, scores),
        read_placed_tables(CONSISTENCY_CLASSES, classes),
    )
    drawn, description = draw(facts), describe(facts)
    write_files({figure: svg(drawn, description), numbers: csv(cells(facts))})
    logger.info("%s", description)
