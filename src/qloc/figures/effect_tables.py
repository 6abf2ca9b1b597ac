"""What tables of manipulated neurons and of manipulated attention share.

Effects are shown in percent. Classes are shown under Otsu's threshold first, and under the static
one for models whose facts it parts at all.
"""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace

import numpy as np
import pandas as pd

from qloc.columns import FACT_CLASSES
from qloc.figures.formats import count, interval, p_value

CLASS_NAME = dict(zip(FACT_CLASSES, ("all facts", "K_C", "K_I", "K_I − K_C"), strict=True))

THRESHOLD = {"otsu": "Otsu's threshold", "static": "the static threshold"}

DONE = {"suppress": "suppressed", "enhance": "enhanced"}

COUNTS = ("n_facts", "n_relations", "n_queries", "n_undefined", "n_literal_missing")


def effect_rows(summaries: pd.DataFrame, comparisons: pd.DataFrame) -> pd.DataFrame:
    """Effects, then their comparisons, in one form: every row has an `estimate`.

    Names stand first. What only one of the two has is missing from the rows of the other.
    """
    effects = summaries.rename(columns={"mean": "estimate"})
    differences = comparisons.rename(columns={"difference": "estimate"})
    rows = pd.concat([effects, differences], ignore_index=True)
    names = list(rows.select_dtypes(exclude="number"))
    rows = rows.astype({name: "Int64" for name in COUNTS if name in rows})
    return rows[[*names, *rows.columns.difference(names, sort=False)]]


def without_unparted(rows: pd.DataFrame, summaries: pd.DataFrame) -> pd.DataFrame:
    """Rows but those of thresholds that part no facts of their model, and repeat all facts'."""
    told = {(criterion, model) for criterion, model, _ in by_classes(summaries)}
    places = zip(rows["criterion"], rows["model"], strict=True)
    return rows[np.array([place in told for place in places], dtype=np.bool_)]


def by_classes(summaries: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The criterion, the model and its rows, for each table that shows classes."""
    for criterion in THRESHOLD:
        of_criterion = summaries[summaries["criterion"] == criterion]
        for model, rows in of_criterion.groupby("model", sort=False):
            if criterion == "otsu" or _is_parted(rows):
                yield criterion, str(model), rows


def notes_on_static(summaries: pd.DataFrame) -> list[str]:
    """A note for every model that is not shown under the static threshold."""
    shown = {model for criterion, model, _ in by_classes(summaries) if criterion == "static"}
    return [
        f"Under the static threshold {model} has facts of one class only, by every method: no"
        " table shows what all facts together show."
        for model in summaries["model"].unique()
        if model not in shown
    ]


def in_percent(row: SimpleNamespace, value: str = "mean") -> str:
    """An estimate and its two-stage interval, both in percent."""
    return interval(100 * getattr(row, value), 100 * row.ci_low, 100 * row.ci_high, 1)


def tested(row: SimpleNamespace) -> str:
    """A difference in percent, its interval, and p by Holm's method."""
    return f"{in_percent(row, 'difference')}, p\N{NO-BREAK SPACE}{p_value(row.p_holm)}"


def sizes(rows: Sequence[SimpleNamespace]) -> str:
    """How many facts each of these estimates rests on: `128, 112`."""
    return ", ".join(count(row.n_facts) for row in rows)


def _is_parted(rows: pd.DataFrame) -> bool:
    """Whether the facts of some method are of both classes."""
    found = rows.groupby(["method", "fact_class"])["n_facts"].max().unstack()
    return bool((found[["consistent", "inconsistent"]] > 0).all(axis=1).any())
