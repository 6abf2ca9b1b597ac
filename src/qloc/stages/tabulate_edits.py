"""Tabulate how well edits of every neuron set do (Tables 2 and 3), of all models and methods."""

import logging
from pathlib import Path

import click

from qloc.contracts.edit_comparisons import EDIT_COMPARISONS
from qloc.contracts.edit_summaries import EDIT_SUMMARIES
from qloc.figures.edit_tables import edit_tables, shown_comparisons, shown_summaries
from qloc.figures.effect_tables import effect_rows
from qloc.figures.formats import csv as as_csv
from qloc.figures.pages import page as as_page
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables

logger = logging.getLogger(__name__)

TITLE = "Tables 2 and 3: the quality of edits"
LEAD = (
    "A fact is erased, or updated to another object, by changing the value vectors of a set of"
    " neurons; then the model is asked again. Every set is edited at the strength that calibration"
    " facts chose for the query's own neurons, and stands above controls of as many neurons."
)
NOTES = (
    "Rel: whether the edited query does what it should: says the new object, or no longer says the"
    " old one. Gen: the same of the fact's other queries. Loc: the share of unrelated queries whose"
    " prediction is what it was. Avg: the mean of the three, over facts that have them all. ΔPPL:"
    " the rise of the perplexity of held-out text, in percent of what it was; lower is better. By"
    " the first token, if no scorer is named.",
    "Sets of half of the queries are chosen without the queries that Gen is scored on; facts with"
    " fewer than four known queries have none, so n of Gen is smaller. The paper scores sets on the"
    " queries that chose them.",
    "Controls have as many neurons as the set above them: drawn at random from all that are in none"
    " of the fact's sets, or those of the largest scores of the edited query. A set without a"
    " neuron edits nothing, and counts as it is.",
    "In brackets: 95 % intervals of a two-stage bootstrap, relations then facts; Otsu's threshold"
    " is computed anew in every draw. K_I − K_C is the mean on inconsistent facts less that on"
    " consistent ones.",
    "p is of Wilcoxon's signed-rank test over facts (zeros by Pratt), adjusted by Holm's method"
    " over all pairs of sets of one model, method, operation, preset, metric and class. It takes"
    " the facts of a relation as independent: about other relations believe the interval.",
)
NOTHING = "No fact was edited: none has a query and a target that can be told apart."


@click.command()
@click.option("--summaries", required=True, type=PATHS, help="Of all models.")
@click.option("--comparisons", required=True, type=PATHS, help="Of all models.")
@click.option("--csv", required=True, type=OUTPUT)
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
def command(summaries: list[Path], comparisons: list[Path], csv: Path, page: Path) -> None:
    """Tabulate how well edits of every neuron set do, of all models and methods."""
    qualities = shown_summaries(read_placed_tables(EDIT_SUMMARIES, summaries))
    pairs = shown_comparisons(read_placed_tables(EDIT_COMPARISONS, comparisons))
    tables = edit_tables(qualities, pairs)
    notes = NOTES if tables else [NOTHING]
    write_files(
        {csv: as_csv(effect_rows(qualities, pairs)), page: as_page(TITLE, LEAD, tables, notes)}
    )
    logger.info("%d tables of %d models", len(tables), len(summaries))
