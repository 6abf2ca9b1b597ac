"""Draw how a tiny model learned."""

import logging
from pathlib import Path

import click

from qloc.contracts.training import TRAINING
from qloc.figures.formats import csv
from qloc.figures.style import svg
from qloc.figures.training import describe, draw
from qloc.options import INPUT, OUTPUT
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--training", required=True, type=INPUT, help="Of one trained model.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(training: Path, figure: Path, numbers: Path) -> None:
    """Draw how a tiny model learned."""
    measured = read_table(TRAINING, training)
    drawn, description = draw(measured), describe(measured)
    write_files({figure: svg(drawn, description), numbers: csv(measured)})
    logger.info("%s", description)
