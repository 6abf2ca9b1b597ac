"""Are there two kinds of facts at all?

Otsu's threshold always splits. So the distribution itself is shown, and beside it what one
fitted Beta distribution, which has one kind of fact only, gives when cut by the same rule.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from qloc.figures import style
from qloc.figures.formats import counted, first, number, p_value

NAMES = {
    "bic_difference": "BIC gain of a second kind",
    "dip": "dip statistic",
    "otsu_eta_squared": "variance between classes, η²",
    "welch_t": "Welch's t",
    "inconsistent_share": "share of inconsistent facts",
}

DIGITS = {"bic_difference": 1, "dip": 3, "welch_t": 1}

ALPHA = 0.05
"""What is so improbable in one hump counts as evidence for two."""


def evidence(diagnostics: pd.DataFrame) -> str:
    """What two tests say that need no cut: BIC of two components against one, and the dip.

    Each votes for two kinds where one hump seldom gives as much. Welch's t, η² and the share belong
    to the cut; they are compared with one hump in the figure and do not vote.
    """
    rows = diagnostics.set_index("diagnostic")
    bic = rows["value"].get("bic_difference", np.nan)
    p_values = [rows["p_value"].get(name, np.nan) for name in ("bic_difference", "dip")]
    if np.isnan(bic) or np.isnan(p_values).any():
        return "cannot be said"
    votes = int(bic > 0 and p_values[0] < ALPHA) + int(p_values[1] < ALPHA)
    return ("no evidence of two kinds", "the tests disagree", "evidence of two kinds")[votes]


def describe(diagnostics: pd.DataFrame) -> str:
    """What the figure says, in a sentence."""
    bic, dip = (first(diagnostics, "diagnostic", name) for name in ("bic_difference", "dip"))
    if bic is None or dip is None:
        return "Whether there are two kinds of facts cannot be said."
    if np.isnan([bic.value, dip.p_value]).any():
        return "Whether there are two kinds of facts cannot be said."
    kinds = "two kinds" if bic.value > 0 else "one kind"
    gap = "a gap" if dip.p_value < ALPHA else "no gap"
    return (
        f"BIC favours {kinds} ({number(bic.value, 1)}), the dip shows {gap}"
        f" (p = {p_value(dip.p_value)}); p of BIC {p_value(bic.p_value)},"
        f" {counted(dip.n_facts, 'fact')}."
    )


@style.look
def draw(scores: pd.DataFrame, diagnostics: pd.DataFrame, thresholds: dict[str, float]) -> Figure:
    """The distribution of CS with its cut, and every diagnostic against one fitted Beta."""
    figure = Figure(figsize=(style.TEXT, 3))
    values = scores["consistency_score"].dropna().to_numpy()
    if not len(values):
        return style.nothing_to_show(figure, "no fact has a consistency score")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.25))
    _draw_histogram(left, values, thresholds)
    _draw_diagnostics(right, diagnostics)
    return figure


def _draw_histogram(axes: Axes, values: np.ndarray, thresholds: dict[str, float]) -> None:
    axes.hist(values, bins=25, range=(0, 1), color=style.FILL, ec=style.MUTED, lw=0.5)
    if "otsu" in thresholds:
        away = -1 if thresholds["otsu"] > 0.6 else 1
        axes.axvline(thresholds["otsu"], color=style.INK, lw=1)
        axes.annotate(
            f"Otsu {number(thresholds['otsu'])}",
            (thresholds["otsu"], 1),
            xycoords=("data", "axes fraction"),
            xytext=(3 * away, -2),
            textcoords="offset points",
            ha="left" if away > 0 else "right",
            va="top",
            fontsize=style.SMALL,
        )
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlim=(0, 1), xlabel="consistency score (CS)", ylabel="facts")
    axes.set_title(f"One hump or two?  n = {len(values):,}")


def _draw_diagnostics(axes: Axes, diagnostics: pd.DataFrame) -> None:
    """Every diagnostic on its own scale: 0 and 1 are the ends of what one Beta gives."""
    rows = diagnostics.set_index("diagnostic").reindex(list(NAMES))
    for position, (name, row) in enumerate(rows.iterrows()):
        _draw_diagnostic(axes, position, str(name), row)
    axes.axvspan(0, 1, color=style.PALE, lw=0, zorder=0)
    axes.set_yticks(range(len(rows)), list(NAMES.values()))
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=(-1.3, 2.3), ylim=(len(rows) - 0.4, -0.5))
    axes.set_xticks([0.5], ["95 % of draws from\none fitted Beta"])
    axes.tick_params(axis="x", length=0)
    axes.set_title("What one kind of fact would give")


def _draw_diagnostic(axes: Axes, position: int, name: str, row: pd.Series) -> None:
    digits = DIGITS.get(name, 2)
    text = number(row["value"], digits)
    if name == "bic_difference":
        text += " (> 0 favours two)"
    width = row["reference_high"] - row["reference_low"]
    if not np.isnan(row["value"]) and width > 0:
        at = (row["value"] - row["reference_low"]) / width
        inside = float(np.clip(at, -1.2, 2.2))
        mark = "D" if inside == at else (">" if at > inside else "<")
        middle = (row["reference_median"] - row["reference_low"]) / width
        axes.plot([middle], [position], "|", ms=8, color=style.MUTED)
        axes.plot([inside], [position], mark, ms=4.5, color=style.INK, zorder=3)
        low, high = number(row["reference_low"], digits), number(row["reference_high"], digits)
        text += f"\none kind: {low} to {high}"
    if not np.isnan(row["p_value"]):
        text += f", p = {p_value(row['p_value'])}"
    axes.annotate(
        text,
        (1.02, position),
        xycoords=("axes fraction", "data"),
        va="center",
        fontsize=style.SMALL,
        linespacing=1.25,
    )
