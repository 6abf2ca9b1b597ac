"""The axis of changes of perplexity, which may be a thousandth or many thousands of times as large.

It is logarithmic above a tenth of a percent and linear around 0. What is larger than the axis
reaches, or too large for a number, stands at its end, where an arrow leads beyond; what falls
further than the axis does stands at its beginning.
"""

from typing import Literal

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from qloc.figures import style

Which = Literal["x", "y"]

LINEAR = 0.001
"""Changes smaller than this are drawn linearly."""

LOWEST = -0.005
"""Here an axis begins: an edit seldom lowers perplexity by more."""

FARTHEST = 1e3
"""A thousand times as large is as far as an axis reaches."""

EDGE = 1.6
"""An axis ends so much beyond the last decade, as a factor."""


def reach(changes: Float[np.ndarray, " change"]) -> float:
    """How far an axis reaches, in whole decades, so that these changes are seen; at least 0.1."""
    largest = np.clip(np.nanmax(changes, initial=0.1), 0.1, FARTHEST)
    return float(10.0 ** np.ceil(np.log10(largest) - 1e-9))


def placed(changes: Float[np.ndarray, " change"], far: float) -> Float[np.ndarray, " change"]:
    """Where changes stand on an axis that reaches so far; missing ones are beyond it."""
    beyond = np.where(np.isnan(changes), np.inf, changes)
    return np.clip(beyond, LOWEST, far * EDGE)


def are_beyond(places: Float[np.ndarray, " change"], far: float) -> Bool[np.ndarray, " change"]:
    """Whether places are the end of the axis."""
    return places >= far * EDGE


def lay_axis(axes: Axes, which: Which, far: float) -> None:
    """Make one axis that of changes of perplexity, in percent."""
    decades = np.arange(round(np.log10(LINEAR)), round(np.log10(far)) + 1)
    ticks = [0.0, *10.0**decades]
    names = [_percent(tick) for tick in ticks]
    if which == "x":
        axes.set_xscale("symlog", linthresh=LINEAR, linscale=0.5)
        axes.set_xlim(LOWEST, far * EDGE)
        axes.set_xticks(ticks, names)
        axes.set_xticks([], minor=True)
    else:
        axes.set_yscale("symlog", linthresh=LINEAR, linscale=0.5)
        axes.set_ylim(LOWEST, far * EDGE)
        axes.set_yticks(ticks, names)
        axes.set_yticks([], minor=True)


def point_beyond(axes: Axes, which: Which, place: tuple[float, float], colour: str) -> None:
    """An arrow behind a mark at the end of the axis."""
    away = (6 / 72, 0) if which == "x" else (0, 6 / 72)
    shifted = axes.transData + ScaledTranslation(away[0], away[1], axes.figure.dpi_scale_trans)
    mark = {"x": ">", "y": "^"}[which]
    axes.plot(*place, mark, ms=3, color=colour, transform=shifted, clip_on=False, zorder=4)


def _percent(change: float) -> str:
    """A tick in percent: `0.1`, `1,000`, `1e5`."""
    return style.decade(round(100 * change, 3)) if change else "0"
