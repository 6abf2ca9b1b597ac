"""Tabulate what manipulating synapses costs, of all models (Table 6)."""

import logging
from pathlib import Path

import click

from qloc.contracts.manipulation_costs import MANIPULATION_COSTS
from qloc.figures.cost_tables import cost_cells, cost_rows
from qloc.figures.formats import csv as as_csv
from qloc.figures.pages import PageTable
from qloc.figures.pages import page as as_page
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables

logger = logging.getLogger(__name__)

TITLE = "Table 6: what manipulating synapses costs"
LEAD = (
    "Time and memory of reading the neurons' values and the answer of one query, with nothing"
    " manipulated, and with the synapses suppressed or enhanced. Values are activations, which one"
    " run gives, or attributions, which take a path of runs."
)
NOTES = (
    "Time is that of the wall clock, the median of the repeats of a query and then over queries;"
    " queries run one at a time, operations in turn. Peak memory is what was held above what was"
    " held before. Other work on the machine shows in both: no two runs agree.",
    "The paper's Table 6 measures other models on another machine: its numbers do not compare.",
)


@click.command()
@click.option("--costs", required=True, type=PATHS, help="Of all models.")
@click.option("--csv", required=True, type=OUTPUT)
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
def command(costs: list[Path], csv: Path, page: Path) -> None:
    """Tabulate what manipulating synapses costs, of all models (Table 6)."""
    rows = cost_rows(read_placed_tables(MANIPULATION_COSTS, costs))
    tables = [PageTable("Time and peak memory of one query", cost_cells(rows))]
    write_files({csv: as_csv(rows), page: as_page(TITLE, LEAD, tables, NOTES)})
    logger.info("%d rows of %d models", len(rows), len(costs))
