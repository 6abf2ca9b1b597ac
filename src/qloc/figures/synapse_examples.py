"""Figs. 5 and 10: neurons of two facts while attention is as it is, suppressed, and enhanced."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colorizer import ColorizingArtist
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from qloc.figures import estimates, style
from qloc.figures.examples import SHORT, blank, example_facts, title
from qloc.figures.formats import number
from qloc.figures.heatmaps import (
    MOST_QUERIES,
    around_zero,
    draw_heatmap,
    grid,
    mark_selected,
    n_neurons_shown,
    name_queries,
)
from qloc.figures.style import METHOD_NAME
from qloc.figures.synapses import FORMS, of_form
from qloc.measures.effects import relative

MOST_NEURONS = 30
"""Of a fact's neurons so many are drawn at most, that every cell has room for its dot."""

STRONG = 0.98
"""The share of values within the scale; of the rest only the sign is seen."""

CELL = ["kind", "method", "preset", "query_id", "pattern", "layer", "neuron", "is_own"]
BEFORE = "value_as_it_is"


@dataclass(frozen=True)
class ManipulatedFact:
    """One fact of the figure: what it is called, its class and score, and its cells."""

    title: str
    kind: str
    consistency_score: float
    cells: pd.DataFrame


def examples(
    values: pd.DataFrame, queries: pd.DataFrame, scores: pd.DataFrame, classes: pd.DataFrame
) -> list[ManipulatedFact]:
    """Of each class the fact nearest the median of those whose values were kept.

    Args:
        values: Synapse examples; those by the first method and preset are taken.
        queries: Queries of all facts.
        scores: Consistency scores with the column `method`; those of the same method are taken.
        classes: Consistency classes, likewise.
    """
    if values.empty:
        return []
    method, preset = estimates.methods(values)[0], estimates.presets(values)[0]
    own = values[(values["method"] == method) & (values["preset"] == preset)]
    scored = scores[(scores["method"] == method) & scores["fact_id"].isin(own["fact_id"])]
    chosen = example_facts(scored, classes[classes["method"] == method])
    score = scored.set_index("fact_id")["consistency_score"]
    facts = []
    for kind, fact_id in chosen.items():
        asked = queries[queries["fact_id"] == fact_id]
        cells = _cells(own[own["fact_id"] == fact_id], asked)
        facts.append(ManipulatedFact(title(asked.iloc[0]), kind, float(score[fact_id]), cells))
    return facts


def _cells(own: pd.DataFrame, queries: pd.DataFrame) -> pd.DataFrame:
    """Every value of a fact's neurons; `n_selected` counts the queries that select the neuron."""
    pairs = own.loc[own["is_own"], ["query_id", "layer", "neuron"]].drop_duplicates()
    counts = pairs.groupby(["layer", "neuron"]).size().rename("n_selected").reset_index()
    patterns = queries[["query_id", "pattern"]]
    return own.merge(counts, on=["layer", "neuron"]).merge(patterns, on="query_id")


def cells(facts: list[ManipulatedFact]) -> pd.DataFrame:
    """Every cell of the figure: its value as it is, and under every manipulation."""
    columns = {
        (done, renormalised): f"value_{done}{'_renormalised' if renormalised else ''}"
        for done, renormalised in FORMS
    }
    if not facts:
        return pd.DataFrame(columns=[*CELL, BEFORE, *columns.values()])
    rows = pd.concat([fact.cells.assign(kind=fact.kind) for fact in facts], ignore_index=True)
    rows = rows.rename(columns={"value_before": BEFORE})
    form = pd.Series(zip(rows["manipulation"], rows["is_renormalised"], strict=True))
    wide = rows.assign(form=form.map(columns)).pivot(
        index=[*CELL, BEFORE], columns="form", values="value_after"
    )
    return wide.reset_index()[[*CELL, BEFORE, *columns.values()]]


def own_effects(cells: pd.DataFrame) -> dict[tuple[str, bool], float]:
    """By what share own neurons' values grow in every form: the mean over the fact's queries."""
    own = cells[cells["is_own"]]
    before, after = own["value_before"].astype(float), own["value_after"].astype(float)
    rows = own.assign(change=np.sign(before) * (after - before), size=before.abs())
    return {form: _mean_share(of_form(rows, form)) for form in FORMS}


def _mean_share(rows: pd.DataFrame) -> float:
    """Mean over queries of all values' change relative to their size; NaN if there is none."""
    sums = rows.groupby("query_id")[["change", "size"]].sum()
    return float(pd.Series(relative(sums["change"].to_numpy(), sums["size"].to_numpy())).mean())


