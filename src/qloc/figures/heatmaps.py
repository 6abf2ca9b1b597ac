"""Heatmaps of queries by neurons: how many neurons fit, what stands first, what is marked."""

from typing import Any

import numpy as np
import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.colorizer import ColorizingArtist
from matplotlib.colors import Normalize, TwoSlopeNorm

from qloc.figures import style

MOST_NEURONS, MOST_QUERIES = 240, 8

FEW_NEURONS = 40
"""Up to so many the cells of selected neurons carry a dot."""


def around_zero(largest: float) -> TwoSlopeNorm:
    """The scale of signed values up to this size."""
    return TwoSlopeNorm(0, -max(largest, 1e-9), max(largest, 1e-9))


def grid(cells: pd.DataFrame, column: str, most: int = MOST_NEURONS) -> pd.DataFrame:
    """Queries by neurons, those of most queries first, then by layer; missing: no such cell.

    Of more neurons than `most`, so many are taken, evenly, that shares stay. `n_selected` is the
    number of queries that select a neuron.
    """
    neurons = cells.groupby(["layer", "neuron"])["n_selected"].first().reset_index()
    order = neurons.sort_values(["n_selected", "layer", "neuron"], ascending=[False, True, True])
    wanted = pd.MultiIndex.from_frame(order.iloc[_evenly(len(order), most)][["layer", "neuron"]])
    values = cells.pivot_table(
        index="query_id", columns=["layer", "neuron"], values=column, aggfunc="first"
    )
    return values.reindex(columns=wanted).head(MOST_QUERIES)


def _evenly(n_neurons: int, most: int) -> list[int]:
    """Which of the ordered neurons are drawn: all, or as many as fit."""
    chosen = np.linspace(0, n_neurons - 1, min(n_neurons, most))
    return [int(position) for position in np.round(chosen)]


def n_neurons_shown(cells: pd.DataFrame, most: int = MOST_NEURONS) -> str:
    """How many neurons there are, and how many are drawn if not all: `240 of 500`."""
    n_neurons = cells.groupby(["layer", "neuron"]).ngroups
    return f"{most} of {n_neurons}" if n_neurons > most else str(n_neurons)


def draw_heatmap(
    axes: Axes, values: pd.DataFrame, colours: str, norm: Normalize, is_picture: bool
) -> ColorizingArtist:
    """One cell for every query and neuron; hatched where there is no value.

    As one picture, a cell a pixel of it, a figure of many stays small; else cells have lines
    between them. What is returned knows the scale.
    """
    axes.patch.set(facecolor="white", edgecolor=style.GRID, hatch="////////")
    numbers = values.to_numpy(dtype=float)
    shades: dict[str, Any] = {"cmap": colours, "norm": norm}
    drawn: ColorizingArtist
    if is_picture:
        shades |= {"extent": (0, numbers.shape[1], len(numbers), 0), "aspect": "auto"}
        drawn = axes.imshow(np.ma.masked_invalid(numbers), interpolation="none", **shades)
    else:
        shades |= {"linewidths": 0.3, "linecolor": "white", "cbar": False}
        seaborn.heatmap(numbers, mask=np.isnan(numbers), ax=axes, **shades)
        drawn = axes.collections[-1]
    axes.set(xticks=[], yticks=[], ylim=(len(values), 0))
    axes.spines[:].set_visible(False)
    return drawn


def mark_selected(axes: Axes, selected: pd.DataFrame, n_selected: pd.DataFrame) -> None:
    """A dot in the cells of selected neurons, and a bar over those that queries share."""
    rows, columns = np.nonzero(selected.to_numpy() == True)  # noqa: E712
    if selected.shape[1] > FEW_NEURONS:
        rows, columns = rows[:0], columns[:0]
    axes.plot(columns + 0.5, rows + 0.5, "o", ms=1.8, color="white", mec=style.INK, mew=0.4)
    n_shared = int((n_selected.to_numpy(dtype=float) > 1).any(axis=0).sum())
    if n_shared:
        axes.plot([0, n_shared], [-0.12, -0.12], color=style.INK, lw=1.6, clip_on=False)


def name_queries(axes: Axes, names: list[str]) -> None:
    """The rows' names; a template's end tells it from others."""
    short = [style.label_end(name, 30) for name in names]
    places = np.arange(len(names)) + 0.5
    axes.set_yticks(places, short, fontsize=style.SMALL, parse_math=False, rotation=0)
    axes.tick_params(axis="y", length=0)
