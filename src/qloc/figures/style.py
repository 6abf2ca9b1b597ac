"""One look for every figure: sizes, type, and one meaning for every colour.

A colour means the same thing everywhere and is never the only difference between two marks.
The palettes are chosen by a test (`tests/figures/test_style.py`), not by eye: at least 20
apart (CIE76) also under the three deficiencies of colour vision, marks at least 3:1 and text at
least 4.5:1 on white. Models have no colour: they are different figures.
"""

import io
import math
import unicodedata
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from matplotlib.transforms import ScaledTranslation

from qloc.figures.lean import lean

COLUMN, TEXT = 3.35, 6.9
"""Widths in inches: one journal column, the full width of the text."""

INK, MUTED, FAINT = "#1a1a1a", "#595959", "#8c9196"
"""Text and marks, side remarks, and thin lines in the background."""

FILL, BAND, PALE, GRID = "#c8cdd2", "#d3d9df", "#eef1f4", "#dedede"
"""Areas: bars (outlined), intervals, regions; and grid lines."""

CLASS_COLOUR = {"consistent": "#0072B2", "inconsistent": "#D55E00"}
CLASS_MARK = {"consistent": "o", "inconsistent": "D"}
CLASS_NAME = {"consistent": "consistent, $K_C$", "inconsistent": "inconsistent, $K_I$"}

METHOD_NAME = {"ig": "IG", "sig": "SIG", "amig": "AMIG"}
METHOD_COLOUR = {"ig": "#222222", "sig": "#14a76c", "amig": "#a349a4"}
METHOD_MARK = {"ig": "o", "sig": "s", "amig": "^"}

SET_NAME = {
    "query": "the query's own, $N_i$",
    "union": "union, $N_u$",
    "consistency_aware": "consistency-aware, $N_{CAS}$",
}
SET_COLOUR = {"query": "#7a7a7a", "union": "#a6761d", "consistency_aware": "#4b2a85"}
SET_MARK = {"query": "o", "union": "s", "consistency_aware": "*"}
SET_SIZE = {"query": 5.0, "union": 4.6, "consistency_aware": 8.0}
"""Of the neuron sets that are edited; their marks look equally large."""

VERDICT_COLOUR = {
    "supported": "#1b5e20",
    "not_supported": "#7a0177",
    "undecided": "#757575",
    "not_tested": "#595959",
}
VERDICT_SYMBOL = {"supported": "✓", "not_supported": "✗", "undecided": "?", "not_tested": "–"}
"""Of the verdicts on claims; what was not tested has the colour of side remarks."""

MAGNITUDE = "Greys"
"""Colour map of what is never negative."""

SIGNED = "BrBG"
"""Colour map of what lies around 0."""

FEW_DECADES = 300
"""An axis that reaches less far, as a factor, names 2 and 5 of every decade too."""

MANY_POINTS = 500
"""Above this points are drawn as one picture, so that a file stays under 250 kB."""

STYLE: Any = {
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "figure.constrained_layout.use": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "qloc",
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "text.color": INK,
    "text.parse_math": True,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "lines.linewidth": 1.4,
    "hatch.linewidth": 0.4,
}

SMALL = 6.5
"""Points; no text in a figure is smaller."""

look = rc_context(STYLE)
"""Decorator of every function that draws."""


@rc_context(STYLE)
def svg(figure: Figure, description: str) -> bytes:
    """The figure as SVG, with a description for readers who cannot see it.

    The same table gives the same bytes: no date, no random identifier.
    """
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Title": plain(description)})
    return lean(file.getvalue())


def plain(text: str) -> str:
    """Text on one line, without control characters, which would damage the file."""
    kept = (letter for letter in text if unicodedata.category(letter) != "Cf")
    seen = (" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in kept)
    return " ".join("".join(seen).split())


def shorten(text: str, longest: int) -> str:
    """Text on one line, cut with an ellipsis where it is too long."""
    line = plain(text)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def shorten_start(text: str, longest: int) -> str:
    """Text on one line that keeps its end, which tells templates apart."""
    line = plain(text)
    return line if len(line) <= longest else "…" + line[1 - longest :].lstrip()


def label(text: str, longest: int) -> str:
    """A reader's own text as a figure can show it: one line, not too long, only known letters."""
    return _drawable(shorten(text, longest))


def label_end(text: str, longest: int) -> str:
    """The same for a text whose end matters most, as that of a template."""
    return _drawable(shorten_start(text, longest))


def _drawable(line: str) -> str:
    """A line with boxes for letters that the figures' font does not have."""
    font = _font()
    return "".join(letter if font.get_char_index(ord(letter)) else "□" for letter in line)


def _font() -> FT2Font:
    """The file of the figures' font; it comes with matplotlib."""
    return get_font(findfont(FontProperties(family=STYLE["font.family"])))


def mark_class(axes: Axes, kind: str) -> None:
    """The mark of a class at the left of a panel's title, which leaves room for it."""
    offset = ScaledTranslation(4 / 72, 8.5 / 72, axes.figure.dpi_scale_trans)
    axes.plot(
        [0],
        [1],
        CLASS_MARK[kind],
        color=CLASS_COLOUR[kind],
        ms=4.5,
        clip_on=False,
        transform=axes.transAxes + offset,
    )


def name_decades(axis: Axis, most: int = 7) -> None:
    """Names on a logarithmic axis that already holds what is drawn, as large as others.

    There are at most so many of them.
    """
    low, high = axis.get_view_interval()
    is_short = high / low < FEW_DECADES
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if is_short else (1,), numticks=most))
    axis.set_major_formatter(FuncFormatter(_decade_at))
    axis.set_minor_formatter(NullFormatter())


def _decade_at(value: float, position: int | None) -> str:
    return decade(value)


def decade(value: float) -> str:
    """A number of a logarithmic axis: `200`, `0.01`; far from 1 `1e−8`, not a small exponent."""
    if 0.001 <= value < 100_000:
        return f"{value:,g}"
    return f"1e{round(math.log10(value))}".replace("-", "\N{MINUS SIGN}")


def nothing_to_show(figure: Figure, message: str) -> Figure:
    """A figure that says why it is empty."""
    figure.text(0.5, 0.5, message, ha="center", va="center", color=MUTED)
    return figure
