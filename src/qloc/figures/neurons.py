"""Fig. 1: values and scores of the neurons behind two facts, query by query."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.colors import Normalize, TwoSlopeNorm
from matplotlib.figure import Figure

from qloc.figures import style
from qloc.figures.examples import blank, title
from qloc.figures.formats import counted, number

MOST_NEURONS, MOST_QUERIES = 240, 8

FEW_NEURONS = 40
"""Up to so many the cells of selected neurons carry a dot."""

CELLS = [
    *("kind", "query_id", "pattern", "layer", "neuron"),
    *("activation", "score", "score_share", "is_selected", "n_selected"),
]


@dataclass(frozen=True)
class ExampleFact:
    """One fact of the figure: what it is called, its class and score, and its cells."""

    title: str
    kind: str
    consistency_score: float
    cells: pd.DataFrame


def example(
    fact_id: str,
    kind: str,
    scores: pd.DataFrame,
    attributions: pd.DataFrame,
    neurons: pd.DataFrame,
    queries: pd.DataFrame,
) -> ExampleFact:
    """One fact as the figure needs it, from the tables of all facts."""
    own = [rows[rows["fact_id"] == fact_id] for rows in (attributions, neurons, queries)]
    score = scores.set_index("fact_id")["consistency_score"][fact_id]
    return ExampleFact(title(own[2].iloc[0]), kind, float(score), _cells(*own))


def cells(examples: list[ExampleFact]) -> pd.DataFrame:
    """Every cell of the figure, with the class of its fact."""
    parts = [example.cells.assign(kind=example.kind) for example in examples]
    return pd.concat(parts, ignore_index=True)[CELLS] if parts else pd.DataFrame(columns=CELLS)


def _cells(
    attributions: pd.DataFrame, neurons: pd.DataFrame, queries: pd.DataFrame
) -> pd.DataFrame:
    """Value and score of every neuron that is a knowledge neuron of any query of one fact.

    Rows are (query, neuron); a pair below the kept share is missing. `score_share` is relative to
    the query's best score, `n_selected` counts the queries that select the neuron.
    """
    selected = neurons.groupby(["layer", "neuron"]).size().rename("n_selected").reset_index()
    cells = attributions.merge(selected, on=["layer", "neuron"]).merge(
        queries[["query_id", "pattern"]], on="query_id"
    )
    best = attributions.groupby("query_id")["score"].max()
    chosen = pd.MultiIndex.from_frame(neurons[["query_id", "layer", "neuron"]])
    keys = pd.MultiIndex.from_frame(cells[["query_id", "layer", "neuron"]])
    return cells.assign(
        score_share=cells["score"] / cells["query_id"].map(best), is_selected=keys.isin(chosen)
    )


def describe(examples: list[ExampleFact]) -> str:
    """What the figure says, in a sentence."""
    if not examples:
        return "No fact has a class."
    parts = [
        f"{example.title}: {example.kind}, CS {number(example.consistency_score)},"
        f" {counted(example.cells['query_id'].nunique(), 'query')}"
        for example in examples
    ]
    return "Heatmaps of neuron values and scores. " + "; ".join(parts) + "."


@style.look
def draw(examples: list[ExampleFact], keep: float) -> Figure:
    """Two heatmaps for every fact, queries by neurons; blank below the kept share."""
    rows = [min(example.cells["query_id"].nunique(), MOST_QUERIES) for example in examples]
    figure = Figure(figsize=(style.TEXT, 1.1 + 0.17 * sum(rows) + 0.75 * len(rows)))
    if not examples:
        return style.nothing_to_show(figure, "no fact has a class")
    panels = figure.subplots(len(examples), 2, squeeze=False, height_ratios=rows)
    largest = max(float(example.cells["activation"].abs().max()) for example in examples)
    signed = TwoSlopeNorm(0, -max(largest, 1e-9), max(largest, 1e-9))
    for (left, right), example in zip(panels, examples, strict=True):
        values = _grid(example.cells, "activation")
        _draw_heatmap(left, values, style.SIGNED, signed)
        _draw_heatmap(right, _grid(example.cells, "score_share"), style.MAGNITUDE, Normalize(0, 1))
        _mark_selected(
            right, _grid(example.cells, "is_selected"), _grid(example.cells, "n_selected")
        )
        _name(left, right, example, values)
    for axes, text in zip(
        panels[-1], ("value", f"share of the query's best score, from {keep:g}"), strict=True
    ):
        figure.colorbar(
            axes.collections[0], ax=axes, orientation="horizontal", aspect=30, pad=0.03, label=text
        )
    return figure


def _grid(cells: pd.DataFrame, column: str) -> pd.DataFrame:
    """Queries by neurons, those of most queries first, then by layer; missing: not kept."""
    neurons = cells.groupby(["layer", "neuron"])["n_selected"].first().reset_index()
    order = neurons.sort_values(["n_selected", "layer", "neuron"], ascending=[False, True, True])
    wanted = pd.MultiIndex.from_frame(order.iloc[_evenly(len(order))][["layer", "neuron"]])
    grid = cells.pivot_table(
        index="query_id", columns=["layer", "neuron"], values=column, aggfunc="first"
    )
    return grid.reindex(columns=wanted).head(MOST_QUERIES)


def _evenly(n_neurons: int) -> list[int]:
    """Which of the ordered neurons are drawn: all, or so many evenly chosen that shares stay."""
    chosen = np.linspace(0, n_neurons - 1, min(n_neurons, MOST_NEURONS))
    return [int(position) for position in np.round(chosen)]


def _draw_heatmap(axes: Axes, grid: pd.DataFrame, colours: str, norm: Normalize) -> None:
    axes.patch.set(facecolor="white", edgecolor=style.GRID, hatch="////////")
    values = grid.to_numpy(dtype=float)
    few: dict[str, Any] = {"linewidths": 0.3, "linecolor": "white"}
    many: dict[str, Any] = {"rasterized": True}
    seaborn.heatmap(
        values,
        mask=np.isnan(values),
        cmap=colours,
        norm=norm,
        cbar=False,
        xticklabels=False,
        yticklabels=False,
        ax=axes,
        **(few if grid.shape[1] <= FEW_NEURONS else many),
    )
    axes.set(xticks=[], yticks=[], ylim=(len(grid), 0))
    axes.spines[:].set_visible(False)


def _mark_selected(axes: Axes, grid: pd.DataFrame, shared: pd.DataFrame) -> None:
    """A dot in the cells of selected neurons, and a bar over those that queries share."""
    chosen = grid.to_numpy() == True  # noqa: E712
    rows, columns = np.nonzero(chosen)
    if grid.shape[1] > FEW_NEURONS:
        rows, columns = rows[:0], columns[:0]
    axes.plot(columns + 0.5, rows + 0.5, "o", ms=1.8, color="white", mec=style.INK, mew=0.4)
    n_shared = int((shared.to_numpy(dtype=float) > 1).any(axis=0).sum())
    if n_shared:
        axes.plot([0, n_shared], [-0.12, -0.12], color=style.INK, lw=1.6, clip_on=False)


def _name(left: Axes, right: Axes, example: ExampleFact, values: pd.DataFrame) -> None:
    patterns = example.cells.drop_duplicates("query_id").set_index("query_id")["pattern"]
    names = [style.label_end(blank(patterns[query]), 30) for query in values.index]
    places = np.arange(len(names)) + 0.5
    left.set_yticks(places, names, fontsize=style.SMALL, parse_math=False, rotation=0)
    left.tick_params(axis="y", length=0)
    style.mark_class(left, example.kind)
    text = f"   {example.kind}: {style.label(example.title, 34)}"
    left.set_title(text, fontsize=7.5, parse_math=False)
    n_neurons = example.cells.groupby(["layer", "neuron"]).ngroups
    shown = f"{MOST_NEURONS} of {n_neurons}" if n_neurons > MOST_NEURONS else str(n_neurons)
    right.set_title(
        f"CS {number(example.consistency_score)}; {shown} neurons",
        fontsize=7.5,
        fontweight="normal",
        loc="right",
    )
