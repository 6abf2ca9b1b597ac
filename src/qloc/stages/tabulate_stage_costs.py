"""Tabulate what the stages that open a model took, of all models, beside what was planned."""

import logging
from pathlib import Path

import click

from qloc.contracts.stage_costs import STAGE_COSTS
from qloc.figures.formats import csv as as_csv
from qloc.figures.pages import PageTable
from qloc.figures.pages import page as as_page
from qloc.figures.stage_cost_tables import space_cells, stage_cost_rows, work_cells
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables

logger = logging.getLogger(__name__)

TITLE = "What it cost"
LEAD = (
    "The jobs that open a model, by stage: what they were planned to take, by the formulas of"
    " “qloc plan”, and what they took, by the benchmark files of the run."
)
NOTES = (
    "Planned work is that of matrix products, for the queries that turned out to be studied;"
    " GFLOP/s is planned work by wall time. A job spends some seconds on starting and on opening"
    " its model, which is most of its time where the model is tiny. For another study on this"
    " machine “qloc plan --rate” takes the rate of the stages with most work, in TFLOP/s.",
    "Wall time is the sum over jobs as if they ran one after another; other work on the machine"
    " lengthens it. CPU time and memory are what Snakemake saw: it looks every half second at"
    " first, then every thirty seconds, so that up to half a minute of a long job's CPU time, and"
    " a peak in it, may lack. Only the attempt that succeeded is counted.",
    "Memory is that of the node: what the processes of the largest job held. What an accelerator"
    " held is not measured.",
    "Not here: stages that work on tables, figures and pages, Snakemake itself, and waiting.",
)


@click.command()
@click.option("--costs", required=True, type=PATHS, help="Of the stages of all models.")
@click.option("--csv", required=True, type=OUTPUT)
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
def command(costs: list[Path], csv: Path, page: Path) -> None:
    """Tabulate what the stages took, of all models, beside what was planned."""
    rows = stage_cost_rows(read_placed_tables(STAGE_COSTS, costs))
    tables = [
        PageTable("Work and time", work_cells(rows)),
        PageTable("Memory of the largest job, and files that all jobs wrote", space_cells(rows)),
    ]
    write_files({csv: as_csv(rows), page: as_page(TITLE, LEAD, tables, NOTES)})
    logger.info("%d rows of %d models", len(rows), len(costs))
