"""What an edit gains and what it costs: generalization against locality and perplexity."""

from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from qloc.figures import estimates, perplexity, style
from qloc.figures.edit_points import COSTS, GAINS, set_judged
from qloc.figures.formats import counted, each, interval, number
from qloc.figures.style import (
    CLASS_NAME,
    METHOD_NAME,
    SET_COLOUR,
    SET_MARK,
    SET_NAME,
    SET_SIZE,
)

ROWS = {
    ("update", "generalization"): "updated: Gen,\nheld-out queries",
    ("update", "generalization_seen"): "updated: Gen,\nalso seen queries",
    ("erase", "generalization"): "erased: Gen,\nheld-out queries",
    ("erase", "generalization_seen"): "erased: Gen,\nalso seen queries",
}

GAIN = {"generalization": "Held-out Gen", "generalization_seen": "Gen, also seen queries"}
TOLD = {"query": "own", "union": "union", "consistency_aware": "CAS"}
"""Kinds of queries and sets in a sentence."""

AXIS = {"locality": "(← better) locality", "perplexity_change": "(← better) ΔPPL, %"}

KEPT = (1, 0.99, 0.9, 0.5, 0)
"""Localities on the axis, which is logarithmic in what is lost."""

CONTROLS = {"random": ("x", "as many random neurons"), "top": ("+", "as many of the top scores")}
"""Every control's mark and name, by the end of the set's name."""


def describe(found: pd.DataFrame, preset: str) -> str:
    """What the figure says, in a sentence: updates at the chosen strength.

    Of inconsistent facts if there are any, on held-out queries if there are any.
    """
    found = estimates.of_first_method(found)
    at = found["is_chosen"] & (found["preset"] == preset) & (found["operation"] == "update")
    for gain, kind in product(GAINS, reversed(CLASS_NAME)):
        own = found[at & (found["fact_class"] == kind)].dropna(subset=[gain])
        rows = {row.neuron_set: row for row in each(own)}
        told = {name: rows.get(set_judged(name, gain)) for name in SET_NAME}
        parts = [
            f"{TOLD[name]} {_told(row, gain)}" for name, row in told.items() if row is not None
        ]
        if parts:
            n_facts = counted(own[f"{gain}_n_facts"].max(), f"{kind} fact")
            where = f"preset {style.shorten(preset, 12)}, {n_facts}"
            return f"{GAIN[gain]} (locality) of updates, {where}: {', '.join(parts)}."
    return "No fact was edited."


def _told(row: SimpleNamespace, gain: str) -> str:
    """Gain of an edit, and how much of locality it leaves."""
    value, low, high = (getattr(row, f"{gain}{end}") for end in ("", "_ci_low", "_ci_high"))
    return f"{interval(value, low, high)} ({number(row.locality)})"


@style.look
def draw(found: pd.DataFrame, preset: str) -> Figure:
    """A row of panels for every operation and kind of queries: for each class, both costs.

    What lies up and to the left gains more and costs less.
    Marks of this preset are filled, those of others hollow; controls are shown of this one.
    """
    if found.empty:
        return style.nothing_to_show(Figure(figsize=(style.TEXT, 2)), "no fact was edited")
    found = estimates.of_first_method(found)
    kinds = [kind for kind in CLASS_NAME if kind in set(found["fact_class"])]
    rows = [row for row in ROWS if not _of_row(found, row).empty]
    figure = Figure(figsize=(style.TEXT, 1.1 + 1.7 * len(rows)))
    panels = figure.subplots(len(rows), 2 * len(kinds), squeeze=False, sharex="col", sharey=True)
    filled = found.loc[found["preset"] == preset, "perplexity_change"]
    far = perplexity.reach(filled.to_numpy())
    for line, row in zip(panels, rows, strict=True):
        own = _of_row(found, row)
        for axes, (cost, kind) in zip(line, product(COSTS, kinds), strict=True):
            of_class = own[own["fact_class"] == kind]
            _lay_panel(axes, cost, far)
            _draw_edits(axes, _marks(of_class, cost, row[1], far), preset)
            if cost == "locality":
                _say_number(axes, of_class[f"{row[1]}_n_facts"])
        line[0].set_ylabel(ROWS[row])
    for axes, (_, kind) in zip(panels[0], product(COSTS, kinds), strict=True):
        axes.set_title(f"    {CLASS_NAME[kind]}", fontweight="normal", fontsize=8)
        style.mark_class(axes, kind)
    for axes, (cost, _) in zip(panels[-1], product(COSTS, kinds), strict=True):
        axes.set_xlabel(AXIS[cost])
    _add_legend(figure, found, preset)
    return figure


def _of_row(found: pd.DataFrame, row: tuple[str, str]) -> pd.DataFrame:
    """What a row of panels shows: the sets that its generalization judges, and their controls."""
    operation, gain = row
    judged = [set_judged(name, gain) for name in SET_NAME]
    names = [*judged, *(f"{name}_{control}" for name, control in product(judged, CONTROLS))]
    is_shown = (found["operation"] == operation) & found["neuron_set"].isin(names)
    return found[is_shown].dropna(subset=[gain])


