"""Does consistency follow how sure the model is? Adjusted CS against answer probability."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qloc.figures import style
from qloc.figures.formats import counted, each, first, in_order, interval

SCORE = "adjusted_consistency_score"
PROBABILITY = "mean_answer_probability"


def describe(associations: pd.DataFrame) -> str:
    """What the figure says, in a sentence."""
    row = first(associations, "stratum", "all")
    if row is None:
        return "No association could be estimated."
    return (
        "The rank correlation of adjusted consistency with answer probability, within relation and"
        f" number of queries, is {interval(row.correlation, row.ci_low, row.ci_high)}"
        f" over {counted(row.n_facts, 'fact')}."
    )


@style.look
def draw(scores: pd.DataFrame, associations: pd.DataFrame) -> Figure:
    """Every fact as a point; beside it the correlation of every relation with its interval."""
    found = associations.dropna(subset=["correlation"])
    figure = Figure(figsize=(style.TEXT, max(2.7, 0.9 + 0.13 * len(found))))
    scored = scores.dropna(subset=[SCORE, PROBABILITY])
    if scored.empty:
        return style.nothing_to_show(figure, "no fact has an adjusted consistency score")
    left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
    left.plot(
        scored[PROBABILITY],
        scored[SCORE],
        "o",
        ms=2,
        mew=0,
        alpha=0.45,
        color=style.INK,
        rasterized=len(scored) > style.MANY_POINTS,
    )
    left.axhline(0, color=style.MUTED, lw=0.7)
    left.grid(visible=True)
    left.set(xlabel="mean answer probability", ylabel="adjusted CS (0: as chance)")
    left.set(xlim=(-0.02, 1.02), title=counted(len(scored), "fact"))
    _draw_correlations(right, found)
    return figure


def _draw_correlations(axes: Axes, found: pd.DataFrame) -> None:
    if found.empty:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "no correlation can be estimated", ha="center", color=style.MUTED)
        return
    rows = found.sort_values("stratum", key=in_order)
    for position, row in enumerate(each(rows)):
        is_whole = row.stratum == "all"
        axes.plot(
            [row.ci_low, row.ci_high],
            [position] * 2,
            color=style.INK if is_whole else style.MUTED,
            lw=2.4 if is_whole else 1.2,
        )
        axes.plot(
            row.correlation, position, "o", ms=4.5 if is_whole else 3, color=style.INK, zorder=3
        )
    names = [f"{row.stratum}  (n={row.n_facts:,})" for row in each(rows)]
    axes.set_yticks(range(len(rows)), names, fontsize=style.SMALL, parse_math=False)
    axes.tick_params(axis="y", length=0)
    axes.axvline(0, color=style.MUTED, lw=0.7)
    axes.set(xlim=(-1.02, 1.02), ylim=(len(rows) - 0.4, -0.6))
    axes.set(xlabel="rank correlation [95 % interval]", title="Within relation and k")
