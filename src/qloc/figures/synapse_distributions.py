"""Fig. 11: how far manipulated synapses move own neurons and the answer, fact by fact."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from qloc.figures import estimates, style
from qloc.figures.formats import counted, each, number
from qloc.figures.style import METHOD_NAME
from qloc.figures.synapses import AXIS, FORMS, of_form
from qloc.measures.effects import relative
from qloc.measures.manipulations import DIRECTIONS

OUTCOMES = {"own": "own neurons", "answer": "the answer's\nprobability"}

FEW = 5
"""With fewer facts a density says nothing: points only."""

MOST_POINTS = 100
"""Of more facts in a distribution so many are points, evenly chosen by their effect."""

RUN = ["preset", "manipulation", "is_renormalised"]


def fact_effects(
    effects: pd.DataFrame, answers: pd.DataFrame, classes: pd.DataFrame
) -> pd.DataFrame:
    """The effect of the synapses on every fact: the mean over its queries, and the fact's class.

    Args:
        effects: Synapse effects; those on own neurons by the first method are taken.
        answers: Synapse answers.
        classes: Consistency classes with the column `method`; those of the same method are taken.
    """
    method = next(iter(estimates.methods(effects)), "ig")
    own = effects[(effects["method"] == method) & (effects["neuron_set"] == "own")]
    before, after = (answers[f"answer_probability_{when}"] for when in ("before", "after"))
    rows = pd.concat(
        [
            own.assign(outcome="own", change=own["value_change"], size=own["value_size"]),
            answers.assign(outcome="answer", change=after - before, size=before),
        ]
    )
    rows = rows[rows["synapse_set"] == "synapses"]
    share = relative(rows["change"].to_numpy(float), rows["size"].to_numpy(float))
    rows = rows.assign(effect=share * rows["manipulation"].map(DIRECTIONS).to_numpy(float))
    facts = rows.groupby([*RUN, "outcome", "fact_id"])["effect"].mean().dropna().reset_index()
    return facts.merge(_classes(classes, method, facts), on="fact_id").assign(method=method)


def _classes(classes: pd.DataFrame, method: str, facts: pd.DataFrame) -> pd.DataFrame:
    """The class of every fact under Otsu's threshold; `all` of every fact where there is none."""
    own = classes[(classes["criterion"] == "otsu") & (classes["method"] == method)]
    if own.empty:
        return facts[["fact_id"]].drop_duplicates().assign(fact_class="all")
    kind = np.where(own["is_consistent"], "consistent", "inconsistent")
    return own[["fact_id"]].assign(fact_class=kind)


def summaries(facts: pd.DataFrame) -> pd.DataFrame:
    """What every distribution of the figure holds: facts, mean and quantiles."""
    groups = facts.groupby(["method", *RUN, "outcome", "fact_class"])["effect"]
    rows = groups.describe(percentiles=[0.05, 0.25, 0.5, 0.75, 0.95])
    names = {"count": "n_facts", "std": "standard_deviation", "50%": "median"}
    return rows.rename(columns=names).astype({"n_facts": int}).reset_index()


def describe(facts: pd.DataFrame) -> str:
    """What the figure says, in a sentence: medians of the first preset, suppressed."""
    if facts.empty:
        return "No attention was manipulated."
    preset = estimates.presets(facts)[0]
    chosen = of_form(facts, ("suppress", False))
    chosen = chosen[(chosen["preset"] == preset) & (chosen["outcome"] == "own")]
    parts = [
        f"{number(100 * row.median, 0)} % on {_counted(row)}"
        f" ({number(100 * row.lower, 0)} to {number(100 * row.upper, 0)} %)"
        for row in each(summaries(chosen).rename(columns={"25%": "lower", "75%": "upper"}))
    ]
    if not parts:
        return "No query has knowledge neurons."
    told = ", ".join(parts)
    return f"Suppressed synapses lower a fact's own neurons by median (middle half) {told}."


def _counted(row: SimpleNamespace) -> str:
    """How many facts of which class."""
    return counted(row.n_facts, "fact" if row.fact_class == "all" else f"{row.fact_class} fact")


