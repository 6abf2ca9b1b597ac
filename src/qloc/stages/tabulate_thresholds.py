"""Tabulate static and Otsu thresholds of all models and methods beside the paper's (Table 4)."""

import logging
from pathlib import Path

import click

from qloc.contracts.class_summaries import CLASS_SUMMARIES
from qloc.figures.formats import csv as as_csv
from qloc.figures.pages import PageTable
from qloc.figures.pages import page as as_page
from qloc.figures.tables import threshold_cells, threshold_rows
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables

logger = logging.getLogger(__name__)

TITLE = "Table 4: thresholds"
LEAD = (
    "From which consistency score on a fact is consistent: the static threshold is set beforehand,"
    " Otsu's is the cut that separates the scores of one model and method best."
)
NOTES = (
    "In brackets: 95 % intervals of a two-stage bootstrap, relations then facts. The paper gives"
    " one Otsu threshold for each of its three methods, and no interval. Its models are not those"
    " of this run, so the values stand beside each other and are not compared.",
    "The circulating text of the paper lost the number of this table; it is called Table 4 here.",
)


@click.command()
@click.option("--summaries", required=True, type=PATHS, help="Of all models and methods.")
@click.option("--csv", required=True, type=OUTPUT)
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
def command(summaries: list[Path], csv: Path, page: Path) -> None:
    """Tabulate static and Otsu thresholds of all models and methods beside the paper's."""
    rows = threshold_rows(read_placed_tables(CLASS_SUMMARIES, summaries))
    tables = [PageTable("Thresholds of the consistency score", threshold_cells(rows))]
    write_files({csv: as_csv(rows), page: as_page(TITLE, LEAD, tables, NOTES)})
    logger.info("%d thresholds", len(rows))
