"""Draw in which layers and heads synapses lie, and how many in the first column."""

import logging
from pathlib import Path

import click

from qloc.contracts.synapse_places import SYNAPSE_PLACES
from qloc.figures.formats import csv
from qloc.figures.style import svg
from qloc.figures.synapse_places import describe, draw, shares
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_tables

logger = logging.getLogger(__name__)


@click.command()
@click.option("--places", required=True, type=PATHS, help="Of one model, all relations.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(places: list[Path], figure: Path, numbers: Path) -> None:
    """Draw in which layers and heads synapses lie, and how many in the first column."""
    found = read_tables(SYNAPSE_PLACES, places)
    drawn, description = draw(found), describe(found)
    write_files({figure: svg(drawn, description), numbers: csv(shares(found))})
    logger.info("%s", description)
