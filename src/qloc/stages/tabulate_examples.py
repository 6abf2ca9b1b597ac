"""Tabulate the first pattern and the last fact of every relation (Table 5)."""

import logging
from pathlib import Path

import click

from qloc.contracts.facts import FACTS
from qloc.contracts.queries import QUERIES
from qloc.figures.formats import csv as as_csv
from qloc.figures.pages import PageTable
from qloc.figures.pages import page as as_page
from qloc.figures.tables import example_cells, example_rows
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_tables

logger = logging.getLogger(__name__)

TITLE = "Table 5: one fact of every relation"
LEAD = (
    "What is asked: of every relation the first usable pattern and the last fact of this run."
    " [X] is the subject's place; the model has to go on with the answer."
)
NOTES = (
    "Facts and patterns are those that were left after reading, filtering and sampling; the"
    " funnel says what was left out.",
    "The circulating text of the paper lost the number of this table; it is called Table 5 here.",
)


@click.command()
@click.option("--facts", required=True, type=PATHS, help="Of all relations.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--csv", required=True, type=OUTPUT)
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
def command(facts: list[Path], queries: list[Path], csv: Path, page: Path) -> None:
    """Tabulate the first pattern and the last fact of every relation (Table 5)."""
    rows = example_rows(read_tables(FACTS, facts), read_tables(QUERIES, queries))
    tables = [PageTable("First pattern and last fact of every relation", example_cells(rows))]
    write_files({csv: as_csv(rows), page: as_page(TITLE, LEAD, tables, NOTES)})
    logger.info("%d relations", len(rows))
