"""Tabulate what is left of edits of many facts, made one after another (Table 7), of all models."""

import logging
from pathlib import Path

import click

from qloc.contracts.edit_sequences import EDIT_SEQUENCES
from qloc.figures.formats import csv as as_csv
from qloc.figures.pages import page as as_page
from qloc.figures.sequence_tables import sequence_rows, sequence_tables
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables

logger = logging.getLogger(__name__)

TITLE = "Table 7: edits of many facts, one after another"
LEAD = (
    "Facts of both classes are edited one after another, each from the weights that the edits"
    " before it have left; after the last one the model is asked about all of them. Every run"
    " draws its facts and their order. Means and standard deviations are over runs."
)
NOTES = (
    "Rel: whether the edited queries do what they should: say the new object, or no longer say the"
    " old one. Gen: the same of the facts' other queries, also of those that chose the neurons."
    " Loc: the share of queries of facts that the run never edits whose prediction is what it was."
    " Avg: the mean of the three, run by run. ΔPPL: the rise of the perplexity of held-out text, in"
    " percent of what it was.",
    "Erased facts count as such also where the model is spoiled: it says anything but the old"
    " object. Read Rel and Gen of erasing beside Loc and ΔPPL.",
    "Where every object is a single token, all scorers say the same and one is shown. A set without"
    " a neuron edits nothing, and its fact counts as it is.",
)
NOTHING = "No fact was edited: none has a query and a target that can be told apart."


@click.command()
@click.option("--sequences", required=True, type=PATHS, help="Of all models and operations.")
@click.option("--csv", required=True, type=OUTPUT)
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
def command(sequences: list[Path], csv: Path, page: Path) -> None:
    """Tabulate what is left of edits of many facts, made one after another (Table 7)."""
    rows = sequence_rows(read_placed_tables(EDIT_SEQUENCES, sequences))
    tables = sequence_tables(rows)
    notes = NOTES if tables else [NOTHING]
    write_files({csv: as_csv(rows), page: as_page(TITLE, LEAD, tables, notes)})
    logger.info("%d rows, %d tables", len(rows), len(tables))
