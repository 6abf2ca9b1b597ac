"""Draw the consistency score of every fact by relation (Fig. 3)."""

import logging
from pathlib import Path

import click

from qloc.contracts.class_summaries import CLASS_SUMMARIES
from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.figures.consistency import by_relation, describe, draw
from qloc.figures.formats import csv
from qloc.figures.style import svg
from qloc.options import INPUT, OUTPUT
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--scores", required=True, type=INPUT, help="Consistency scores.")
@click.option("--classes", required=True, type=INPUT, help="Consistency classes.")
@click.option("--summaries", required=True, type=INPUT, help="Class summaries.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(scores: Path, classes: Path, summaries: Path, figure: Path, numbers: Path) -> None:
    """Draw the consistency score of every fact by relation (Fig. 3)."""
    found, means = read_table(CONSISTENCY_SCORES, scores), read_table(CLASS_SUMMARIES, summaries)
    drawn = draw(found, read_table(CONSISTENCY_CLASSES, classes), means)
    description = describe(means)
    write_files({figure: svg(drawn, description), numbers: csv(by_relation(found))})
    logger.info("%s", description)
