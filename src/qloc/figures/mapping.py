"""Fig. 4: how far every neuron set moves the answer, for both classes of facts."""

from itertools import accumulate

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qloc.figures import estimates, style
from qloc.figures.formats import count, counted, each, interval, number
from qloc.figures.style import METHOD_NAME

SETS = {
    "self": "self: the query's own",
    "neighbor_union": "union of its neighbors'",
    "neighbor": "the set of one neighbor, drawn",
    "neighbor_union_sample": "of these, as many as self",
    "intersection": "intersection of its neighbors'",
    "self_sample_intersection": "as many, drawn from self",
    "refined": "refined: of two neighbors or more",
    "refined_sample": "of these, as many as self",
    "self_sample_refined": "as many, drawn from self",
    "unrelated": "unrelated, as many as self",
    "unrelated_matched": "of self's layers and values",
}
"""Every set's name, from the top; a control stands below the set that it is a control of."""

CONTROLS = (
    "neighbor",
    "neighbor_union_sample",
    "self_sample_intersection",
    "refined_sample",
    "self_sample_refined",
    "unrelated_matched",
)

AXIS = {
    "suppress": "probability falls by",
    "enhance": "probability rises by",
}
TITLE = "The answer's probability: mean over facts and 95 % interval; classes by Otsu's threshold:"
HOLLOW = "control, below the set that it is a control of"
DONE = {"suppress": "suppressed (set to 0)", "enhance": "enhanced (doubled)"}


def describe(summaries: pd.DataFrame) -> str:
    """What the figure says, in a sentence: of the first method, neurons suppressed."""
    rows = estimates.shown(summaries)
    if rows.empty:
        return "No fact has three studied queries."
    method = estimates.methods(rows)[0]
    chosen = rows[(rows["method"] == method) & (rows["manipulation"] == "suppress")]
    parts, union, unrelated, is_more = [], [], [], []
    for kind in estimates.classes_shown(summaries):
        found = {row.neuron_set: row for row in each(chosen[chosen["fact_class"] == kind])}
        own = found["self"]
        share = interval(100 * own.mean, 100 * own.ci_low, 100 * own.ci_high, 0)
        whose = "" if kind == "all" else f" {kind}"
        parts.append(f"{share} % on {count(own.n_facts)}{whose}")
        union.append(number(100 * found["neighbor_union"].mean, 0))
        unrelated.append(number(100 * found["unrelated"].mean, 0))
        is_more.append(found["neighbor_union"].mean > own.mean)
    more = "more: " if all(is_more) else ""
    return (
        f"Own neurons ({METHOD_NAME[method]}) set to 0 lower answers by {', '.join(parts)} facts;"
        f" neighbors' union by {more}{', '.join(union)} %; unrelated {', '.join(unrelated)} %."
    )


@style.look
def draw(summaries: pd.DataFrame) -> Figure:
    """A row of panels for every method: neurons suppressed, enhanced, and the sets' sizes."""
    rows = estimates.shown(summaries)
    if rows.empty:
        empty = Figure(figsize=(style.TEXT, 2))
        return style.nothing_to_show(empty, "no fact has three studied queries")
    methods, kinds = estimates.methods(rows), estimates.classes_shown(summaries)
    figure = Figure(figsize=(style.TEXT, 0.9 + 2.2 * len(methods)))
    panels = figure.subplots(
        len(methods), 3, squeeze=False, sharex="col", width_ratios=(1, 1, 0.34 * len(kinds))
    )
    whole = rows[rows["neuron_set"] == "self"]
    far = {
        manipulation: estimates.reach(whole[whole["manipulation"] == manipulation])
        for manipulation in estimates.MANIPULATIONS
    }
    for line, method in enumerate(methods):
        own = rows[rows["method"] == method]
        is_last = method == methods[-1]
        for axes, manipulation in zip(panels[line], estimates.MANIPULATIONS, strict=False):
            done = own[own["manipulation"] == manipulation]
            _draw_sets(axes, done, manipulation, far[manipulation])
            estimates.in_percent(axes, AXIS[manipulation] if is_last else None)
            axes.set_title(DONE[manipulation], fontweight="normal")
        estimates.head(panels[line][0], METHOD_NAME[method], 118)
        _write_sizes(panels[line][2], own[own["manipulation"] == "suppress"], kinds)
    panels[-1][2].set_xlabel("neurons (empty sets)")
    marks = [*estimates.class_marks(kinds), estimates.hollow_mark(HOLLOW)]
    estimates.add_legend(figure, marks, TITLE)
    return figure


def _draw_sets(axes: Axes, rows: pd.DataFrame, manipulation: str, far: float) -> None:
    for row in each(rows):
        at = list(SETS).index(row.neuron_set)
        estimates.draw_estimate(axes, at, row, row.neuron_set in CONTROLS, far)
    names = [f"– {name}" if which in CONTROLS else name for which, name in SETS.items()]
    groups = list(accumulate(which not in CONTROLS for which in SETS))
    estimates.name_lines(axes, names, groups, manipulation == "suppress")


def _write_sizes(axes: Axes, rows: pd.DataFrame, kinds: list[str]) -> None:
    """For every class how many neurons a set has on average, and how often it has none."""
    symbols = {"consistent": "$K_C$", "inconsistent": "$K_I$", "all": "all"}
    for column, kind in enumerate(kinds):
        own = rows[rows["fact_class"] == kind]
        for row in each(own):
            text = f"{number(row.mean_n_neurons, 1)}{_empty(row.empty_share)}"
            at = list(SETS).index(row.neuron_set)
            axes.text(column, at, text, ha="center", va="center", fontsize=style.SMALL)
        heading = f"{symbols[kind]}\n{counted(own['n_facts'].max(), 'fact')}"
        axes.text(column, -0.6, heading, ha="center", va="bottom", fontsize=style.SMALL)
    axes.set(xlim=(-0.5, len(kinds) - 0.5), ylim=(len(SETS) - 0.5, -0.5), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def _empty(share: float) -> str:
    """How often a set is empty, in brackets; nothing where it never is."""
    if share == 0:
        return ""
    return " (<1 %)" if share < 0.005 else f" ({number(100 * share, 0)} %)"
