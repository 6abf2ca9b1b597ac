"""Fig. 6: how far manipulated synapses move neurons and the answer, for both classes of facts."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qloc.figures import estimates, style
from qloc.figures.formats import count, each, interval, number
from qloc.figures.style import METHOD_NAME

CONTROLS = {
    "without_first_column": "– by all but the first column",
    "mass_matched": "– by the same mass, all columns",
    "random_columns": "– by as many random columns",
}

LINES = {
    ("own", "synapses"): "own neurons",
    **{("own", which): name for which, name in CONTROLS.items()},
    ("neighbors", "synapses"): "neurons of neighbor queries",
    ("neighbors_only", "synapses"): "– of these, those not own",
    ("random", "synapses"): "random neurons, layers of own",
    ("random_any", "synapses"): "random neurons, any layer",
    ("answer", "synapses"): "the answer's probability",
    **{("answer", which): name for which, name in CONTROLS.items()},
}
"""What moves and what was manipulated, from the top: controls below what they are controls of."""

GROUPS = [0] * 4 + [1] * 4 + [2] * 4
"""Own neurons by the synapses and by controls, other neurons, the answer."""

FORMS = {
    ("suppress", False): "suppressed, × 0",
    ("suppress", True): "× 0, renormalised",
    ("enhance", False): "enhanced, × 2",
    ("enhance", True): "× 2, renormalised",
}
"""Every panel of a row: what is done to the columns, and whether rows add up to 1 again."""

AXIS = {"suppress": "falls by", "enhance": "rises by"}


def of_form(rows: pd.DataFrame, form: tuple[str, bool]) -> pd.DataFrame:
    """The rows of one panel."""
    return rows[(rows["manipulation"] == form[0]) & (rows["is_renormalised"] == form[1])]


def describe(summaries: pd.DataFrame) -> str:
    """What the figure says, in a sentence: of the first method and preset."""
    rows = estimates.shown(summaries)
    if rows.empty:
        return "No attention was manipulated."
    method, preset = estimates.methods(rows)[0], estimates.presets(rows)[0]
    chosen = of_form(rows, ("suppress", False))
    chosen = chosen[(chosen["method"] == method) & (chosen["preset"] == preset)]
    parts, controls = [], []
    for kind in estimates.classes_shown(summaries):
        of_class = chosen[(chosen["fact_class"] == kind) & (chosen["outcome"] == "own")]
        found = {row.synapse_set: row for row in each(of_class)}
        if {"synapses", "mass_matched"} <= found.keys():
            own, whose = found["synapses"], "" if kind == "all" else f" {kind}"
            share = interval(100 * own.mean, 100 * own.ci_low, 100 * own.ci_high, 0)
            parts.append(f"{share} % on {count(own.n_facts)}{whose}")
            controls.append(f"{number(100 * found['mass_matched'].mean, 0)}")
    if not parts:
        return "No query has knowledge neurons."
    return (
        f"Suppressed synapses (preset {style.shorten(preset, 10)}, plain) lower own neurons by"
        f" {', '.join(parts)} facts; as much of all columns by {', '.join(controls)} %."
    )


@style.look
def draw(summaries: pd.DataFrame) -> Figure:
    """A row of panels for every preset: suppressed and enhanced, both plain and renormalised."""
    rows = estimates.shown(summaries)
    if rows.empty:
        empty = Figure(figsize=(style.TEXT, 2))
        return style.nothing_to_show(empty, "no attention was manipulated")
    method, presets = estimates.methods(rows)[0], estimates.presets(rows)
    rows = rows[rows["method"] == method]
    is_whole = (rows["synapse_set"] == "synapses") & rows["outcome"].isin(["own", "answer"])
    far = estimates.reach(rows[is_whole])
    figure = Figure(figsize=(style.TEXT, 0.95 + 2.5 * len(presets)))
    panels = figure.subplots(len(presets), len(FORMS), squeeze=False, sharex=True)
    for line, preset in zip(panels, presets, strict=True):
        own = rows[rows["preset"] == preset]
        for axes, form in zip(line, FORMS, strict=True):
            _draw_form(axes, of_form(own, form), form, far)
            is_last = preset == presets[-1]
            estimates.in_percent(axes, AXIS[form[0]] if is_last else None)
        estimates.head(line[0], f"preset {style.label(preset, 12)}", 118)
    kinds = estimates.classes_shown(summaries)
    title = (
        f"Neurons and classes by {METHOD_NAME[method]}, {estimates.numbers_of_facts(rows)};"
        " mean relative change over facts and 95 % interval:"
    )
    marks = [*estimates.class_marks(kinds), estimates.hollow_mark("control for the synapses")]
    estimates.add_legend(figure, marks, title)
    return figure


def _draw_form(axes: Axes, rows: pd.DataFrame, form: tuple[str, bool], far: float) -> None:
    """All lines of one panel; what renormalising would undo is said not to be done."""
    lines = list(LINES)
    done = set()
    for row in each(rows):
        line = (row.outcome, row.synapse_set)
        if line in lines:
            done.add(line)
            is_control = row.synapse_set in CONTROLS
            estimates.draw_estimate(axes, lines.index(line), row, is_control, far)
    for at, line in enumerate(lines):
        if line[1] == "mass_matched" and form[1]:
            axes.text(0, at, " not done", va="center", fontsize=style.SMALL, color=style.MUTED)
    estimates.name_lines(axes, list(LINES.values()), GROUPS, form == next(iter(FORMS)))
    axes.set_title(FORMS[form], fontweight="normal", fontsize=8)
