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
from qloc.figures.formats import count, counted, each, number, words
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


def column_rows(answers: pd.DataFrame) -> pd.DataFrame:
    """What is manipulated: shares of columns and of attention, averaged over facts.

    Args:
        answers: Synapse answers, with the column `model`; of every query one run of each set.
    """
    is_one = (answers["manipulation"] == "suppress") & ~answers["is_renormalised"]
    runs = answers[is_one & (answers["synapse_set"] != "mass_matched")]
    shares = runs.assign(column_share=runs["n_synapses"] / runs["n_columns"])
    place = ["model", "preset", "synapse_set"]
    names = ["column_share", "first_column_share", "attention_mass"]
    of_facts = shares.groupby([*place, "fact_id"], sort=False)[names].mean()
    by_place = of_facts.groupby(place, sort=False)
    return by_place.mean().assign(n_facts=by_place.size()).reset_index()


def column_table(rows: pd.DataFrame) -> PageTable:
    """The same as a reader sees it."""
    cells = [
        {
            "model, preset": f"{row.model}, {row.preset}",
            "columns manipulated": words(row.synapse_set),
            "of all columns, %": number(100 * row.column_share, 1),
            "of these in the first token's, %": number(100 * row.first_column_share, 1),
            "of all attention, %": number(100 * row.attention_mass, 1),
            "facts": count(row.n_facts),
        }
        for row in each(rows)
    ]
    return PageTable("What is manipulated: means over facts", pd.DataFrame(cells))


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
    found = effects[effects["fact_class"] == "all"]
    return [
        PageTable(f"Effects in percent: {place}, all facts", outcome_cells(found)),
        PageTable(
            f"Medians of effects, and ratios of means, in percent: {place}, all facts",
            middle_cells(found),
        ),
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


def middle_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Medians and ratios of means: a mean can rest on few queries of hardly any value before."""
    return pd.DataFrame(
        [
            {"method, synapses": label}
            | {words(outcome): _middle(found[(outcome,)]) for outcome in OUTCOMES}
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


def _middle(row: SimpleNamespace) -> str:
    return f"{number(100 * row.median, 1)}, {number(100 * row.ratio_of_means, 1)}"


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
