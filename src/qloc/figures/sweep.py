"""Fig. 9: how the share of inconsistent facts depends on both thresholds."""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qloc.figures import style
from qloc.figures.formats import counted, interval, number

MEASURES = {
    "inconsistent_share": ("ci_low", "ci_high", "consistency score"),
    "adjusted_inconsistent_share": ("adjusted_ci_low", "adjusted_ci_high", "adjusted for chance"),
}


def of_study(sweep: pd.DataFrame, selection_threshold: float) -> pd.DataFrame:
    """The rows at the study's own selection threshold; none if it was not swept."""
    chosen = np.isclose(sweep["selection_threshold"], selection_threshold)
    return sweep[chosen].sort_values("consistency_threshold")


def describe(sweep: pd.DataFrame) -> str:
    """What the figure says, in a sentence: the lowest adjusted share, over all thresholds.

    That is the one whose interval begins lowest, as claim 3 has it.
    """
    rows = sweep.dropna(subset=["adjusted_inconsistent_share"])
    if rows.empty:
        return "The share of inconsistent facts under every pair of thresholds."
    ends = ("adjusted_inconsistent_share", "adjusted_ci_low", "adjusted_ci_high")
    by = "adjusted_ci_low" if rows["adjusted_ci_low"].notna().any() else ends[0]
    lowest = rows.iloc[int(rows[by].argmin())]
    return (
        f"Adjusted for chance, the lowest share of inconsistent facts is"
        f" {interval(*(lowest[end] for end in ends))}, at selection threshold"
        f" {number(lowest['selection_threshold'])}, consistency threshold"
        f" {number(lowest['consistency_threshold'])} ({counted(lowest['n_facts'], 'fact')})."
    )


@style.look
def draw(sweep: pd.DataFrame, selection_threshold: float, thresholds: dict[str, float]) -> Figure:
    """A line for every selection threshold, the study's own with interval; raw and adjusted."""
    figure = Figure(figsize=(style.TEXT, 2.9))
    if sweep.dropna(subset=["inconsistent_share"]).empty:
        return style.nothing_to_show(figure, "no fact has a consistency score")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, measure in zip(panels, MEASURES, strict=True):
        _draw_panel(axes, sweep, measure, selection_threshold)
        axes.set_title(MEASURES[measure][2])
    _draw_thresholds(panels[0], thresholds)
    own = of_study(sweep, selection_threshold)
    n_facts = f" (n = {own['n_facts'].iloc[0]:,} facts)" if len(own) else ""
    panels[0].set_ylabel("share of inconsistent facts")
    figure.supxlabel(f"consistency threshold{n_facts}", fontsize=8)
    figure.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside right center",
        title="selection\nthreshold",
        title_fontsize=7.5,
        handlelength=1.4,
    )
    return figure


def _draw_panel(axes: Axes, sweep: pd.DataFrame, measure: str, selection_threshold: float) -> None:
    low, high, _ = MEASURES[measure]
    swept = sorted(sweep["selection_threshold"].unique())
    shades = colormaps[style.MAGNITUDE](np.linspace(0.56, 0.8, len(swept)))
    for value, shade in zip(swept, shades, strict=True):
        rows = sweep[sweep["selection_threshold"] == value].sort_values("consistency_threshold")
        at = rows["consistency_threshold"]
        is_own = bool(np.isclose(value, selection_threshold))
        if is_own:
            axes.fill_between(at, rows[low], rows[high], color=style.BAND, lw=0, zorder=0)
        axes.plot(
            at,
            rows[measure],
            color=style.INK if is_own else shade,
            lw=2 if is_own else 0.9,
            label=f"{value:g}" + (" (study)" if is_own else ""),
            zorder=3 if is_own else 2,
        )
    axes.grid(visible=True, axis="y")
    axes.set(ylim=(-0.02, 1.02))


def _draw_thresholds(axes: Axes, thresholds: dict[str, float]) -> None:
    """Where the study cuts: the static threshold and Otsu's."""
    lines = {"static": ("static", (0, (4, 2)), "right"), "otsu": ("Otsu", "-", "left")}
    for criterion, (name, dash, side) in lines.items():
        if criterion in thresholds:
            at = thresholds[criterion]
            axes.axvline(at, color=style.MUTED, lw=0.9, ls=dash)
            axes.annotate(
                f"{name} {number(at)}",
                (at, 1),
                xycoords=("data", "axes fraction"),
                xytext=(2 if side == "left" else -1, -2),
                textcoords="offset points",
                rotation=90,
                ha=side,
                va="top",
                fontsize=style.SMALL,
                color=style.MUTED,
            )
