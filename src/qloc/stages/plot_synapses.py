"""Draw how far manipulated synapses move neurons and the answer (Fig. 6)."""

import logging
from pathlib import Path

import click

from qloc.contracts.synapse_summaries import SYNAPSE_SUMMARIES
from qloc.figures.estimates import shown
from qloc.figures.formats import csv
from qloc.figures.style import svg
from qloc.figures.synapses import describe, draw
from qloc.options import INPUT, OUTPUT
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--summaries", required=True, type=INPUT, help="Synapse summaries.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(summaries: Path, figure: Path, numbers: Path) -> None:
    """Draw how far manipulated synapses move neurons and the answer (Fig. 6)."""
    found = read_table(SYNAPSE_SUMMARIES, summaries)
    drawn, description = draw(found), describe(found)
    write_files({figure: svg(drawn, description), numbers: csv(shown(found))})
    logger.info("%s", description)
