"""Neuron sets manipulated, as tables: how far each moves the answer, and which moves it more."""

from itertools import product

import pandas as pd

from qloc.contracts.query_mappings import NEURON_SETS
from qloc.figures.effect_tables import (
    CLASS_NAME,
    DONE,
    THRESHOLD,
    by_classes,
    in_percent,
    sizes,
    tested,
)
from qloc.figures.estimates import methods
from qloc.figures.formats import each, number, words
from qloc.figures.pages import PageTable
from qloc.figures.style import METHOD_NAME


def mapping_tables(summaries: pd.DataFrame, comparisons: pd.DataFrame) -> list[PageTable]:
    """For every model and manipulation a table of effects and one of comparisons.

    Args:
        summaries: Mapping summaries, with the column `model`.
        comparisons: Mapping comparisons, likewise.
    """
    tables = []
    for criterion, model, rows in by_classes(summaries):
        is_compared = (comparisons["model"] == model) & (comparisons["criterion"] == criterion)
        for manipulation, done in DONE.items():
            place = f"{model}, neurons {done}, classes by {THRESHOLD[criterion]}"
            effects = rows[rows["manipulation"] == manipulation]
            pairs = comparisons[is_compared & (comparisons["manipulation"] == manipulation)]
            tables += [
                PageTable(f"Effect on the answer in percent: {place}", set_cells(effects)),
                PageTable(f"Differences of effects in points: {place}", pair_cells(pairs)),
            ]
    return tables


def set_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Effects of all sets, of one model, criterion and manipulation."""
    found = {(row.method, row.neuron_set, row.fact_class): row for row in each(rows)}
    cells = []
    for method, neuron_set in product(methods(rows), NEURON_SETS):
        of = {kind: found[method, neuron_set, kind] for kind in CLASS_NAME}
        parts = [of["consistent"], of["inconsistent"]]
        cells.append(
            {
                "method, set": f"{METHOD_NAME[method]}, {words(neuron_set)}",
                "neurons": number(of["all"].mean_n_neurons, 1),
                "empty, %": number(100 * of["all"].empty_share, 1),
                **{name: in_percent(of[kind]) for kind, name in CLASS_NAME.items()},
                "medians of K_C, K_I": ", ".join(number(100 * row.median, 1) for row in parts),
                "ratios of means of K_C, K_I": ", ".join(
                    number(100 * row.ratio_of_means, 1) for row in parts
                ),
                "facts: K_C, K_I": sizes(parts),
            }
        )
    return pd.DataFrame(cells)


def pair_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Comparisons of sets within facts, of one model, criterion and manipulation."""
    keys = ["method", "neuron_set", "other_set"]
    found = {(*(getattr(row, key) for key in keys), row.fact_class): row for row in each(rows)}
    pairs = sorted(
        {place[1:3] for place in found}, key=lambda pair: [NEURON_SETS.index(s) for s in pair]
    )
    cells = []
    for method, (neuron_set, other_set) in product(methods(rows), pairs):
        of = {kind: found[method, neuron_set, other_set, kind] for kind in CLASS_NAME}
        label = f"{METHOD_NAME[method]}, {words(neuron_set)} − {words(other_set)}"
        differences = {
            name: in_percent(of[kind], "difference") if kind == "difference" else tested(of[kind])
            for kind, name in CLASS_NAME.items()
        }
        cells.append({"method, sets": label} | differences)
    return pd.DataFrame(cells)
