"""Tabulate how far every neuron set moves the answer, of all models and methods."""

import logging
from pathlib import Path

import click

from qloc.contracts.mapping_comparisons import MAPPING_COMPARISONS
from qloc.contracts.mapping_summaries import MAPPING_SUMMARIES
from qloc.figures.effect_tables import effect_rows, notes_on_static, without_unparted
from qloc.figures.formats import csv as as_csv
from qloc.figures.mapping_tables import mapping_tables
from qloc.figures.pages import page as as_page
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables

logger = logging.getLogger(__name__)

TITLE = "Neuron sets: how far each moves the answer"
LEAD = (
    "A query's answer is read again after the neurons of a set are suppressed (set to 0) or"
    " enhanced (doubled). Effects are relative changes of its probability in the expected"
    " direction, in percent, averaged over the queries of a fact and then over facts."
)
NOTES = (
    "In brackets: 95 % intervals of a two-stage bootstrap, relations then facts; Otsu's threshold"
    " is computed anew in every draw. Only facts with at least three studied queries take part.",
    "p is of Wilcoxon's signed-rank test over facts (zeros by Pratt), adjusted by Holm's method"
    " over the comparisons of one model, method, criterion, manipulation and class. It takes the"
    " facts of a relation as independent: about other relations believe the interval.",
    "K_I − K_C is a difference of differences: whether a set moves the answer more on inconsistent"
    " facts. These are defined by small overlaps, so their intersections are small by"
    " construction: compare with the set of the same size drawn from self.",
    "Suppressing takes away 100 % at most. Enhancing has no such limit where the answer's"
    " probability is small, and no room where it is near 1: see medians and ratios of means.",
)


@click.command()
@click.option("--summaries", required=True, type=PATHS, help="Of all models.")
@click.option("--comparisons", required=True, type=PATHS, help="Of all models.")
@click.option("--csv", required=True, type=OUTPUT)
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
def command(summaries: list[Path], comparisons: list[Path], csv: Path, page: Path) -> None:
    """Tabulate how far every neuron set moves the answer, of all models and methods."""
    effects = read_placed_tables(MAPPING_SUMMARIES, summaries)
    pairs = read_placed_tables(MAPPING_COMPARISONS, comparisons)
    rows = without_unparted(effect_rows(effects, pairs), effects)
    notes = [*NOTES, *notes_on_static(effects)]
    tables = mapping_tables(effects, pairs)
    write_files({csv: as_csv(rows), page: as_page(TITLE, LEAD, tables, notes)})
    logger.info("%d rows of %d models", len(rows), len(summaries))