def _marks(rows: pd.DataFrame, cost: str, gain: str, far: float) -> pd.DataFrame:
    """Where every edit stands: `x` and `y` with their intervals, its set and what it controls.

    Of locality `x` is what is lost.
    """
    ends = {"": "", "_low": "_ci_low", "_high": "_ci_high"}
    marks = rows[["preset", "strength", "is_chosen"]].assign(
        **{f"x{end}": rows[f"{cost}{of}"] for end, of in ends.items()},
        **{f"y{end}": rows[f"{gain}{of}"] for end, of in ends.items()},
        control=rows["neuron_set"].str.extract(f"_({'|'.join(CONTROLS)})$")[0].fillna(""),
        is_beyond=False,
    )
    chosen = rows["neuron_set"].str.replace(f"_({'|'.join(CONTROLS)})$", "", regex=True)
    marks["neuron_set"] = chosen.str.removesuffix("_held_out")
    if cost == "locality":
        marks[["x", "x_low", "x_high"]] = 1 - marks[["x", "x_low", "x_high"]]
    else:
        marks["x"] = marks["x"].mask(rows["is_perplexity_partial"], np.inf)
        for end in ends:
            marks[f"x{end}"] = perplexity.placed(marks[f"x{end}"].to_numpy(), far)
        marks["is_beyond"] = perplexity.are_beyond(marks["x"].to_numpy(), far)
    return marks.sort_values("strength")


def _lay_panel(axes: Axes, cost: str, far: float) -> None:
    if cost == "perplexity_change":
        perplexity.lay_axis(axes, "x", far)
    else:
        axes.set_xscale("symlog", linthresh=0.01, linscale=0.5)
        axes.set_xlim(-0.004, 1.3)
        axes.set_xticks([1 - kept for kept in KEPT], [f"{kept:g}" for kept in KEPT])
        axes.set_xticks([], minor=True)
    axes.set(ylim=(-0.17, 1.05), yticks=[0, 0.5, 1])
    axes.grid(visible=True)


def _draw_edits(axes: Axes, marks: pd.DataFrame, preset: str) -> None:
    """A line for every set and preset through its strengths, and a mark for every control."""
    is_line = marks["control"] == ""
    for (name, which), own in marks[is_line].groupby(["neuron_set", "preset"]):
        dash = "-" if which == preset else ":"
        axes.plot(own["x"], own["y"], color=SET_COLOUR[str(name)], lw=1, ls=dash, zorder=2)
    for row in each(marks[is_line | (marks["preset"] == preset)]):
        colour = SET_COLOUR[row.neuron_set]
        if row.control:
            mark = CONTROLS[row.control][0]
            axes.plot(row.x, row.y, mark, color=colour, ms=5, mew=1.2, zorder=3, clip_on=False)
        else:
            _draw_edit(axes, row, colour, row.preset == preset)
        if row.is_beyond:
            perplexity.point_beyond(axes, "x", (row.x, row.y), colour)


def _draw_edit(axes: Axes, row: SimpleNamespace, colour: str, is_filled: bool) -> None:
    """An edited set: a large mark, filled ones with intervals both ways, at the chosen strength."""
    size = SET_SIZE[row.neuron_set] * (1 if row.is_chosen else 0.55)
    fill: dict[str, Any] = {"mfc": colour if is_filled else "white", "mec": colour, "mew": 0.8}
    axes.plot(row.x, row.y, SET_MARK[row.neuron_set], ms=size, zorder=4, clip_on=False, **fill)
    if row.is_chosen and is_filled:
        look: dict[str, Any] = {"color": colour, "lw": 2.4, "alpha": 0.35, "solid_capstyle": "butt"}
        axes.plot([row.x] * 2, [row.y_low, row.y_high], **look)
        if not row.is_beyond:
            axes.plot([row.x_low, row.x_high], [row.y] * 2, **look)


def _say_number(axes: Axes, n_facts: pd.Series) -> None:
    """On how many facts the gains rest."""
    if len(n_facts):
        text = f"n = {counted(n_facts.max(), 'fact')}"
        axes.text(0.03, 0.02, text, fontsize=style.SMALL, transform=axes.transAxes)


def _add_legend(figure: Figure, found: pd.DataFrame, preset: str) -> None:
    """What colours, marks and fills mean."""
    own, others = (
        [style.label(name, 12) for name in estimates.presets(found) if (name == preset) == is_own]
        for is_own in (True, False)
    )
    sets = [
        Line2D([], [], marker=SET_MARK[name], ms=SET_SIZE[name], color=SET_COLOUR[name], label=text)
        for name, text in SET_NAME.items()
    ]
    controls = [
        Line2D([], [], marker=mark, ms=5, mew=1.2, color=style.INK, ls="", label=text)
        for mark, text in CONTROLS.values()
    ]
    strengths = [
        Line2D([], [], marker="o", ms=size, color=style.INK, ls="", label=text)
        for size, text in (
            (5, f"chosen strength, preset {', '.join(own)}"),
            (2.75, "its other strengths"),
        )
    ]
    hollow = [estimates.hollow_mark(f"preset {', '.join(others)}")] if others else []
    method = METHOD_NAME[found["method"].iloc[0]]
    figure.legend(
        handles=[*sets, *controls, *strengths, *hollow],
        loc="outside upper left",
        ncols=3,
        title=f"Neurons and classes by {method}; mean over facts and 95 % interval:",
        title_fontsize=7.5,
        alignment="left",
        columnspacing=1.4,
    )
