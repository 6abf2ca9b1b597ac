"""What shared neurons follow: the fact, its object, the template, or the template's final word."""

from types import SimpleNamespace

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qloc.figures import style
from qloc.figures.formats import count, counted, each, in_order, interval, number

RUNGS = {
    "same_fact": "same fact",
    "same_final_word": "– same final word",
    "other_final_word": "– other final word",
    "same_object": "other fact, same object",
    "same_template": "other fact, same template",
    "same_relation": "other fact, same relation",
    "other_relation": "other relation",
}

SPLITS = {
    "same_final_word_jaccard": "same final word",
    "different_final_word_jaccard": "other final word",
}


def final_word_split(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean overlap of a fact's queries by whether their templates end in the same word.

    Only facts that have both kinds of pairs are compared; one row for every relation, and all.
    """
    both = scores.dropna(subset=list(SPLITS))
    groups = pd.concat([both.assign(relation="all"), both]).groupby("relation", sort=False)
    rows = groups[list(SPLITS)].mean()
    rows.insert(0, "n_facts", groups.size())
    return rows.reset_index().sort_values("relation", key=in_order, ignore_index=True)


def describe(overlaps: pd.DataFrame) -> str:
    """What the figure says, in a sentence."""
    found = {row.rung: row for row in each(overlaps.dropna(subset=["mean_jaccard"]))}
    if "same_fact" not in found:
        return "No fact has two queries with knowledge neurons."
    whole = found["same_fact"]
    others = {
        "same_final_word": "with the same final word",
        "other_final_word": "with another",
    }
    parts = [f"{_told(found[rung])} {name}" for rung, name in others.items() if rung in found]
    return (
        "Two queries of a fact overlap by mean Jaccard"
        f" {_told(whole, ' pairs')}{': ' if parts else ''}{', '.join(parts)}."
    )


def _told(row: SimpleNamespace, noun: str = "") -> str:
    """A mean overlap with its interval, and how many pairs it is of."""
    found = interval(row.mean_jaccard, row.ci_low, row.ci_high)
    return f"{found} ({count(row.n_pairs)}{noun})"


@style.look
def draw(overlaps: pd.DataFrame, scores: pd.DataFrame) -> Figure:
    """The ladder with intervals, and the split by the final word, a line for every relation."""
    figure = Figure(figsize=(style.TEXT, 2.6))
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1), gridspec_kw={"wspace": 0.08})
    _draw_ladder(left, overlaps)
    _draw_split(right, final_word_split(scores))
    return figure


def _draw_ladder(axes: Axes, overlaps: pd.DataFrame) -> None:
    rows = overlaps.set_index("rung").reindex(list(RUNGS))
    for position, row in enumerate(each(rows)):
        if pd.isna(row.mean_jaccard):
            text = "no pair"
        else:
            axes.plot(
                [row.ci_low, row.ci_high], [position] * 2, color=style.MUTED, lw=2.4, zorder=2
            )
            axes.plot(row.mean_jaccard, position, "o", ms=4.5, color=style.INK, zorder=3)
            text = f"{number(row.mean_jaccard)}   n={count(row.n_pairs)}"
        axes.annotate(
            text,
            (1.02, position),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=style.SMALL,
        )
    axes.set_yticks(range(len(RUNGS)), list(RUNGS.values()))
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=True, axis="x")
    axes.set(xlabel="mean Jaccard of two queries", title="What two queries share")
    axes.set(xlim=(0, None), ylim=(len(RUNGS) - 0.5, -0.5))


def _draw_split(axes: Axes, split: pd.DataFrame) -> None:
    axes.set_title("Two queries of one fact")
    if split.empty:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "no fact has both kinds of pairs", ha="center", color=style.MUTED)
        return
    for row in each(split):
        is_all = row.relation == "all"
        axes.plot(
            [0, 1],
            [row.same_final_word_jaccard, row.different_final_word_jaccard],
            "-o",
            color=style.INK if is_all else style.MUTED,
            alpha=1 if is_all else 0.45,
            lw=2 if is_all else 0.7,
            ms=5 if is_all else 2.5,
            zorder=3 if is_all else 2,
            label=f"all relations (n={counted(row.n_facts, 'fact')})" if is_all else None,
        )
    axes.plot([], [], "-o", color=style.MUTED, alpha=0.45, lw=0.7, ms=2.5, label="one relation")
    axes.set_xticks([0, 1], list(SPLITS.values()))
    axes.set(xlim=(-0.4, 1.45), ylim=(0, None), ylabel="mean Jaccard")
    axes.grid(visible=True, axis="y")
    axes.legend(loc="best", handlelength=1.6)
