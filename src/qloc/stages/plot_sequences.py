"""Draw what is left of edits while fact after fact is edited."""

import logging
from pathlib import Path
from typing import Any

import click

from qloc.contracts.edit_sequences import EDIT_SEQUENCES
from qloc.figures.formats import csv
from qloc.figures.sequences import along, describe, draw
from qloc.figures.style import svg
from qloc.options import OUTPUT, PATHS, SETTINGS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables

logger = logging.getLogger(__name__)


@click.command()
@click.option("--sequences", required=True, type=PATHS, help="Of one model.")
@click.option("--rules", required=True, type=SETTINGS, help="Ways of editing; the last is told.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(sequences: list[Path], rules: dict[str, Any], figure: Path, numbers: Path) -> None:
    """Draw what is left of edits while fact after fact is edited."""
    found = along(read_placed_tables(EDIT_SEQUENCES, sequences))
    drawn, description = draw(found), describe(found, list(rules)[-1])
    write_files({figure: svg(drawn, description), numbers: csv(found)})
    logger.info("%s", description)
