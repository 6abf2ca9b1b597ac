"""Single edits as tables: the paper's Tables 2 and 3, and which neuron set edits better.

Of the chosen strength of every preset, under the threshold that facts were drawn by.
"""

from collections.abc import Iterator, Sequence
from itertools import product

import pandas as pd

from qloc.contracts.neuron_sets import CHOSEN_SETS
from qloc.figures.edit_cells import (
    CHANGE,
    JUDGED,
    SCORER,
    pair_cells,
    quality_cells,
    scorer_cells,
)
from qloc.figures.edit_formats import lambdas_in_words
from qloc.figures.effect_tables import THRESHOLD
from qloc.figures.estimates import methods, presets
from qloc.figures.formats import each
from qloc.figures.pages import PageTable
from qloc.figures.style import METHOD_NAME

PLACE = ["model", "method", "operation", "preset"]


def shown_summaries(summaries: pd.DataFrame) -> pd.DataFrame:
    """The summaries that tables show: of the chosen strength, and of what some fact has.

    By other scorers than the first, averages of chosen sets.
    """
    is_too_large = (summaries["metric"] == CHANGE) & (summaries["n_missing"] > 0)
    is_there = summaries["mean"].notna() | is_too_large
    averages = [judged.average for judged in JUDGED]
    is_average = summaries["metric"].isin(averages) & summaries["neuron_set"].isin(CHOSEN_SETS)
    is_meant = (summaries["scorer"] == SCORER) | is_average
    return _by_class(summaries[summaries["is_chosen"] & is_there & is_meant])


def shown_comparisons(comparisons: pd.DataFrame) -> pd.DataFrame:
    """The comparisons that tables show, by the first scorer."""
    is_there = comparisons["n_facts"] > 0
    return _by_class(comparisons[(comparisons["scorer"] == SCORER) & is_there])


def _by_class(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows without the mixture of both classes, for models whose facts are parted at all."""
    is_of_class = rows["fact_class"].isin(["consistent", "inconsistent"])
    is_parted = rows["model"].isin(rows.loc[is_of_class, "model"])
    return rows[~is_parted | (rows["fact_class"] != "all")]


def edit_tables(summaries: pd.DataFrame, comparisons: pd.DataFrame) -> list[PageTable]:
    """For every model, operation and preset: the quality of every set, and which is better.

    Args:
        summaries: Those of `shown_summaries`, with the column `model`.
        comparisons: Those of `shown_comparisons`, likewise.
    """
    tables = []
    for place, rows in _places(summaries):
        pairs = comparisons[(comparisons[PLACE] == list(place)).all(axis=1)]
        for judged in JUDGED:
            if judged.generalization not in set(rows["metric"]):
                continue
            cells = {
                "Quality of edits": quality_cells(rows, judged),
                "Differences within facts": pair_cells(pairs, judged),
                "Avg by other scorers": scorer_cells(rows, judged),
            }
            told = f"{_in_words(place, rows)}; {judged.caption}"
            tables += [
                PageTable(f"{what}: {told}", lines) for what, lines in cells.items() if len(lines)
            ]
    return tables


def _places(rows: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """Every model, method, operation and preset that was edited, in the order of the study."""
    groups = dict(list(rows.groupby(PLACE)))
    orders = (rows["model"].unique(), methods(rows), ("erase", "update"), presets(rows))
    for place in product(*orders):
        if place in groups:
            yield place, groups[place]


def _in_words(place: Sequence[str], rows: pd.DataFrame) -> str:
    """What a caption says of a place: `tiny-llama, IG, update, preset paper (λ₁ = 2, λ₂ = 2)`."""
    model, method, operation, preset = place
    row = next(each(rows))
    return (
        f"{model}, {METHOD_NAME[method]}, {operation}, preset {preset} ({lambdas_in_words(row)}),"
        f" classes by {THRESHOLD[row.criterion]}"
    )
