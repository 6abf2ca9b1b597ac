"""Draw which quadratures give which neuron sets, and what they cost."""

import logging
from pathlib import Path

import click

from qloc.contracts.quadrature_comparisons import QUADRATURE_COMPARISONS
from qloc.figures.formats import csv
from qloc.figures.quadratures import by_rule, describe, draw
from qloc.figures.style import svg
from qloc.measures.quadrature import QUADRATURES
from qloc.options import INPUT, OUTPUT
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--comparisons", required=True, type=INPUT, help="Of one model.")
@click.option("--quadrature", required=True, type=click.Choice(QUADRATURES), help="The study's.")
@click.option("--steps", required=True, type=click.IntRange(min=2), help="Its, if it is fixed.")
@click.option("--tolerance", required=True, type=float, help="Of adaptive.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(
    comparisons: Path, quadrature: str, steps: int, tolerance: float, figure: Path, numbers: Path
) -> None:
    """Draw which quadratures give which neuron sets, and what they cost."""
    found = read_table(QUADRATURE_COMPARISONS, comparisons)
    drawn = draw(found, quadrature, steps, tolerance)
    description = describe(found, quadrature, steps)
    write_files({figure: svg(drawn, description), numbers: csv(by_rule(found))})
    logger.info("%s", description)
