"""Marks of the figure of all claims: regions, intervals, what the paper prints, and words."""

from types import SimpleNamespace

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from qloc.figures import style
from qloc.figures.claim_words import WITHOUT_INTERVAL, estimate
from qloc.figures.formats import interval

FAR = 1.0
"""Where the axis ends; what lies beyond is told by its numbers."""

SYMBOLS, NUMBERS = 1.03, 1.14
"""Where symbols and words of verdicts begin, and numbers: in widths of the panel."""


def draw_part(axes: Axes, at: int, row: SimpleNamespace, *, decides: bool) -> None:
    """The claimed region, the interval in the colour of its verdict, the estimate, the numbers.

    Args:
        axes: The panel of a model.
        at: On which line.
        row: The part.
        decides: Whether the claim is not supported, or undecided, because of it.
    """
    colour = style.VERDICT_COLOUR[row.verdict]
    if decides:
        say(axes, at, style.VERDICT_SYMBOL[row.verdict], colour, weight="bold", x=SYMBOLS)
    say(axes, at, estimate(row) or "not measured", style.INK if row.n_facts else style.MUTED)
    if row.part in WITHOUT_INTERVAL:
        return
    low, high = {
        "above": (row.limit, FAR),
        "below": (-FAR, row.limit),
        "within": (-row.limit, row.limit),
    }[row.side]
    axes.add_patch(Rectangle((low, at - 0.42), high - low, 0.84, color=style.PALE, lw=0, zorder=-1))
    _draw_interval(axes, at, (row.estimate, row.ci_low, row.ci_high), colour)


def draw_paper(axes: Axes, at: int, row: SimpleNamespace) -> None:
    """What the paper prints as hollow diamonds, beside the run's own number of the same."""
    here = interval(row.as_paper, row.as_paper_ci_low, row.as_paper_ci_high)
    is_known = not pd.isna(row.as_paper)
    say(axes, at, here.replace(" [not estimable]", "") if is_known else "not measured")
    _draw_interval(axes, at, (row.as_paper, row.as_paper_ci_low, row.as_paper_ci_high), style.MUTED)
    for value in dict.fromkeys([row.paper_low, row.paper_high]):
        axes.plot(value, at, "D", mfc="none", mec=style.INK, ms=4, mew=0.8, zorder=4)


def _draw_interval(axes: Axes, at: int, numbers: tuple[float, float, float], colour: str) -> None:
    """A bar and a dot; what lies beyond the axis ends in an arrow."""
    value, low, high = numbers
    if not pd.isna(low):
        ends = [max(low, -FAR), min(high, FAR)]
        axes.plot(ends, [at, at], color=colour, lw=2.6, solid_capstyle="butt", zorder=2)
        for end, beyond, mark in ((-FAR, low < -FAR, "<"), (FAR, high > FAR, ">")):
            if beyond:
                axes.plot(end, at, mark, color=colour, ms=3.5, zorder=2, clip_on=False)
    if not pd.isna(value) and abs(value) <= FAR:
        axes.plot(value, at, "o", mfc="white", mec=colour, ms=3.2, mew=1, zorder=3)


def say(
    axes: Axes,
    at: int,
    text: str,
    colour: str = style.MUTED,
    *,
    weight: str = "normal",
    x: float = NUMBERS,
) -> None:
    """Words at the right of a panel."""
    axes.text(
        x,
        at,
        text,
        transform=axes.get_yaxis_transform(),
        fontsize=style.SMALL,
        fontweight=weight,
        color=colour,
        va="center",
    )


def legend_marks() -> list[Line2D | Patch]:
    """What the marks mean."""
    muted = style.MUTED
    return [
        Line2D([], [], color=muted, lw=2.6, label="95 % interval", solid_capstyle="butt"),
        Line2D([], [], ls="", label="estimate", marker="o", mfc="white", mec=muted, ms=3.2),
        Patch(facecolor=style.PALE, label="where it is claimed to lie"),
        Line2D([], [], label="the paper's", marker="D", mfc="none", mec=style.INK, ms=4, ls=""),
        Line2D([], [], ls="", label="✗ ? decides the claim"),
        Line2D([], [], ls="", label="* not so if ten must hold at once"),
    ]
