"""The funnel: what is left after every step from the files to a consistency score."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qloc.figures import style
from qloc.figures.formats import count, counted

UNITS = ("facts", "queries")

REASONS = {
    "read": "read from the files",
    "answer_before_subject": "pattern names the object first",
    "answer_not_final": "pattern does not end in the object",
    "repeated_prompt": "pattern gives a prompt twice",
    "too_few_patterns": "relation has too few patterns",
    "duplicate_fact": "fact is a duplicate",
    "ambiguous_subject": "subject has several objects",
    "answer_in_subject": "object stands in the subject",
    "not_sampled": "fact is not in the sample",
    "token_boundary": "tokens of prompt and answer merge",
    "too_long": "query is too long for the model",
    "unknown": "model does not know the answer",
    "too_few_queries": "fact has too few queries",
    "undefined_consistency_score": "no query selects a neuron",
}


def steps(funnel: pd.DataFrame) -> pd.DataFrame:
    """The steps over all relations, in their order."""
    return funnel[funnel["relation"] == "all"].sort_values("step").reset_index(drop=True)


def describe(funnel: pd.DataFrame) -> str:
    """What the figure says, in a sentence."""
    rows = steps(funnel)
    if rows.empty:
        return "The funnel is empty."
    first, last = rows.iloc[0], rows.iloc[-1]
    return (
        f"Of {counted(first['n_facts'], 'fact')} and {counted(first['n_queries'], 'query')} read,"
        f" {counted(last['n_facts'], 'fact')} and {counted(last['n_queries'], 'query')} are left."
    )


@style.look
def draw(funnel: pd.DataFrame) -> Figure:
    """Bars of what is left at every step, and of what the step dropped, for facts and queries."""
    rows = steps(funnel)
    figure = Figure(figsize=(style.TEXT, 0.9 + 0.2 * max(len(rows), 4)))
    if rows.empty:
        return style.nothing_to_show(figure, "no relation was read")
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, unit in zip((left, right), UNITS, strict=True):
        _draw_unit(axes, rows, unit)
    left.set_yticks(range(len(rows)), [REASONS[reason] for reason in rows["reason"]])
    left.invert_yaxis()
    left.tick_params(axis="y", length=0)
    right.tick_params(axis="y", length=0)
    return figure


def _draw_unit(axes: Axes, rows: pd.DataFrame, unit: str) -> None:
    kept, dropped = rows[f"n_{unit}"], rows[f"n_{unit}_dropped"]
    axes.barh(rows.index, kept, height=0.66, color=style.MUTED, label="left")
    axes.barh(
        rows.index,
        dropped,
        left=kept,
        height=0.66,
        color="white",
        edgecolor=style.MUTED,
        linewidth=0.5,
        hatch="//////",
        label="dropped at this step",
    )
    most = max(int((kept + dropped).max()), 1)
    for position, (n_kept, n_dropped) in enumerate(zip(kept, dropped, strict=True)):
        text = count(n_kept) + (f"  (−{count(n_dropped)})" if n_dropped else "")
        axes.annotate(
            text,
            (n_kept + n_dropped, position),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=style.SMALL,
        )
    axes.set(xlim=(0, 1.42 * most), title=unit, xticks=[])
    axes.spines[["bottom", "left"]].set_visible(False)
    if unit == UNITS[0]:
        axes.legend(loc="upper right", bbox_to_anchor=(1, -0.01), ncols=2, borderaxespad=0)
