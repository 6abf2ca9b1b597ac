"""Are the attributions right? The error bar that every attribution carries.

An attribution is that of one query's layer. It has a path of its own, or one for every word that
the method perturbs; then the errors of its paths are added, and it is settled as a whole.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from qloc.figures import style
from qloc.figures.formats import count, counted, number

ERRORS = {
    "completeness_gap": "completeness gap",
    "score_change": "last change of a score",
}

UPRIGHT = 6
"""Up to so many bars their counts stand upright."""

SMALLEST = 1e-12
"""What is smaller is drawn here: nothing in float32 is known so well."""


def attributions(checks: pd.DataFrame) -> pd.DataFrame:
    """One row for every attribution: the errors of its paths added, and whether it is settled."""
    groups = checks.groupby(["query_id", "layer"], sort=False)
    rows = groups[list(ERRORS)].sum(min_count=1)
    return rows.assign(is_settled=groups["is_settled"].first()).reset_index()


def by_layer(checks: pd.DataFrame) -> pd.DataFrame:
    """Attributions, nodes of their paths and quantiles of both errors, of every layer and all."""
    paths = _with_all(checks).groupby("layer", sort=False)
    groups = _with_all(attributions(checks)).groupby("layer", sort=False)
    rows = pd.DataFrame({"n_attributions": groups.size(), "n_paths": paths.size()})
    rows["n_not_settled"] = groups["is_settled"].agg(lambda settled: int((settled == False).sum()))  # noqa: E712
    rows["mean_nodes"], rows["most_nodes"] = paths["nodes"].mean(), paths["nodes"].max()
    for error in ERRORS:
        for name, share in (("median", 0.5), ("p99", 0.99), ("largest", 1.0)):
            rows[f"{error}_{name}"] = groups[error].quantile(share)
    return rows.reset_index()


def _with_all(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of every layer, and again as those of all."""
    return pd.concat([rows.astype({"layer": str}), rows.assign(layer="all")])


def n_not_settled(checks: pd.DataFrame) -> int:
    """Attributions that never reached the tolerance; they are kept and counted."""
    return int((attributions(checks)["is_settled"].dropna() == False).sum())  # noqa: E712


def n_judged(checks: pd.DataFrame) -> int:
    """Attributions by a rule with a tolerance."""
    return int(attributions(checks)["is_settled"].notna().sum())


def describe(checks: pd.DataFrame, tolerance: float) -> str:
    """What the figure says, in a sentence."""
    if checks.empty:
        return "Nothing was attributed."
    n_attributions = counted(len(attributions(checks)), "attribution")
    if checks["is_settled"].isna().all():
        return f"{n_attributions} by a rule without a tolerance."
    return (
        f"{count(n_not_settled(checks))} of {n_attributions} (query and layer)"
        f" did not settle to a tolerance of {tolerance:g} of the query's largest score."
    )


@style.look
def draw(checks: pd.DataFrame, tolerance: float) -> Figure:
    """Distributions of both errors against the tolerance, and of the points that were taken."""
    figure = Figure(figsize=(style.TEXT, 2.5))
    if checks.empty:
        return style.nothing_to_show(figure, "nothing was attributed")
    *errors, nodes = figure.subplots(1, 3)
    found = attributions(checks)
    for axes, (error, name) in zip(errors, ERRORS.items(), strict=True):
        _draw_error(axes, found[error].dropna().to_numpy(), tolerance)
        axes.set_title(name)
    errors[0].set_ylabel("share of attributions at least as large")
    figure.supxlabel(
        f"relative to the query's largest |score|; {counted(len(found), 'attribution')},"
        f" {count(n_not_settled(checks))} not settled",
        fontsize=8,
    )
    _draw_nodes(nodes, checks["nodes"])
    return figure


def _draw_error(axes: Axes, values: np.ndarray, tolerance: float) -> None:
    """How many attributions have an error of at least x."""
    if not len(values):
        axes.set_axis_off()
        axes.text(0.5, 0.5, "not taken by this rule", ha="center", color=style.MUTED)
        return
    ordered = np.sort(np.maximum(values, SMALLEST))
    kept = np.unique(np.linspace(0, len(ordered) - 1, 400).astype(int))
    axes.step(ordered[kept], 1 - kept / len(ordered), where="pre", color=style.INK)
    axes.axvline(tolerance, color=style.MUTED, lw=0.9, ls=(0, (4, 2)))
    axes.annotate(
        f"tolerance {tolerance:g}",
        (tolerance, 1),
        xycoords=("data", "axes fraction"),
        xytext=(2, -2),
        textcoords="offset points",
        va="top",
        rotation=90,
        fontsize=style.SMALL,
        color=style.MUTED,
    )
    axes.set(xscale="log", yscale="log")
    style.name_decades(axes.xaxis, most=4)
    style.name_decades(axes.yaxis)
    axes.grid(visible=True)


def _draw_nodes(axes: Axes, nodes: pd.Series) -> None:
    found = nodes.value_counts().sort_index()
    axes.bar([str(n) for n in found.index], found, color=style.FILL, ec=style.MUTED, lw=0.5)
    for position, n in enumerate(found):
        axes.annotate(
            count(n),
            (position, n),
            xytext=(0, 1),
            textcoords="offset points",
            ha="center",
            rotation=90 if len(found) > UPRIGHT else 0,
            fontsize=style.SMALL,
        )
    axes.set(title=f"points, mean {number(nodes.mean(), 1)}", ylabel="paths")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.margins(y=0.12)