@style.look
def draw(facts: pd.DataFrame) -> Figure:
    """A half-violin, points, median and mean of every class, for both outcomes and every form."""
    if facts.empty:
        empty = Figure(figsize=(style.TEXT, 2))
        return style.nothing_to_show(empty, "no attention was manipulated")
    presets = estimates.presets(facts)
    kinds = [kind for kind in estimates.MARK if kind in set(facts["fact_class"])]
    height = 0.36 * len(kinds) * len(OUTCOMES) + 0.4
    figure = Figure(figsize=(style.TEXT, 0.9 + height * len(presets)))
    panels = figure.subplots(len(presets), len(FORMS), squeeze=False, sharex=True)
    for line, preset in zip(panels, presets, strict=True):
        own = facts[facts["preset"] == preset]
        for axes, form in zip(line, FORMS, strict=True):
            _draw_form(axes, of_form(own, form), kinds)
            axes.set_title(FORMS[form], fontweight="normal", fontsize=8)
            estimates.in_percent(axes, AXIS[form[0]] if preset == presets[-1] else None)
            _name_outcomes(axes, len(kinds), is_first=axes is line[0])
        estimates.head(line[0], f"preset\n{style.label(preset, 12)}", 65)
    estimates.add_legend(figure, _marks(kinds), _title(facts))
    return figure


def _title(facts: pd.DataFrame) -> str:
    sizes = facts.groupby("fact_class")["fact_id"].nunique().rename("n_facts").reset_index()
    return (
        f"Neurons and classes by {METHOD_NAME[facts['method'].iloc[0]]},"
        f" {estimates.numbers_of_facts(sizes)}; relative change by suppressed or enhanced synapses:"
    )


def _marks(kinds: list[str]) -> list[Line2D]:
    median = Line2D([], [], marker="|", color=style.INK, ls="", ms=7, mew=1.6, label="median")
    return [*estimates.class_marks(kinds), median, estimates.hollow_mark("mean")]


def _draw_form(axes: Axes, rows: pd.DataFrame, kinds: list[str]) -> None:
    """One line for every outcome and class, from the top."""
    is_many = len(rows) * len(FORMS) > style.MANY_POINTS
    for at, (outcome, kind) in enumerate((o, k) for o in OUTCOMES for k in kinds):
        own = rows[(rows["outcome"] == outcome) & (rows["fact_class"] == kind)]
        _draw_distribution(axes, at, own["effect"].to_numpy(), kind, is_many)


def _draw_distribution(
    axes: Axes, at: int, values: np.ndarray, kind: str, is_rasterized: bool
) -> None:
    """The density above the line, every fact as a point below it, mean and median on it."""
    if not len(values):
        return
    colour = estimates.COLOUR[kind]
    if len(values) >= FEW and np.ptp(values) > 1e-6:
        parts: Any = axes.violinplot(
            [values],
            [at + 0.1],
            orientation="horizontal",
            widths=0.95,
            side="low",
            showextrema=False,
            points=40,
        )
        (body,) = parts["bodies"]
        body.set(facecolor=colour, edgecolor=colour, linewidth=0.6, alpha=0.3)
    chosen = np.linspace(0, len(values) - 1, min(len(values), MOST_POINTS)).round().astype(int)
    shift = np.random.default_rng(at).random(len(chosen))
    axes.plot(
        np.sort(values)[chosen],
        at + 0.18 + 0.22 * shift,
        estimates.MARK[kind],
        ms=1.5,
        mew=0,
        color=colour,
        alpha=0.45,
        rasterized=is_rasterized,
    )
    axes.plot([np.median(values)] * 2, [at - 0.12, at + 0.12], color=style.INK, lw=1.6, zorder=4)
    axes.plot(values.mean(), at + 0.1, "o", ms=3.4, mfc="white", mec=style.INK, mew=0.9, zorder=5)


def _name_outcomes(axes: Axes, n_kinds: int, is_first: bool) -> None:
    places = [(n_kinds - 1) / 2 + n_kinds * number for number in range(len(OUTCOMES))]
    names = list(OUTCOMES.values()) if is_first else [""] * len(places)
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0, labelsize=7)
    axes.axhspan(n_kinds - 0.53, 2 * n_kinds - 0.5, color=style.PALE, lw=0, zorder=0)
    axes.set_ylim(n_kinds * len(OUTCOMES) - 0.5, -0.6)
