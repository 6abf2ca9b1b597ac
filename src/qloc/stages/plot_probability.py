"""Draw adjusted consistency against answer probability."""

import logging
from pathlib import Path

import click

from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.probability_associations import PROBABILITY_ASSOCIATIONS
from qloc.figures.formats import csv
from qloc.figures.probability import describe, draw
from qloc.figures.style import svg
from qloc.options import INPUT, OUTPUT
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--scores", required=True, type=INPUT, help="Consistency scores.")
@click.option("--associations", required=True, type=INPUT, help="Probability associations.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(scores: Path, associations: Path, figure: Path, numbers: Path) -> None:
    """Draw adjusted consistency against answer probability."""
    found = read_table(PROBABILITY_ASSOCIATIONS, associations)
    drawn = draw(read_table(CONSISTENCY_SCORES, scores), found)
    description = describe(found)
    write_files({figure: svg(drawn, description), numbers: csv(found)})
    logger.info("%s", description)
