"""Fig. 2: what consistent and inconsistent mean, drawn from two facts of the run itself.

Queries stand left, the model's feed-forward layers right; every line leads from a query to a
neuron it selects. A filled neuron serves more than one query: their share is the consistency score.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from qloc.figures import style
from qloc.figures.examples import SHORT, blank, title
from qloc.figures.formats import counted, each, number

MOST_QUERIES, MOST_NEURONS = 8, 36


@dataclass(frozen=True)
class ExampleFact:
    """One fact: what it is called, its class, its queries' texts and their knowledge neurons."""

    title: str
    kind: str
    prompts: dict[str, str]
    neurons: pd.DataFrame

    @property
    def counts(self) -> pd.DataFrame:
        """Every neuron of any query, and how many queries select it."""
        groups = self.neurons.groupby(["layer", "neuron"])["query_id"].nunique()
        return groups.rename("n_queries").reset_index()

    @property
    def n_shared(self) -> int:
        """How many neurons more than one query selects."""
        return int((self.counts["n_queries"] > 1).sum())

    @property
    def sentence(self) -> str:
        """How the consistency score of this fact comes about."""
        n_any = len(self.counts)
        return (
            f"{self.n_shared} of {counted(n_any, 'neuron')} serve more than one query:"
            f" CS = {number(self.n_shared / n_any)}"
        )


def example(fact_id: str, kind: str, neurons: pd.DataFrame, queries: pd.DataFrame) -> ExampleFact:
    """One fact as the figure needs it, from the tables of all facts."""
    own = neurons[neurons["fact_id"] == fact_id]
    asked = queries[queries["query_id"].isin(own["query_id"])]
    prompts = {str(query.query_id): blank(str(query.pattern)) for query in asked.itertuples()}
    return ExampleFact(title(asked.iloc[0]), kind, prompts, own)


def connections(examples: list[ExampleFact]) -> pd.DataFrame:
    """Every line of the figure: a query and a neuron it selects."""
    parts = [
        example.neurons[["query_id", "layer", "neuron"]]
        .merge(example.counts, on=["layer", "neuron"])
        .assign(kind=example.kind)
        for example in examples
    ]
    columns = ["kind", "query_id", "layer", "neuron", "n_queries"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def describe(examples: list[ExampleFact]) -> str:
    """What the figure says, in a sentence."""
    if not examples:
        return "No fact has a class."
    parts = [
        f"{fact.n_shared} of {counted(len(fact.counts), 'neuron')} of"
        f" {style.shorten(fact.title, SHORT)} ({fact.kind})"
        for fact in examples
    ]
    return f"Several queries select {', '.join(parts)}."


@style.look
def draw(examples: list[ExampleFact], n_layers: int, n_neurons: int) -> Figure:
    """One panel for every fact: its queries, the layers, and lines to the neurons they select."""
    figure = Figure(figsize=(style.TEXT, 0.2 + 1.75 * max(len(examples), 1)))
    if not examples:
        return style.nothing_to_show(figure, "no fact has a class")
    panels = figure.subplots(len(examples), 1, squeeze=False)[:, 0]
    for axes, example in zip(panels, examples, strict=True):
        _draw_layers(axes, n_layers)
        _draw_fact(axes, example, n_layers, n_neurons)
    panels[-1].set_xlabel("neuron of the layer, from first to last", fontsize=7, loc="right")
    return figure


def _draw_layers(axes: Axes, n_layers: int) -> None:
    axes.hlines(range(n_layers), 0, 1, color=style.GRID, lw=0.8, zorder=1)
    every = max(1, -(-n_layers // 6))
    named = range(0, n_layers, every)
    axes.yaxis.tick_right()
    axes.set_yticks(named, [f"layer {layer}" for layer in named], fontsize=style.SMALL)
    axes.tick_params(axis="y", length=0)
    axes.spines[:].set_visible(False)
    axes.set(xlim=(-0.62, 1.01), xticks=[], ylim=(-0.5, n_layers - 0.5))


def _evenly(counts: pd.DataFrame) -> pd.DataFrame:
    """All neurons, or so many evenly chosen that shares of shared ones and of layers stay."""
    order = counts.assign(is_shared=counts["n_queries"] > 1)
    order = order.sort_values(["is_shared", "layer", "neuron"]).drop(columns="is_shared")
    chosen = np.linspace(0, len(order) - 1, min(len(order), MOST_NEURONS))
    return order.iloc[np.round(chosen).astype(int)]


def _draw_fact(axes: Axes, fact: ExampleFact, n_layers: int, n_neurons: int) -> None:
    shown = list(fact.prompts)[:MOST_QUERIES]
    heights = np.linspace(n_layers - 1, 0, len(shown)) if len(shown) > 1 else [(n_layers - 1) / 2]
    place = dict(zip(shown, heights, strict=True))
    chosen = _evenly(fact.counts)
    lines = fact.neurons[fact.neurons["query_id"].isin(place)].merge(chosen)
    for is_shared, shade, width in ((False, style.FAINT, 0.5), (True, style.INK, 0.7)):
        some = lines[(lines["n_queries"] > 1) == is_shared]
        ends = [
            [(-0.06, place[row.query_id]), (row.neuron / n_neurons, row.layer)]
            for row in each(some)
        ]
        axes.add_collection(
            LineCollection(ends, colors=shade, linewidths=width, alpha=0.7, zorder=2)
        )
        dots = chosen[(chosen["n_queries"] > 1) == is_shared]
        face = style.INK if is_shared else "white"
        axes.plot(
            dots["neuron"] / n_neurons, dots["layer"], "o", ms=4, mfc=face, mec=style.INK, mew=0.7,
            zorder=4,
        )  # fmt: skip
    for query, height in place.items():
        text = style.label_end(fact.prompts[query], 36)
        axes.text(-0.075, height, text, ha="right", va="center", fontsize=7, parse_math=False)
    style.mark_class(axes, fact.kind)
    title = f"    {fact.kind}: {style.label(fact.title, 36)}"
    axes.set_title(title, fontsize=7.5, parse_math=False)
    part = f" ({len(chosen)} drawn)" if len(chosen) < len(fact.counts) else ""
    axes.set_title(fact.sentence + part, fontsize=7.5, fontweight="normal", loc="right")
