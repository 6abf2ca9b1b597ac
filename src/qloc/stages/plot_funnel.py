"""Draw what every step left, from the files to a consistency score."""

import logging
from pathlib import Path

import click

from qloc.contracts.funnels import FUNNELS
from qloc.figures.formats import csv
from qloc.figures.funnel import describe, draw
from qloc.figures.style import svg
from qloc.options import INPUT, OUTPUT
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--funnel", required=True, type=INPUT, help="Of one model and method.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(funnel: Path, figure: Path, numbers: Path) -> None:
    """Draw what every step left, from the files to a consistency score."""
    counts = read_table(FUNNELS, funnel)
    drawn, description = draw(counts), describe(counts)
    write_files({figure: svg(drawn, description), numbers: csv(counts)})
    logger.info("%s", description)