def describe(facts: list[ManipulatedFact]) -> str:
    """What the figure says, in a sentence."""
    if not facts:
        return "No fact with a class has three studied queries."
    parts = [
        f"{_signed(own_effects(fact.cells)['suppress', False])} for"
        f" {style.shorten(fact.title, SHORT)} ({fact.kind})"
        for fact in facts
    ]
    number_of = "Two examples" if len(facts) > 1 else "One example"
    return f"{number_of}, no evidence: own values without synapses {', '.join(parts)}."


def _signed(share: float) -> str:
    """A change in percent with its sign."""
    if np.isnan(share):
        return "no own neuron"
    text = f"{number(100 * share, 0)} %"
    return f"+{text}" if share >= 0.005 else text


@style.look
def draw(facts: list[ManipulatedFact]) -> Figure:
    """Five heatmaps for every fact, queries by neurons: nothing done, and every manipulation."""
    if not facts:
        empty = Figure(figsize=(style.TEXT, 2))
        return style.nothing_to_show(empty, "no fact with a class has three studied queries")
    rows = [min(fact.cells["query_id"].nunique(), MOST_QUERIES) for fact in facts]
    figure = Figure(figsize=(style.TEXT, 1.2 + 0.24 * sum(rows) + 0.6 * len(rows)))
    n_panels = 1 + len(FORMS)
    panels = figure.subplots(len(facts), n_panels, squeeze=False, height_ratios=rows)
    values = cells(facts).filter(like="value_").abs().to_numpy(dtype=float)
    largest = float(np.nanquantile(values, STRONG))
    scales = [
        _draw_fact(list(line), fact, largest) for line, fact in zip(panels, facts, strict=True)
    ]
    figure.colorbar(
        scales[0],
        ax=panels,
        orientation="horizontal",
        aspect=60,
        shrink=0.6,
        pad=0.03,
        extend="both",
        label="value of the neuron",
    )
    first = facts[0].cells.iloc[0]
    method, preset = METHOD_NAME[first["method"]], style.label(first["preset"], 20)
    text = f"Neurons by {method}, synapses by preset {preset}; below: how far own values grow"
    figure.suptitle(text, x=0.01, ha="left", fontsize=7.5, fontweight="normal", parse_math=False)
    return figure


def _draw_fact(line: list[Axes], fact: ManipulatedFact, largest: float) -> ColorizingArtist:
    """All panels of one fact; they share the order of neurons, the dots of own ones, the scale."""
    before = fact.cells.drop_duplicates(["query_id", "layer", "neuron"])
    values = grid(before, "value_before", MOST_NEURONS)
    own, n_selected = (grid(before, name, MOST_NEURONS) for name in ("is_own", "n_selected"))
    effects = own_effects(fact.cells)
    scale = draw_heatmap(line[0], values, style.SIGNED, around_zero(largest), is_picture=True)
    for axes, form in zip(line[1:], FORMS, strict=True):
        after = grid(of_form(fact.cells, form), "value_after", MOST_NEURONS)
        draw_heatmap(axes, after, style.SIGNED, around_zero(largest), is_picture=True)
        _name(axes, FORMS[form])
        axes.set_xlabel(_signed(effects[form]), fontsize=7)
    for axes in line:
        mark_selected(axes, own, n_selected)
    patterns = before.drop_duplicates("query_id").set_index("query_id")["pattern"]
    name_queries(line[0], [blank(patterns[query]) for query in values.index])
    _name(line[0], "as it is")
    line[0].set_xlabel(f"{n_neurons_shown(before, MOST_NEURONS)} neurons", fontsize=7)
    _head(line[0], fact)
    return scale


def _name(axes: Axes, text: str) -> None:
    """A panel's title; the empty line above it is where the fact's own stands."""
    axes.set_title(f"\n{text}", fontsize=7, fontweight="normal", pad=7)


def _head(axes: Axes, fact: ManipulatedFact) -> None:
    """What the fact says, its class and its score, above its panels."""
    text = f"{fact.kind}, CS {number(fact.consistency_score)}: {style.label(fact.title, 60)}"
    head = axes.annotate(
        text,
        (0, 1),
        xycoords="axes fraction",
        xytext=(-110, 20),
        textcoords="offset points",
        fontsize=7.5,
        fontweight="bold",
        parse_math=False,
        annotation_clip=False,
    )
    head.set_in_layout(False)
    offset = ScaledTranslation(-116 / 72, 22.5 / 72, axes.figure.dpi_scale_trans)
    axes.plot(
        [0],
        [1],
        style.CLASS_MARK[fact.kind],
        color=style.CLASS_COLOUR[fact.kind],
        ms=4.5,
        clip_on=False,
        transform=axes.transAxes + offset,
    )
