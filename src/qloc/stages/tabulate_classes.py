"""Tabulate shares and mean scores of the two classes, of all models and methods (Table 1)."""

import logging
from pathlib import Path

import click

from qloc.contracts.class_agreements import CLASS_AGREEMENTS
from qloc.contracts.class_comparisons import CLASS_COMPARISONS
from qloc.contracts.class_summaries import CLASS_SUMMARIES
from qloc.figures.formats import csv as as_csv
from qloc.figures.pages import PageTable
from qloc.figures.pages import page as as_page
from qloc.figures.tables import agreement_cells, class_cells, class_rows
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables

logger = logging.getLogger(__name__)

TITLE = "Table 1: consistent and inconsistent facts"
LEAD = (
    "Facts are consistent (K_C) if their consistency score (CS) reaches the threshold, and"
    " inconsistent (K_I) otherwise; R_C and R_I are their shares."
)
NOTES = (
    "In brackets: 95 % intervals of a two-stage bootstrap, relations then facts; Otsu's threshold"
    " is computed anew in every draw. “These relations” resamples the facts of these relations"
    " only.",
    "Welch's t compares two halves of a variable that was cut by itself, so it is large whatever"
    " the facts are: a sanity check, no evidence of two kinds. For that see the figure “two kinds"
    " of facts at all?”.",
)
NOTES_ON_METHODS = (
    "R_I of all methods counts the facts that every method calls inconsistent (an intersection;"
    " the paper prints “union”), of the facts that all of them classify. Methods that know nothing"
    " of each other would agree on the product of their shares; as classes depend on the relation,"
    " a second product is taken within each relation and averaged over facts. The excess is the"
    " share less the product: within relations it is agreement on facts.",
)


@click.command()
@click.option("--summaries", required=True, type=PATHS, help="Of all models and methods.")
@click.option("--comparisons", required=True, type=PATHS, help="Of all models and methods.")
@click.option("--agreements", required=True, type=PATHS, help="Of all models, or none.")
@click.option("--csv", required=True, type=OUTPUT)
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
def command(
    summaries: list[Path], comparisons: list[Path], agreements: list[Path], csv: Path, page: Path
) -> None:
    """Tabulate shares and mean scores of the two classes, of all models and methods (Table 1)."""
    compared = read_placed_tables(CLASS_AGREEMENTS, agreements)
    rows = class_rows(
        read_placed_tables(CLASS_SUMMARIES, summaries),
        read_placed_tables(CLASS_COMPARISONS, comparisons),
        compared,
    )
    tables = [PageTable("Shares and mean scores of the two classes", class_cells(rows))]
    notes = list(NOTES)
    if agreements:
        tables.append(PageTable("Inconsistent to all methods at once", agreement_cells(compared)))
        notes += NOTES_ON_METHODS
    write_files({csv: as_csv(rows), page: as_page(TITLE, LEAD, tables, notes)})
    logger.info("%d rows of %d tables", len(rows), len(summaries))
