"""Draw how the share of inconsistent facts depends on both thresholds (Fig. 9)."""

import logging
from pathlib import Path

import click

from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.threshold_sweeps import THRESHOLD_SWEEPS
from qloc.figures.consistency import thresholds
from qloc.figures.formats import csv
from qloc.figures.style import svg
from qloc.figures.sweep import describe, draw
from qloc.options import INPUT, OUTPUT
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--sweep", required=True, type=INPUT, help="Threshold sweep.")
@click.option("--classes", required=True, type=INPUT, help="Consistency classes.")
@click.option("--selection-threshold", required=True, type=float, help="The study's own.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(
    sweep: Path, classes: Path, selection_threshold: float, figure: Path, numbers: Path
) -> None:
    """Draw how the share of inconsistent facts depends on both thresholds (Fig. 9)."""
    swept = read_table(THRESHOLD_SWEEPS, sweep)
    found = thresholds(read_table(CONSISTENCY_CLASSES, classes))
    drawn, description = (
        draw(swept, selection_threshold, found),
        describe(swept),
    )
    write_files({figure: svg(drawn, description), numbers: csv(swept)})
    logger.info("%s", description)
