"""Synapses manipulated, as tables: what moves how far, and what controls leave of it."""

from collections.abc import Iterator
from itertools import product
from types import SimpleNamespace

import pandas as pd

from qloc.contracts.synapse_comparisons import CONTRASTS
from qloc.contracts.synapse_summaries import OUTCOMES
from qloc.figures.effect_tables import (
    CLASS_NAME,
    DONE,
    THRESHOLD,
    by_classes,
    in_percent,
    sizes,
    tested,
)
from qloc.figures.estimates import methods, presets
from qloc.figures.formats import counted, each, words
from qloc.figures.pages import PageTable
from qloc.figures.style import METHOD_NAME

CONTRAST_NAME = {
    "enhance": "suppressed − enhanced, sizes",
    **{name: f"− {words(name)}" for name in CONTRASTS if name != "enhance"},
}


def shown_effects(summaries: pd.DataFrame) -> pd.DataFrame:
    """The summaries that the tables show: of the synapses themselves."""
    return summaries[summaries["synapse_set"] == "synapses"]


def shown_comparisons(comparisons: pd.DataFrame) -> pd.DataFrame:
    """The comparisons that the tables show: of own neurons and of the answer."""
    return comparisons[comparisons["outcome"].isin(["own", "answer"])]


def synapse_tables(summaries: pd.DataFrame, comparisons: pd.DataFrame) -> list[PageTable]:
    """For every model and preset: effects by class, on all that is looked at, against controls.

    Args:
        summaries: Synapse summaries that `shown_effects` gives, with the column `model`.
        comparisons: Synapse comparisons, likewise.
    """
    tables = []
    for criterion, model, rows in by_classes(summaries):
        of_model = comparisons[comparisons["model"] == model]
        for preset in presets(rows):
            effects, pairs = (part[part["preset"] == preset] for part in (rows, of_model))
            place = f"{model}, preset {preset}"
            caption = f"Effects in percent: {place}, classes by {THRESHOLD[criterion]}"
            tables.append(PageTable(caption, class_cells(effects)))
            if criterion == "otsu":
                tables += _tables_of_all(effects, pairs, place)
    return tables


def _tables_of_all(effects: pd.DataFrame, pairs: pd.DataFrame, place: str) -> list[PageTable]:
    """What all facts show, which depends on no threshold: rows of one model and preset."""
    of_all = pairs[(pairs["criterion"] == "otsu") & (pairs["fact_class"] == "all")]
    contrasts = {
        f"Effect on {name} less that of a control, in points: {place}, all facts": contrast_cells(
            of_all[of_all["outcome"] == outcome]
        )
        for outcome, name in (("own", "own neurons"), ("answer", "the answer"))
    }
    outcomes = outcome_cells(effects[effects["fact_class"] == "all"])
    return [
        PageTable(f"Effects in percent: {place}, all facts", outcomes),
        *(PageTable(caption, cells) for caption, cells in contrasts.items()),
    ]


def class_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Effects on own neurons and on the answer by class, of one model, criterion and preset."""
    kinds = [kind for kind in CLASS_NAME if kind != "all"]
    return pd.DataFrame(
        [
            {"method, synapses": label}
            | {
                f"{outcome}: {CLASS_NAME[kind]}": in_percent(found[outcome, kind])
                for outcome, kind in product(("own", "answer"), kinds)
            }
            | {"facts: K_C, K_I": sizes([found["own", kind] for kind in kinds[:2]])}
            for label, found in _lines(rows, ["outcome", "fact_class"])
        ]
    )


def outcome_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Effects on all that is looked at, of one model and preset."""
    return pd.DataFrame(
        [
            {"method, synapses": label}
            | {words(outcome): in_percent(found[(outcome,)]) for outcome in OUTCOMES}
            | {
                "own, based on": f"{counted(found[('own',)].n_facts, 'fact')},"
                f" {counted(found[('own',)].n_queries, 'query')}"
            }
            for label, found in _lines(rows, ["outcome"])
        ]
    )


def contrast_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """The effect on one outcome less that of every control, of one model and preset."""
    names = [name for name in CONTRASTS if name in set(rows["contrast"])]
    return pd.DataFrame(
        [
            {"method, synapses": label}
            | {
                CONTRAST_NAME[name]: tested(found[(name,)]) if (name,) in found else "–"
                for name in names
            }
            for label, found in _lines(rows, ["contrast"])
        ]
    )


def _lines(
    rows: pd.DataFrame, keys: list[str]
) -> Iterator[tuple[str, dict[tuple[str, ...], SimpleNamespace]]]:
    """For every method and form of manipulation its name and its rows, by these keys."""
    for method, (manipulation, done), is_renormalised in product(
        methods(rows), DONE.items(), (False, True)
    ):
        own = rows[
            (rows["method"] == method)
            & (rows["manipulation"] == manipulation)
            & (rows["is_renormalised"] == is_renormalised)
        ]
        form = ", renormalised" if is_renormalised else ""
        found = {tuple(getattr(row, key) for key in keys): row for row in each(own)}
        yield f"{METHOD_NAME[method]}, {done}{form}", found
