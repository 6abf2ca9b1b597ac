"""What is left of edits while fact after fact is edited (Table 7, all along)."""

from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from qloc.figures import estimates, perplexity, style
from qloc.figures.edit_points import SCORER
from qloc.figures.formats import counted, each, number
from qloc.figures.style import METHOD_NAME, SET_COLOUR, SET_MARK, SET_NAME, SET_SIZE

METRICS = {
    "reliability": "Rel, all edited so far",
    "generalization_seen": "Gen, also seen queries",
    "locality": "Loc",
    "perplexity_change": "perplexity rise, %",
}
"""Every panel of a row."""

DONE = {"update": "updated", "erase": "erased"}

TOLD = {"query": "own neurons", "union": "the union", "consistency_aware": "CAS"}
"""The sets in a sentence."""

APART = 1.06
"""The sets stand so far apart on the axis of edits, as a factor."""

PLACE = ["method", "operation", "preset", "neuron_set", "n_edited"]


def along(sequences: pd.DataFrame) -> pd.DataFrame:
    """Mean, deviation, lowest and highest run of every metric, after every number of edits.

    A metric that is missing in some run is missing; in how many runs perplexity is too large for a
    number says `runs_without_perplexity`. Of one run there is no deviation and no range.

    Args:
        sequences: Edit sequences with the columns `method` and `operation`; those by the first
            token are taken.
    """
    rows = sequences[sequences["scorer"] == SCORER]
    before, after = rows["perplexity_before"], rows["perplexity_after"]
    groups = rows.assign(
        perplexity_change=after / before - 1, runs_without_perplexity=after.isna()
    ).groupby(PLACE)
    metrics = groups[list(METRICS)]
    means = metrics.mean(skipna=False)
    has_range = (groups["run"].nunique() > 1).to_numpy()[:, None] & means.notna()
    return (
        groups.agg(
            n_runs=("run", "nunique"),
            runs_without_perplexity=("runs_without_perplexity", "sum"),
            no_edit_share=("no_edit_share", "mean"),
        )
        .join(means)
        .join(metrics.std(skipna=False).add_suffix("_sd"))
        .join(metrics.min().where(has_range).add_suffix("_low"))
        .join(metrics.max().where(has_range).add_suffix("_high"))
        .reset_index()
    )


def describe(found: pd.DataFrame, preset: str) -> str:
    """What the figure says, in a sentence: what is left of updates after the last one."""
    own = _of_row(estimates.of_first_method(found), ("update", preset))
    last = own[own["n_edited"] == own["n_edited"].max()]
    rows = {row.neuron_set: row for row in each(last)}
    parts = [f"{_told(rows[name])} of {whose}" for name, whose in TOLD.items() if name in rows]
    if not parts:
        return "No facts were edited one after another."
    done, n_runs = (
        counted(last["n_edited"].max(), "update"),
        counted(last["n_runs"].max(), "run"),
    )
    where = f"preset {style.shorten(preset, 12)}, {n_runs}"
    return f"After {done} ({where}) reliability (locality) is {', '.join(parts)}."


def _told(row: SimpleNamespace) -> str:
    """Reliability over all edits, its deviation where several runs give one, and locality."""
    deviation = row.reliability_sd
    spread = "" if np.isnan(deviation) else f" ± {number(deviation)}"
    return f"{number(row.reliability)}{spread} ({number(row.locality)})"


@style.look
def draw(found: pd.DataFrame) -> Figure:
    """A row of panels for every operation and preset: all metrics along the sequence."""
    if found.empty:
        nothing = Figure(figsize=(style.TEXT, 2))
        return style.nothing_to_show(nothing, "no facts were edited one after another")
    found = estimates.of_first_method(found)
    presets = estimates.presets(found)[::-1]
    rows = [row for row in product(DONE, presets) if len(_of_row(found, row))]
    figure = Figure(figsize=(style.TEXT, 0.9 + 1.45 * len(rows)))
    panels = figure.subplots(len(rows), len(METRICS), squeeze=False, sharex=True)
    far = perplexity.reach(found["perplexity_change"].to_numpy())
    for line, row in zip(panels, rows, strict=True):
        own = _of_row(found, row)
        for axes, metric in zip(line, METRICS, strict=True):
            _draw_metric(axes, own, metric, far)
        line[0].set_ylabel(f"{DONE[row[0]]},\npreset {style.label(row[1], 12)}")
    for axes, title in zip(panels[0], METRICS.values(), strict=True):
        axes.set_title(title, fontweight="normal", fontsize=8, pad=10)
    _count_edits(panels[-1][0], sorted(found["n_edited"].unique().tolist()))
    figure.supxlabel("facts edited so far", fontsize=8)
    marks = [
        Line2D(
            [],
            [],
            marker=SET_MARK[name],
            ms=SET_SIZE[name],
            color=SET_COLOUR[name],
            lw=1,
            label=text,
        )
        for name, text in SET_NAME.items()
    ]
    estimates.add_legend(figure, marks, _title(found))
    return figure


def _of_row(found: pd.DataFrame, row: tuple[str, str]) -> pd.DataFrame:
    return found[(found["operation"] == row[0]) & (found["preset"] == row[1])]


def _draw_metric(axes: Axes, rows: pd.DataFrame, metric: str, far: float) -> None:
    """A line for every set, and a bar from the lowest to the highest run at each of its marks.

    A mean beyond the axis has an arrow and no bar.
    """
    is_change = metric == "perplexity_change"
    if is_change:
        perplexity.lay_axis(axes, "y", far)
    else:
        axes.set(ylim=(-0.04, 1.04), yticks=[0, 0.5, 1])
    axes.grid(visible=True, axis="y")
    for place, (name, colour) in enumerate(SET_COLOUR.items(), start=-1):
        own = rows[rows["neuron_set"] == name].sort_values("n_edited")
        at = own["n_edited"].to_numpy(dtype=float) * APART**place
        mean = own[metric].to_numpy()
        ends = own[[f"{metric}_low", f"{metric}_high"]].to_numpy().T
        is_beyond = np.zeros(len(at), dtype=bool)
        if is_change:
            mean = perplexity.placed(mean, far)
            is_beyond = perplexity.are_beyond(mean, far)
            for step in at[is_beyond]:
                perplexity.point_beyond(axes, "y", (step, mean.max()), colour)
        has_bar = ~np.isnan(ends[0]) & ~is_beyond
        axes.vlines(at[has_bar], *ends[:, has_bar], color=colour, alpha=0.35, lw=2.4)
        line: dict[str, Any] = {"color": colour, "lw": 1, "ms": 0.8 * SET_SIZE[name]}
        axes.plot(at, mean, SET_MARK[name], ls="-", clip_on=False, **line)


def _count_edits(axes: Axes, steps: list[int]) -> None:
    """A logarithmic axis that names every number of edits that was looked at."""
    axes.set_xscale("log")
    axes.set_xlim(steps[0] / 1.3, steps[-1] * 1.3)
    axes.set_xticks(steps, [f"{step:,}" for step in steps])
    axes.set_xticks([], minor=True)


def _title(found: pd.DataFrame) -> str:
    runs = counted(found["n_runs"].max(), "run")
    facts = counted(found["n_edited"].max(), "fact")
    method = METHOD_NAME[found["method"].iloc[0]]
    return f"Neurons by {method}; mean, lowest and highest of {runs} of up to {facts}:"
