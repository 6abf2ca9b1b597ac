"""Edits as the points of a figure: what each gains, and what it costs."""

import pandas as pd

from qloc.figures.style import CLASS_NAME

SCORER = "first_token"

GAINS = {"generalization": "_held_out", "generalization_seen": ""}
"""Generalization, and how the names of the sets end that it judges beside the query's own."""

COSTS = ("locality", "perplexity_change")

PLACE = ["method", "operation", "preset", "strength", "fact_class", "neuron_set"]
NOTES = ["criterion", "scorer", "lambda_1", "lambda_2", "is_chosen"]
METRICS = ["reliability", *GAINS, *COSTS]
NUMBERS = {"mean": "{}", "ci_low": "{}_ci_low", "ci_high": "{}_ci_high", "n_facts": "{}_n_facts"}


def points(summaries: pd.DataFrame) -> pd.DataFrame:
    """One row for every edit of a class of facts: its metrics, their intervals and facts.

    By the first token. `is_perplexity_partial` says that for some fact the perplexity is too large
    for a number, so that the mean of the others says too little.
    """
    rows = summaries[
        (summaries["scorer"] == SCORER)
        & summaries["metric"].isin(METRICS)
        & summaries["fact_class"].isin(CLASS_NAME)
    ].dropna(subset=["mean"])
    wide = rows.pivot(index=PLACE, columns="metric", values=list(NUMBERS))
    columns = [(of, metric) for metric in METRICS for of in NUMBERS]
    wide = wide.reindex(columns=pd.MultiIndex.from_tuples(columns)).astype(float)
    wide.columns = pd.Index([NUMBERS[of].format(metric) for of, metric in columns])
    told = wide["perplexity_change_n_facts"].fillna(0)
    partial = told < wide[["reliability_n_facts", "locality_n_facts"]].max(axis=1)
    notes = rows[PLACE + NOTES].drop_duplicates(PLACE)
    return notes.merge(wide.assign(is_perplexity_partial=partial).reset_index(), on=PLACE)


def set_judged(name: str, gain: str) -> str:
    """The set of this kind that a generalization judges; the query's own is judged by both."""
    return name if name == "query" else f"{name}{GAINS[gain]}"
