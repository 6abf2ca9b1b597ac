"""Fig. 1: values and scores of the neurons behind two facts, query by query."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from qloc.figures import style
from qloc.figures.examples import SHORT, blank, title
from qloc.figures.formats import number
from qloc.figures.heatmaps import (
    FEW_NEURONS,
    MOST_QUERIES,
    around_zero,
    draw_heatmap,
    grid,
    mark_selected,
    n_neurons_shown,
    name_queries,
)

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
        f"{number(example.consistency_score)} ({example.cells['query_id'].nunique()} of"
        f" {style.shorten(example.title, SHORT)}, {example.kind})"
        for example in examples
    ]
    return f"Queries share neurons with CS {', '.join(parts)}."


@style.look
def draw(examples: list[ExampleFact], keep: float) -> Figure:
    """Two heatmaps for every fact, queries by neurons; blank below the kept share."""
    rows = [min(example.cells["query_id"].nunique(), MOST_QUERIES) for example in examples]
    figure = Figure(figsize=(style.TEXT, 1.1 + 0.17 * sum(rows) + 0.75 * len(rows)))
    if not examples:
        return style.nothing_to_show(figure, "no fact has a class")
    panels = figure.subplots(len(examples), 2, squeeze=False, height_ratios=rows)
    largest = max(float(example.cells["activation"].abs().max()) for example in examples)
    for (left, right), example in zip(panels, examples, strict=True):
        values = grid(example.cells, "activation")
        shares, is_picture = grid(example.cells, "score_share"), values.shape[1] > FEW_NEURONS
        scales = (
            draw_heatmap(left, values, style.SIGNED, around_zero(largest), is_picture),
            draw_heatmap(right, shares, style.MAGNITUDE, Normalize(0, 1), is_picture),
        )
        mark_selected(right, grid(example.cells, "is_selected"), grid(example.cells, "n_selected"))
        _name(left, right, example, values)
    texts = ("value", f"share of the query's best score, from {keep:g}")
    for axes, scale, text in zip(panels[-1], scales, texts, strict=True):
        figure.colorbar(scale, ax=axes, orientation="horizontal", aspect=30, pad=0.03, label=text)
    return figure


def _name(left: Axes, right: Axes, example: ExampleFact, values: pd.DataFrame) -> None:
    patterns = example.cells.drop_duplicates("query_id").set_index("query_id")["pattern"]
    name_queries(left, [blank(patterns[query]) for query in values.index])
    style.mark_class(left, example.kind)
    text = f"    {example.kind}: {style.label(example.title, 28)}"
    left.set_title(text, fontsize=7, fontweight="normal", parse_math=False)
    right.set_title(
        f"CS {number(example.consistency_score)}; {n_neurons_shown(example.cells)} neurons",
        fontsize=7,
        fontweight="normal",
        loc="right",
    )
