"""Draw all claims of all models: intervals, the regions fixed beforehand, verdicts."""

import logging
from pathlib import Path

import click

from qloc.contracts.claims import CLAIMS
from qloc.figures.claims import describe, draw, of_method
from qloc.figures.formats import csv
from qloc.figures.style import svg
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables

logger = logging.getLogger(__name__)


@click.command()
@click.option("--claims", required=True, type=PATHS, help="Of all models.")
@click.option("--method", required=True, help="By which way of attributing they are shown.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(claims: list[Path], method: str, figure: Path, numbers: Path) -> None:
    """Draw all claims of all models: intervals, the regions fixed beforehand, verdicts."""
    rows = of_method(read_placed_tables(CLAIMS, claims), method)
    description = describe(rows)
    write_files({figure: svg(draw(rows), description), numbers: csv(rows)})
    logger.info("%s", description)
