"""Does the rule of the path integral change which neurons are selected, and what does it cost?"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from qloc.figures import style
from qloc.figures.formats import count, counted, each, number
from qloc.measures.proportion import wilson_interval
from qloc.measures.quadrature import QUADRATURES
from qloc.measures.quadrature_comparison import ROUNDING, own_rule

NAMES = {
    "adaptive": "adaptive",
    "riemann_right": "right Riemann",
    "left": "left Riemann",
    "midpoint": "midpoint",
    "gauss_legendre": "Gauss–Legendre",
}
PAPER = ("riemann_right", 20)
EXACT = "64 Gauss–Legendre points"

SMALLEST = 1e-8
"""What is smaller is drawn here: nothing in float32 is known so well."""


def by_rule(comparisons: pd.DataFrame) -> pd.DataFrame:
    """What every rule got wrong and what it cost, the rules in the order of the figure.

    The interval is Wilson's: the queries are a simple random sample of the model's studied
    queries, and speak about these only.
    """
    rows = []
    for (quadrature, steps), group in comparisons.groupby(["quadrature", "steps"], observed=True):
        n_other = int((~group["is_same_set"]).sum())
        low, high = wilson_interval(n_other, len(group))
        rows.append(
            {
                "quadrature": quadrature,
                "steps": steps,
                "n_queries": len(group),
                "n_other_set": n_other,
                "n_other_set_by_rounding": int((group["cut_distance"] <= ROUNDING).sum()),
                "share_other_set": n_other / len(group),
                "ci_low": low,
                "ci_high": high,
                "mean_jaccard": group["jaccard"].mean(),
                "score_error_median": group["score_error"].median(),
                "score_error_largest": group["score_error"].max(),
                "gradients_per_layer": group["gradients_per_layer"].mean(),
                "n_not_settled": _n_not_settled(group["is_settled"]),
            }
        )
    found = pd.DataFrame(rows)
    if found.empty:
        return found
    place = found["quadrature"].map(QUADRATURES.index)
    return found.assign(place=place).sort_values(["place", "steps"]).drop(columns="place")


def describe(comparisons: pd.DataFrame, quadrature: str, steps: int) -> str:
    """What the figure says, in a sentence: of the study's own rule, and of the paper's."""
    if comparisons.empty:
        return "No query was attributed."
    own = own_rule(quadrature, steps)
    rows = {(row.quadrature, row.steps): row for row in each(by_rule(comparisons))}
    said = ", ".join(_said(rows[rule]) for rule in dict.fromkeys([own, PAPER]))
    return f"Another neuron set than by {EXACT}: {said}."


def _said(row: SimpleNamespace) -> str:
    """How many sets a rule gets wrong, with the interval of the share."""
    ends = f"[{number(100 * row.ci_low, 1)}, {number(100 * row.ci_high, 1)} %]"
    name = _name(row.quadrature, row.steps)
    return f"{name} for {count(row.n_other_set)} of {counted(row.n_queries, 'query')} {ends}"


def _n_not_settled(settled: pd.Series) -> float:
    """Queries with a layer that missed the tolerance; NaN where the rule has none."""
    judged = settled.dropna()
    return float((~judged.astype(bool)).sum()) if len(judged) else float("nan")


def _name(quadrature: str, steps: int) -> str:
    return f"{NAMES[quadrature]} {steps}" if steps else NAMES[quadrature]


@style.look
def draw(comparisons: pd.DataFrame, quadrature: str, steps: int, tolerance: float) -> Figure:
    """One line for every rule: sets that differ, errors of scores, gradients taken."""
    figure = Figure(figsize=(style.TEXT, 2.9))
    if comparisons.empty:
        return style.nothing_to_show(figure, "no query was attributed")
    found = by_rule(comparisons)
    panels = figure.subplots(1, 3, sharey=True, width_ratios=(1.15, 1, 0.8))
    _draw_sets(panels[0], found)
    _draw_errors(panels[1], found, tolerance)
    _draw_costs(panels[2], found)
    panels[0].set_yticks(range(len(found)), _labels(found, own_rule(quadrature, steps)))
    panels[0].set_ylim(len(found) - 0.5, -0.5)
    for axes in panels:
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=True, axis="x")
    return figure


def _labels(found: pd.DataFrame, own: tuple[str, int]) -> list[str]:
    """The rules' names, with whose they are."""
    labels = []
    for row in each(found):
        rule = row.quadrature, row.steps
        whose = [who for who, other in (("paper", PAPER), ("this study", own)) if rule == other]
        labels.append(f"{_name(*rule)} ({', '.join(whose)})" if whose else _name(*rule))
    return labels


def _draw_sets(axes: Axes, found: pd.DataFrame) -> None:
    """The share of queries with another neuron set, its interval, and the counts."""
    for position, row in enumerate(each(found)):
        axes.plot([row.ci_low, row.ci_high], [position] * 2, color=style.FAINT, lw=2.6)
        axes.plot(row.share_other_set, position, "o", ms=4, color=style.INK)
        near = row.n_other_set_by_rounding
        _say(axes, position, count(row.n_other_set) + (f" ({count(near)}*)" if near else ""))
    axes.set(title=f"other neuron set (n = {count(found['n_queries'].max())})")
    near = " (* within rounding)" if found["n_other_set_by_rounding"].any() else ""
    axes.set(xlim=(-0.02, 1.02), xlabel=f"share of queries{near}")
    axes.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))


def _draw_errors(axes: Axes, found: pd.DataFrame, tolerance: float) -> None:
    """The median and the largest error of a score over queries."""
    for position, row in enumerate(each(found)):
        if np.isnan(row.score_error_median):
            _say(axes, position, "none")
            continue
        ends = [max(e, SMALLEST) for e in (row.score_error_median, row.score_error_largest)]
        axes.plot(ends, [position] * 2, color=style.FAINT, lw=1.2)
        axes.plot(ends[0], position, "o", ms=4, color=style.INK)
        axes.plot(ends[1], position, "|", ms=7, color=style.INK)
    axes.axvline(tolerance, color=style.MUTED, lw=0.9, ls=(0, (4, 2)))
    axes.set(xscale="log", title="error of scores", xlabel="over the query's largest |score|")
    style.name_decades(axes.xaxis, most=4)


def _draw_costs(axes: Axes, found: pd.DataFrame) -> None:
    """Gradients for every layer of a query, on average."""
    costs = found["gradients_per_layer"]
    axes.barh(range(len(found)), costs, height=0.55, color=style.FILL, ec=style.MUTED, lw=0.5)
    for position, cost in enumerate(costs):
        _say(axes, position, number(cost, 1))
    axes.set(title="gradients taken", xlabel="per query and layer")


def _say(axes: Axes, position: int, text: str) -> None:
    """A number at the right end of a line."""
    axes.annotate(
        text,
        (1.0, position),
        xycoords=("axes fraction", "data"),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
        fontsize=style.SMALL,
    )
