"""Tabulate what manipulated synapses move, and what controls leave of it, of all models."""

import logging
from pathlib import Path

import click
import pandas as pd

from qloc.contracts.synapse_answers import SYNAPSE_ANSWERS
from qloc.contracts.synapse_comparisons import SYNAPSE_COMPARISONS
from qloc.contracts.synapse_summaries import SYNAPSE_SUMMARIES
from qloc.figures.effect_tables import effect_rows, notes_on_static, without_unparted
from qloc.figures.formats import csv as as_csv
from qloc.figures.pages import page as as_page
from qloc.figures.synapse_tables import (
    column_rows,
    column_table,
    shown_comparisons,
    shown_effects,
    synapse_tables,
)
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables

logger = logging.getLogger(__name__)

TITLE = "Knowledge synapses: what they move"
LEAD = (
    "Columns of attention that get much of it are suppressed (× 0) or enhanced (× 2); renormalised,"
    " rows add up to 1 again. Effects are relative changes of neurons' values and of the answer's"
    " probability in the expected direction, in percent, averaged over the queries of a fact and"
    " then over facts."
)
NOTES = (
    "Where nearly all attention lies in the synapses, to suppress them is to take attention away:"
    " see what is manipulated, and the mass-matched control.",
    "In brackets: 95 % intervals of a two-stage bootstrap, relations then facts; Otsu's threshold"
    " is computed anew in every draw.",
    "p is of Wilcoxon's signed-rank test over facts (zeros by Pratt), adjusted by Holm's method"
    " over all comparisons of one model, method, criterion, class and preset. It takes the facts of"
    " a relation as independent: about other relations believe the interval.",
    "own: the query's knowledge neurons; neighbors: those of the fact's other queries; neighbors"
    " only: the same without own; random: as many as own of the same layers, none of the fact's;"
    " random any: of any layer.",
    "Neurons chosen without looking at their values can have hardly any: a change of theirs is huge"
    " in percent, and few queries can carry a mean. Medians and ratios of means do not heed them,"
    " nor does p; where they disagree with a mean, believe them.",
    "Mass matched is as much attention taken from or added to every row as by the synapses, spread"
    " over all it sees: what is left of the effect is due to where attention goes, not how much. It"
    " has no renormalised form.",
    "Renormalised, a column that has all of a row's attention cannot gain any: that enhancing"
    " saturates follows from this alone. Sizes of effects without their signs are compared.",
)
NOTHING = "No query was looked at: no fact has two studied queries."


@click.command()
@click.option("--summaries", required=True, type=PATHS, help="Of all models.")
@click.option("--comparisons", required=True, type=PATHS, help="Of all models.")
@click.option("--answers", required=True, type=PATHS, help="Of all models and relations.")
@click.option("--csv", required=True, type=OUTPUT)
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
def command(
    summaries: list[Path], comparisons: list[Path], answers: list[Path], csv: Path, page: Path
) -> None:
    """Tabulate what manipulated synapses move, and what controls leave of it, of all models."""
    effects = shown_effects(read_placed_tables(SYNAPSE_SUMMARIES, summaries))
    pairs = shown_comparisons(read_placed_tables(SYNAPSE_COMPARISONS, comparisons))
    columns = column_rows(read_placed_tables(SYNAPSE_ANSWERS, answers))
    estimates = without_unparted(effect_rows(effects, pairs), effects)
    rows = pd.concat([estimates, columns], ignore_index=True)
    tables, notes = [], [NOTHING]
    if len(columns):
        tables = [column_table(columns), *synapse_tables(effects, pairs)]
        notes = [*NOTES, *notes_on_static(effects)]
    write_files({csv: as_csv(rows), page: as_page(TITLE, LEAD, tables, notes)})
    logger.info("%d rows of %d models", len(rows), len(summaries))
