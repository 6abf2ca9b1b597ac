"""Draw whether the methods agree on neurons and on inconsistent facts."""

import logging
from pathlib import Path

import click

from qloc.contracts.class_agreements import CLASS_AGREEMENTS
from qloc.contracts.method_agreements import METHOD_AGREEMENTS
from qloc.figures.agreement import describe, draw, drawn_numbers
from qloc.figures.formats import csv
from qloc.figures.style import svg
from qloc.options import INPUT, OUTPUT
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--neurons", required=True, type=INPUT, help="Method agreements.")
@click.option("--classes", required=True, type=INPUT, help="Class agreements.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(neurons: Path, classes: Path, figure: Path, numbers: Path) -> None:
    """Draw whether the methods agree on neurons and on inconsistent facts."""
    found = read_table(METHOD_AGREEMENTS, neurons), read_table(CLASS_AGREEMENTS, classes)
    drawn, description = draw(*found), describe(*found)
    write_files({figure: svg(drawn, description), numbers: csv(drawn_numbers(*found))})
    logger.info("%s", description)
