"""Estimates by class of facts, as every figure of an intervention shows them.

Classes are those under Otsu's threshold. Where no fact has such a class, all facts stand for both.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from qloc.figures import style
from qloc.figures.formats import count, number

MANIPULATIONS = ("suppress", "enhance")

COLOUR = {**style.CLASS_COLOUR, "all": style.INK}
MARK = {**style.CLASS_MARK, "all": "s"}
NAME = {**style.CLASS_NAME, "all": "all facts (no threshold)"}

APART = 0.17
"""So far from the middle of a line the two classes stand."""


def classes_shown(rows: pd.DataFrame) -> list[str]:
    """The classes that some estimate under Otsu's threshold is of; `all` where there is none."""
    known = set(_of_otsu(rows).dropna(subset=["mean"])["fact_class"])
    return [kind for kind in style.CLASS_COLOUR if kind in known] or ["all"]


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """The estimates that a figure draws: of its classes, where there is one."""
    found = _of_otsu(rows)
    return found[found["fact_class"].isin(classes_shown(rows))].dropna(subset=["mean"])


def _of_otsu(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["criterion"] == "otsu"]


def methods(rows: pd.DataFrame) -> list[str]:
    """The methods that rows speak of, in the order of their names."""
    return [method for method in style.METHOD_NAME if method in set(rows["method"])]


def of_first_method(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the first of their methods."""
    return rows[rows["method"].isin(methods(rows)[:1])]


def presets(rows: pd.DataFrame) -> list[str]:
    """The presets that rows speak of: the paper's first."""
    return sorted(rows["preset"].unique(), key=lambda name: (name != "paper", name))


def numbers_of_facts(rows: pd.DataFrame) -> str:
    """How many facts each class has: `n = 87 $K_C$, 95 $K_I$ facts`."""
    found = rows.groupby("fact_class")["n_facts"].max()
    symbols = {"consistent": " $K_C$", "inconsistent": " $K_I$", "all": ""}
    sizes = [f"{count(found[kind])}{name}" for kind, name in symbols.items() if kind in found]
    return f"n = {', '.join(sizes)} facts"


def reach(rows: pd.DataFrame) -> float:
    """How far an axis reaches, so that these estimates and their intervals are seen whole."""
    ends = rows[["mean", "ci_low", "ci_high"]].abs().to_numpy(dtype=float)
    return max(1.0, 1.2 * float(np.nanmax(ends, initial=0)))


def draw_estimate(axes: Axes, at: int, row: SimpleNamespace, is_control: bool, far: float) -> None:
    """An estimate of a class and its interval on the line of both classes; hollow for a control.

    What lies beyond `far` from 0 ends there in an arrow; an estimate is told in numbers, on the
    other side of 0.
    """
    kind = row.fact_class
    place = at + {"consistent": -APART, "inconsistent": APART, "all": 0}[kind]
    colour = COLOUR[kind]
    ends = np.clip([row.ci_low, row.ci_high], -far, far)
    axes.plot(ends, [place] * 2, color=colour, alpha=0.4, lw=2.4, solid_capstyle="butt", zorder=2)
    fill = "white" if is_control else colour
    marks: dict[str, Any] = {"ms": 3.6, "mec": colour, "mew": 0.9, "zorder": 3, "clip_on": False}
    if abs(row.mean) <= far:
        axes.plot(row.mean, place, MARK[kind], mfc=fill, **marks)
    for end in {np.sign(end) for end in (row.ci_low, row.mean, row.ci_high) if abs(end) > far}:
        arrow = ">" if end > 0 else "<"
        axes.plot(end * far, place, arrow, mfc=colour, **marks)
    if abs(row.mean) > far:
        away = -1 if row.mean > 0 else 1
        axes.annotate(
            f"mean {number(100 * row.mean, 0)} %",
            (0, place),
            xytext=(3 * away, 0),
            textcoords="offset points",
            ha="right" if away < 0 else "left",
            va="center",
            fontsize=style.SMALL,
        )


def name_lines(axes: Axes, names: Sequence[str], groups: Sequence[int], is_first: bool) -> None:
    """One line for every name, from the top; the names stand at the left of the first panel.

    Lines of one group belong together: every second group lies on a band.
    """
    for at, group in enumerate(groups):
        if group % 2:
            axes.axhspan(at - 0.5, at + 0.5, color=style.PALE, lw=0, zorder=0)
    axes.set_yticks(range(len(names)), names if is_first else [""] * len(names))
    axes.tick_params(axis="y", length=0, labelsize=7)
    axes.set_ylim(len(names) - 0.5, -0.5)


def head(axes: Axes, text: str, room: int) -> None:
    """What a row of panels is of, above the names of the first panel's lines.

    The names take so many points of room.
    """
    axes.annotate(
        text,
        (0, 1),
        xycoords="axes fraction",
        xytext=(-room, 6),
        textcoords="offset points",
        fontsize=8.5,
        fontweight="bold",
        parse_math=False,
    )


def in_percent(axes: Axes, label: str | None = None) -> None:
    """An axis of relative changes around a line at 0; without a label its numbers stand below."""
    axes.axvline(0, color=style.MUTED, lw=0.7, zorder=1)
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(100 * value, 0)))
    if label is None:
        axes.tick_params(axis="x", labelbottom=False)
    else:
        axes.set_xlabel(f"{label} (%)")


def class_marks(kinds: Sequence[str]) -> list[Line2D]:
    """What a legend shows of every class."""
    return [
        Line2D([], [], marker=MARK[kind], color=COLOUR[kind], ls="", ms=4, label=NAME[kind])
        for kind in kinds
    ]


def hollow_mark(name: str) -> Line2D:
    """What a legend shows of a hollow mark."""
    return Line2D([], [], marker="o", mfc="white", mec=style.INK, ls="", ms=4, label=name)


def add_legend(figure: Figure, marks: Sequence[Line2D], title: str) -> None:
    """Above all panels: what is drawn, and what every mark is."""
    figure.legend(
        handles=marks,
        loc="outside upper left",
        ncols=len(marks),
        title=title,
        title_fontsize=7.5,
        alignment="left",
        handletextpad=0.3,
        columnspacing=1.2,
    )
