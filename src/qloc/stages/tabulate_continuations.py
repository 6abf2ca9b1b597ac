"""Tabulate what models say of their own accord before and after edits (Table 8)."""

import logging
from pathlib import Path

import click

from qloc.contracts.continuations import CONTINUATIONS
from qloc.figures.continuation_tables import continuation_rows, continuation_tables
from qloc.figures.formats import csv as as_csv
from qloc.figures.pages import page as as_page
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables

logger = logging.getLogger(__name__)

TITLE = "Table 8: what a model says before and after an edit"
LEAD = (
    "Of one consistent and one inconsistent fact: what the model says behind the edited query and"
    " behind another one, the most probable token each time, with the neurons of each set edited"
    " at the chosen strength."
)
NOTES = (
    "Facts and queries are drawn, not picked. All queries of a fact, the shown ones too, have a say"
    " in its union and its consistency-aware set.",
    "Two facts are two facts: Tables 2 and 3 say how often what happens.",
)
NOTHING = "No fact was edited: none has a query and a target that can be told apart."


@click.command()
@click.option("--continuations", required=True, type=PATHS, help="Of all models.")
@click.option("--csv", required=True, type=OUTPUT)
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
def command(continuations: list[Path], csv: Path, page: Path) -> None:
    """Tabulate what models say of their own accord before and after edits (Table 8)."""
    rows = continuation_rows(read_placed_tables(CONTINUATIONS, continuations))
    tables = continuation_tables(rows)
    notes = NOTES if tables else [NOTHING]
    write_files({csv: as_csv(rows), page: as_page(TITLE, LEAD, tables, notes)})
    logger.info(
        "%d texts of %d facts", len(rows), len(rows[["model", "fact_id"]].drop_duplicates())
    )
