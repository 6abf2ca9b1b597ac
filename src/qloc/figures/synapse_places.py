"""Where knowledge synapses lie: their share by layer and head, and in the first column."""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from qloc.figures import estimates, style
from qloc.figures.formats import counted, each, number

FEW_CELLS = 64
"""Up to so many cells carry their number."""

GREYS = ListedColormap(colormaps[style.MAGNITUDE](np.linspace(0, 0.5, 256)))
"""The lighter half of the ramp, on which text can be read."""

COUNTS = ["n_columns", "n_synapses", "n_first_synapses", "n_queries"]


def shares(places: pd.DataFrame) -> pd.DataFrame:
    """Shares of every preset, layer and head over all relations, and by `all` of layers and heads.

    `synapse_share` of its columns are synapses, `first_share` of its synapses lie in the first
    column; as many columns drawn at random would give `first_chance`.
    """
    as_text = places.astype({"layer": object, "head": object})
    parts = [as_text, as_text.assign(head="all"), as_text.assign(layer="all", head="all")]
    rows = pd.concat(parts).groupby(["preset", "layer", "head"], sort=False)[COUNTS].sum()
    rows["synapse_share"] = rows["n_synapses"] / rows["n_columns"]
    rows["first_share"] = rows["n_first_synapses"] / rows["n_synapses"].where(
        rows["n_synapses"] > 0
    )
    rows["first_chance"] = rows["n_queries"] / rows["n_columns"]
    return rows.reset_index()


def describe(places: pd.DataFrame) -> str:
    """What the figure says, in a sentence: of the first preset."""
    if places.empty:
        return "No attention was looked at."
    preset = estimates.presets(places)[0]
    rows = shares(places[places["preset"] == preset])
    (row,) = each(rows[rows["layer"] == "all"])
    n_queries = counted(rows.loc[rows["head"] != "all", "n_queries"].max(), "query")
    return (
        f"{number(100 * row.synapse_share, 0)} % of the columns are synapses (preset"
        f" {style.shorten(preset, 20)}, {n_queries}); the first column holds"
        f" {_percent(row.first_share)} of these, and {number(100 * row.first_chance, 0)} % of all"
        " columns."
    )


def _percent(share: float) -> str:
    return "none" if np.isnan(share) else f"{number(100 * share, 0)} %"


@style.look
def draw(places: pd.DataFrame) -> Figure:
    """For every preset a heat map of layers and heads, and the first column's share by layer."""
    if places.empty:
        empty = Figure(figsize=(style.TEXT, 2))
        return style.nothing_to_show(empty, "no attention was looked at")
    rows, presets = shares(places), estimates.presets(places)
    n_layers = places["layer"].nunique()
    figure = Figure(figsize=(style.TEXT, 0.7 + max(1.5, 0.12 * n_layers + 0.5) * len(presets)))
    panels = figure.subplots(len(presets), 2, squeeze=False, width_ratios=(1.2, 1))
    for line, preset in zip(panels, presets, strict=True):
        own = rows[rows["preset"] == preset]
        mesh = _draw_shares(line[0], own[(own["layer"] != "all") & (own["head"] != "all")])
        _draw_first(line[1], own[own["head"] == "all"])
        whole = own[own["layer"] == "all"].iloc[0]
        name, share = style.label(preset, 20), number(100 * whole["synapse_share"], 0)
        line[0].set_title(f"preset {name}: {share} % are synapses", parse_math=False)
    n_queries = counted(rows.loc[rows["head"] != "all", "n_queries"].max(), "query")
    panels[0][1].set_title(f"first column (n = {n_queries})")
    panels[-1][0].set_xlabel("head of attention, from 0")
    panels[-1][1].set_xlabel("share of the layer's synapses in it")
    figure.colorbar(
        mesh,
        ax=panels[:, 0],
        location="left",
        aspect=30,
        label="columns that are synapses",
        format=FuncFormatter(lambda share, _: f"{number(100 * share, 0)} %"),
    )
    panels[0][1].legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=7)
    return figure


def _draw_shares(axes: Axes, rows: pd.DataFrame) -> QuadMesh:
    """Layers from the top by heads, each with its share where there is room."""
    table = rows.pivot(index="layer", columns="head", values="synapse_share").sort_index()
    values = table.sort_index(axis=1).to_numpy(dtype=float)
    is_rasterized = values.size > style.MANY_POINTS
    mesh = axes.pcolormesh(values, cmap=GREYS, norm=Normalize(0, 1), rasterized=is_rasterized)
    if values.size <= FEW_CELLS:
        for (layer, head), share in np.ndenumerate(values):
            place = (head + 0.5, layer + 0.5)
            axes.text(*place, number(100 * share, 0), ha="center", va="center", fontsize=7)
    axes.set(ylim=(len(values), 0), ylabel="layer, from 0")
    _number_cells(axes, values.shape)
    axes.spines[:].set_visible(False)
    return mesh


def _number_cells(axes: Axes, shape: tuple[int, ...]) -> None:
    """Numbers of layers and heads at the middle of their cells, as many as fit."""
    for axis, n in ((axes.yaxis, shape[0]), (axes.xaxis, shape[1])):
        step = -(-n // 16)
        axis.set_ticks(np.arange(0, n, step) + 0.5, [str(i) for i in range(0, n, step)])
        axis.set_tick_params(length=0)


def _draw_first(axes: Axes, rows: pd.DataFrame) -> None:
    """Of every layer's synapses those in the first column, beside what chance gives."""
    layers = rows[rows["layer"] != "all"].sort_values("layer")
    at = layers["layer"].astype(int)
    chance = rows["first_chance"].iloc[0]
    axes.axvline(chance, color=style.MUTED, lw=0.9, ls=(0, (4, 2)), label="if drawn at random")
    axes.plot(layers["first_share"], at, "o", ms=4, color=style.INK, label="synapses")
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{number(100 * share, 0)} %"))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set(xlim=(0, 1.02), ylim=(at.max() + 0.5, -0.5))
