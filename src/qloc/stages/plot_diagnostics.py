"""Draw whether there are two kinds of facts at all."""

import logging
from pathlib import Path

import click

from qloc.contracts.class_diagnostics import CLASS_DIAGNOSTICS
from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.figures.consistency import thresholds
from qloc.figures.diagnostics import describe, draw
from qloc.figures.formats import csv
from qloc.figures.style import svg
from qloc.options import INPUT, OUTPUT
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--scores", required=True, type=INPUT, help="Consistency scores.")
@click.option("--classes", required=True, type=INPUT, help="Consistency classes.")
@click.option("--diagnostics", required=True, type=INPUT, help="Class diagnostics.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(scores: Path, classes: Path, diagnostics: Path, figure: Path, numbers: Path) -> None:
    """Draw whether there are two kinds of facts at all."""
    found = read_table(CLASS_DIAGNOSTICS, diagnostics)
    cuts = thresholds(read_table(CONSISTENCY_CLASSES, classes))
    drawn = draw(read_table(CONSISTENCY_SCORES, scores), found, cuts)
    description = describe(found)
    write_files({figure: svg(drawn, description), numbers: csv(found)})
    logger.info("%s", description)
