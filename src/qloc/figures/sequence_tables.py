"""Facts edited one after another, as a table: the paper's Table 7."""

from collections.abc import Iterator
from types import SimpleNamespace

import pandas as pd

from qloc.columns import SCORERS
from qloc.contracts.neuron_sets import PRINTED_SETS
from qloc.figures.edit_formats import change_in_percent, lambdas_in_words
from qloc.figures.estimates import presets
from qloc.figures.formats import MISSING, count, counted, each, number, words
from qloc.figures.pages import PageTable
from qloc.figures.style import METHOD_NAME

PLACE = ["model", "method", "operation", "preset", "neuron_set", "scorer"]

PARTS = ["reliability", "generalization_seen", "locality"]
"""Whose mean the average is."""

METRICS = [*PARTS, "average", "perplexity_change"]


def sequence_rows(sequences: pd.DataFrame) -> pd.DataFrame:
    """What is left of all edits after the last one: mean and standard deviation over runs.

    A metric that is missing in some run is missing; in how many runs no change of perplexity can
    be told says `runs_without_perplexity`. Of one run there is no deviation.

    Args:
        sequences: Edit sequences, with the columns `model`, `method` and `operation`.
    """
    last = sequences[sequences["is_last"]]
    before, after = last["perplexity_before"], last["perplexity_after"]
    last = last.assign(
        average=last[PARTS].mean(axis=1, skipna=False),
        perplexity_change=(after - before) / before,
        model=pd.Categorical(last["model"], last["model"].unique()),
        preset=pd.Categorical(last["preset"], presets(last)),
        neuron_set=pd.Categorical(last["neuron_set"], PRINTED_SETS),
        scorer=pd.Categorical(last["scorer"], SCORERS),
    )
    groups = last.groupby(PLACE, observed=True)
    rows = groups.agg(
        n_runs=("run", "nunique"),
        n_facts=("n_edited", "max"),
        lambda_1=("lambda_1", "first"),
        lambda_2=("lambda_2", "first"),
        no_edit_share=("no_edit_share", "mean"),
        runs_without_perplexity=("perplexity_after", _n_missing),
    )
    for metric in METRICS:
        rows[metric] = groups[metric].agg(_mean)
        rows[f"{metric}_sd"] = groups[metric].agg(_deviation)
    return rows.reset_index()


def sequence_tables(rows: pd.DataFrame) -> list[PageTable]:
    """A table for every model, method and operation; of a scorer if it says what no other says."""
    return [
        PageTable(
            f"{model}, {METHOD_NAME[str(method)]}: {operation}, by {words(scorer)}", _cells(found)
        )
        for (model, method, operation), of_place in rows.groupby(PLACE[:3], observed=True)
        for scorer, found in _distinct(of_place)
    ]


def _distinct(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows of every scorer, but of those whose numbers are another's."""
    told: list[pd.DataFrame] = []
    for scorer, found in rows.groupby("scorer", observed=True):
        numbers = found[METRICS].reset_index(drop=True)
        if not any(numbers.equals(other) for other in told):
            told.append(numbers)
            yield str(scorer), found


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "preset, set": f"{row.preset}, {words(row.neuron_set)}",
                "strength": lambdas_in_words(row),
                "Rel": _with_spread(row, "reliability"),
                "Gen": _with_spread(row, "generalization_seen"),
                "Loc": _with_spread(row, "locality"),
                "Avg": _with_spread(row, "average"),
                "ΔPPL, %": _change(row),
                "empty sets, %": number(100 * row.no_edit_share, 1),
                "edited": f"{counted(row.n_facts, 'fact')} × {counted(row.n_runs, 'run')}",
            }
            for row in each(rows)
        ]
    )


def _with_spread(row: SimpleNamespace, metric: str) -> str:
    """A mean and its deviation: `0.61 ± 0.03`."""
    mean, deviation = getattr(row, metric), getattr(row, f"{metric}_sd")
    if pd.isna(mean):
        return MISSING
    return number(mean) + ("" if pd.isna(deviation) else f" ± {number(deviation)}")


def _change(row: SimpleNamespace) -> str:
    """The rise of perplexity in percent, or in how many runs there is no number for it."""
    if row.runs_without_perplexity:
        lost, runs = count(row.runs_without_perplexity), counted(row.n_runs, "run")
        return f"beyond numbers in {lost} of {runs}"
    deviation = row.perplexity_change_sd
    spread = "" if pd.isna(deviation) else f" ± {change_in_percent(deviation)}"
    return change_in_percent(row.perplexity_change) + spread


def _mean(values: pd.Series) -> float:
    return float(values.mean(skipna=False))


def _deviation(values: pd.Series) -> float:
    return float(values.std(skipna=False))


def _n_missing(values: pd.Series) -> int:
    return int(values.isna().sum())
