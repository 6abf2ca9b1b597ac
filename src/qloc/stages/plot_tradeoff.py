"""Draw what edits gain against what they cost, for all neuron sets and strengths."""

import logging
from pathlib import Path
from typing import Any

import click

from qloc.contracts.edit_summaries import EDIT_SUMMARIES
from qloc.figures.edit_points import points
from qloc.figures.formats import csv
from qloc.figures.style import svg
from qloc.figures.tradeoff import describe, draw
from qloc.options import INPUT, OUTPUT, SETTINGS
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--summaries", required=True, type=INPUT, help="Edit summaries.")
@click.option("--rules", required=True, type=SETTINGS, help="Ways of editing; the last is filled.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(summaries: Path, rules: dict[str, Any], figure: Path, numbers: Path) -> None:
    """Draw what edits gain against what they cost, for all neuron sets and strengths."""
    found, preset = points(read_table(EDIT_SUMMARIES, summaries)), list(rules)[-1]
    drawn, description = draw(found, preset), describe(found, preset)
    write_files({figure: svg(drawn, description), numbers: csv(found)})
    logger.info("%s", description)
