"""Tabulate the paper's claims, what was found of each, and the verdicts."""

import logging
from pathlib import Path

import click

from qloc.contracts.claims import CLAIMS
from qloc.figures.claim_tables import claim_captions, claim_cells
from qloc.figures.formats import csv as as_csv
from qloc.figures.pages import PageTable
from qloc.figures.pages import page as as_page
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables

logger = logging.getLogger(__name__)

TITLE = "The paper's claims"
LEAD = (
    "Each claim is judged by a rule that was set before looking. It is supported if the whole 95 %"
    " interval lies where the claim says, not supported if all of it lies elsewhere, and undecided"
    " if it crosses the limit; a claim of several parts is as weak as its weakest."
)
NOTES = (
    "Intervals are of a two-stage bootstrap, relations then facts. Ten claims are judged of each"
    " model: “ten at once” gives the verdicts by intervals that hold all together in 95 %.",
    "The rules are settings, in the group `claims`; the paper states none and gives no interval.",
    "“Direction” asks of the estimate alone whether it lies where the paper says. “The paper” is"
    " what it prints of a like number, with this run's own; it prints no interval, so that to"
    " differ from it is no verdict.",
    "Edits are updates, of the preset that the study lists last; synapses those of the first.",
)


@click.command()
@click.option("--claims", required=True, type=PATHS, help="Of all models.")
@click.option("--csv", required=True, type=OUTPUT)
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
def command(claims: list[Path], csv: Path, page: Path) -> None:
    """Tabulate the paper's claims, what was found of each, and the verdicts."""
    rows = read_placed_tables(CLAIMS, claims)
    tables = [
        PageTable(caption, claim_cells(rows, model, method))
        for model, method, caption in claim_captions(rows)
    ]
    write_files({csv: as_csv(rows), page: as_page(TITLE, LEAD, tables, NOTES)})
    logger.info("%d claims", len(rows))
