"""Fig. 3: the consistency score of every fact, by relation.

What the two classes are is a cut through one distribution, so the figure shows the
distribution; the class is only the mark of a point.
"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qloc.figures import style
from qloc.figures.formats import counted, first, in_order, interval, number

FEW = 5
"""With fewer facts a density says nothing: points only."""

WIDE = 14
"""Up to so many columns the names stand upright."""

PAPER_DRAWS = 0.3
"""The line that the paper's Fig. 3 draws."""

SCORE = "consistency_score"
CHANCE = "chance_consistency_score"


def by_relation(scores: pd.DataFrame) -> pd.DataFrame:
    """Number of facts, mean and quartiles of CS, and mean chance, of every relation and of all."""
    scored = scores.dropna(subset=[SCORE])
    whole = scored.assign(relation="all")
    groups = pd.concat([whole, scored]).groupby("relation", sort=False)
    rows = groups[SCORE].describe()[["count", "mean", "25%", "50%", "75%"]]
    rows.columns = pd.Index(["n_facts", "mean", "lower_quartile", "median", "upper_quartile"])
    rows["mean_chance"] = groups[CHANCE].mean()
    rows["mean_queries"] = groups["n_queries"].mean()
    ordered = rows.astype({"n_facts": int}).reset_index()
    return ordered.sort_values("relation", key=in_order, ignore_index=True)


def thresholds(classes: pd.DataFrame) -> dict[str, float]:
    """The consistency threshold of every criterion that has one."""
    found = classes.groupby("criterion")["threshold"].first()
    return {str(criterion): float(threshold) for criterion, threshold in found.items()}


def describe(summaries: pd.DataFrame) -> str:
    """What the figure says, in a sentence."""
    score = first(summaries, "statistic", "mean_consistency_score")
    chance = first(summaries, "statistic", "mean_chance")
    if score is None or chance is None:
        return "No fact has a consistency score."
    return (
        f"The mean consistency score of {counted(score.n_facts, 'fact')} is"
        f" {interval(score.estimate, score.ci_low, score.ci_high)}; queries mixed from several"
        f" facts reach {number(chance.estimate)}."
    )


@style.look
def draw(scores: pd.DataFrame, classes: pd.DataFrame, summaries: pd.DataFrame) -> Figure:
    """Half-violins, points, means and chance for all facts and every relation; thresholds."""
    figure = Figure(figsize=(style.TEXT, 3.2))
    scored = scores.dropna(subset=[SCORE])
    if scored.empty:
        return style.nothing_to_show(figure, "no fact has a consistency score")
    axes = figure.subplots()
    groups = by_relation(scores)
    points = _with_class(scored, classes)
    is_many = 2 * len(points) > style.MANY_POINTS
    for position, row in groups.iterrows():
        group = points if position == 0 else points[points["relation"] == row["relation"]]
        _draw_column(axes, int(str(position)), group, row, is_many)
    _draw_interval(axes, summaries)
    _draw_thresholds(axes, thresholds(classes))
    _name_columns(axes, groups)
    _add_legend(axes, points)
    return figure


def _with_class(scored: pd.DataFrame, classes: pd.DataFrame) -> pd.DataFrame:
    """Every fact with its class: under Otsu's threshold, or the static one where there is none."""
    criterion = "otsu" if (classes["criterion"] == "otsu").any() else "static"
    chosen = classes[classes["criterion"] == criterion].set_index("fact_id")["is_consistent"]
    is_consistent = scored["fact_id"].map(chosen)
    return scored.assign(
        kind=np.where(is_consistent.fillna(value=True).astype(bool), "consistent", "inconsistent")
    )


def _draw_column(
    axes: Axes, position: int, group: pd.DataFrame, row: pd.Series, is_rasterized: bool
) -> None:
    values = group[SCORE].to_numpy()
    if len(values) >= FEW and np.ptp(values) > 1e-6:
        parts: Any = axes.violinplot(
            [values], [position], widths=0.8, side="high", showextrema=False, points=40
        )
        (body,) = parts["bodies"]
        body.set(facecolor=style.FILL, edgecolor=style.MUTED, linewidth=0.6, alpha=1)
    shift = np.random.default_rng(position).random(len(values))
    for kind, colour in style.CLASS_COLOUR.items():
        chosen = (group["kind"] == kind).to_numpy()
        axes.plot(
            position - 0.07 - 0.3 * shift[chosen],
            values[chosen],
            style.CLASS_MARK[kind],
            ms=1.8,
            color=colour,
            alpha=0.45,
            mew=0,
            rasterized=is_rasterized,
        )
    axes.plot(position, row["mean"], "o", ms=4, mfc="white", mec=style.INK, mew=1, zorder=4)
    if not np.isnan(row["mean_chance"]):
        axes.plot(position, row["mean_chance"], "_", ms=11, mew=1.6, color=style.INK, zorder=4)


def _draw_interval(axes: Axes, summaries: pd.DataFrame) -> None:
    """The two-stage interval of the mean over all facts."""
    mean = summaries[summaries["statistic"] == "mean_consistency_score"].dropna(subset=["ci_low"])
    if len(mean):
        low, high = mean.iloc[0][["ci_low", "ci_high"]]
        axes.plot([0, 0], [low, high], color=style.INK, lw=2, solid_capstyle="butt", zorder=3)


def _draw_thresholds(axes: Axes, found: dict[str, float]) -> None:
    lines = {
        "static": found.get("static"),
        "Otsu": found.get("otsu"),
        "paper's Fig. 3": PAPER_DRAWS,
    }
    dashes = {"static": (0, (4, 2)), "Otsu": "-", "paper's Fig. 3": (0, (1, 2))}
    drawn = sorted((at, name) for name, at in lines.items() if at is not None)
    lowest = -1.0
    for at, name in drawn:
        axes.axhline(at, color=style.MUTED, lw=0.9, ls=dashes[name], zorder=1)
        lowest = max(at, lowest + 0.055)
        axes.annotate(
            f"{name} {number(at)}",
            (1, lowest),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=style.SMALL,
            color=style.MUTED,
        )


def _name_columns(axes: Axes, groups: pd.DataFrame) -> None:
    is_wide = len(groups) <= WIDE
    names = [
        f"{name}\nn={n:,}" if is_wide else f"{name} ({n:,})"
        for name, n in zip(groups["relation"], groups["n_facts"], strict=True)
    ]
    size = 7 if is_wide else style.SMALL
    axes.set_xticks(
        range(len(groups)), names, rotation=0 if is_wide else 90, fontsize=size, parse_math=False
    )
    axes.axvline(0.56, color=style.GRID, lw=0.8)
    axes.tick_params(axis="x", length=0)
    axes.set(xlim=(-0.6, len(groups) - 0.3), ylim=(-0.03, 1.03), ylabel="consistency score (CS)")


def _add_legend(axes: Axes, points: pd.DataFrame) -> None:
    kinds = points["kind"].value_counts()
    for kind, colour in style.CLASS_COLOUR.items():
        name = f"{style.CLASS_NAME[kind]} (n={kinds.get(kind, 0):,})"
        axes.plot([], [], style.CLASS_MARK[kind], color=colour, ms=4, label=name)
    axes.plot([], [], "o", ms=4, mfc="white", mec=style.INK, mew=1, label="mean")
    axes.plot([], [], "_", ms=9, mew=1.6, color=style.INK, label="mean chance")
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=4,
        borderaxespad=0,
        handletextpad=0.3,
        columnspacing=1.2,
    )
