"""Draw what shared neurons follow: fact, object, template, final word."""

import logging
from pathlib import Path

import click

from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.neuron_set_overlaps import NEURON_SET_OVERLAPS
from qloc.figures.formats import csv
from qloc.figures.overlaps import describe, draw
from qloc.figures.style import svg
from qloc.options import INPUT, OUTPUT
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--overlaps", required=True, type=INPUT, help="Jaccard ladder.")
@click.option("--scores", required=True, type=INPUT, help="Consistency scores.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(overlaps: Path, scores: Path, figure: Path, numbers: Path) -> None:
    """Draw what shared neurons follow: fact, object, template, final word."""
    ladder = read_table(NEURON_SET_OVERLAPS, overlaps)
    drawn = draw(ladder, read_table(CONSISTENCY_SCORES, scores))
    description = describe(ladder)
    write_files({figure: svg(drawn, description), numbers: csv(ladder)})
    logger.info("%s", description)
