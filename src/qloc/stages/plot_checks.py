"""Draw how exact the attributions are."""

import logging
from pathlib import Path

import click

from qloc.contracts.attribution_checks import ATTRIBUTION_CHECKS
from qloc.figures.checks import by_layer, describe, draw
from qloc.figures.formats import csv
from qloc.figures.style import svg
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_tables

logger = logging.getLogger(__name__)


@click.command()
@click.option("--checks", required=True, type=PATHS, help="Of one model and method, all relations.")
@click.option("--tolerance", required=True, type=float, help="Of the quadrature.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(checks: list[Path], tolerance: float, figure: Path, numbers: Path) -> None:
    """Draw how exact the attributions are."""
    found = read_tables(ATTRIBUTION_CHECKS, checks)
    drawn, description = draw(found, tolerance), describe(found, tolerance)
    write_files({figure: svg(drawn, description), numbers: csv(by_layer(found))})
    logger.info("%s", description)
