"""Where the knowledge neurons lie: their share by layer."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from qloc.figures import style
from qloc.figures.formats import count, counted, number


def by_layer(neurons: pd.DataFrame, n_layers: int) -> pd.DataFrame:
    """How many selections (query, neuron) and how many different neurons every layer holds."""
    groups = neurons.groupby("layer")
    rows = pd.DataFrame(
        {"n_selections": groups.size(), "n_neurons": groups["neuron"].nunique()}
    ).reindex(range(n_layers), fill_value=0)
    rows["selection_share"] = rows["n_selections"] / max(int(rows["n_selections"].sum()), 1)
    rows["neuron_share"] = rows["n_neurons"] / max(int(rows["n_neurons"].sum()), 1)
    return rows.rename_axis("layer").reset_index()


def relation_shares(neurons: pd.DataFrame) -> pd.DataFrame:
    """Share of every relation's selections in every layer."""
    counts = neurons.groupby(["relation", "layer"]).size().rename("n").reset_index()
    return counts.assign(share=counts["n"] / counts.groupby("relation")["n"].transform("sum"))


def describe(neurons: pd.DataFrame, n_layers: int) -> str:
    """What the figure says, in a sentence."""
    if neurons.empty:
        return "No query has a knowledge neuron."
    rows = by_layer(neurons, n_layers)
    best = rows.sort_values("selection_share").iloc[-1]
    return (
        f"Of {counted(len(neurons), 'selection')} of knowledge neurons the largest share,"
        f" {number(best['selection_share'])}, lies in layer {int(best['layer'])}"
        f" of {n_layers} (from 0)."
    )


@style.look
def draw(neurons: pd.DataFrame, n_layers: int) -> Figure:
    """A bar for every layer, a point for every relation, and the share of different neurons."""
    figure = Figure(figsize=(style.TEXT, 2.6))
    if neurons.empty:
        return style.nothing_to_show(figure, "no query has a knowledge neuron")
    axes = figure.subplots()
    rows, points = by_layer(neurons, n_layers), relation_shares(neurons)
    axes.bar(
        rows["layer"],
        rows["selection_share"],
        width=0.72,
        color=style.FILL,
        ec=style.MUTED,
        lw=0.5,
        label=f"selections (n={count(len(neurons))})",
    )
    axes.plot(
        points["layer"],
        points["share"],
        "o",
        ms=2.4,
        mew=0,
        color=style.INK,
        alpha=0.55,
        label="selections of one relation",
        rasterized=len(points) > style.MANY_POINTS,
    )
    axes.plot(
        rows["layer"],
        rows["neuron_share"],
        "_",
        ms=min(16, 160 / n_layers),
        mew=1.6,
        color=style.INK,
        label=f"different neurons (n={count(int(rows['n_neurons'].sum()))})",
    )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set(xlabel="feed-forward layer, from 0", ylabel="share of knowledge neurons")
    axes.set(xlim=(-0.6, n_layers - 0.4), ylim=(0, None))
    figure.legend(loc="outside right upper", handlelength=1.2)
    return figure
