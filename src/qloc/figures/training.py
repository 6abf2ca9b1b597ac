"""How a tiny model learned its facts and its general text."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qloc.figures import style
from qloc.figures.formats import MISSING, counted, number

PANELS: dict[str, tuple[str, dict[str, str]]] = {
    "answered first": (
        "share of queries",
        {"trained_accuracy": "trained", "held_out_accuracy": "held out"},
    ),
    "loss": ("nats per token", {"fact_loss": "facts", "text_loss": "general text"}),
    "held-out text": ("perplexity", {"perplexity": "perplexity"}),
}

LINES = ("-", (0, (4, 2)))


def describe(training: pd.DataFrame) -> str:
    """What the figure says, in a sentence."""
    if training.empty:
        return "Nothing was measured during training."
    last = training.sort_values("step").iloc[-1]
    return (
        f"After {counted(last['step'], 'step')} the model answers"
        f" {_percent(last['trained_accuracy'])} of the trained queries and"
        f" {_percent(last['held_out_accuracy'])} of those through held-out templates."
    )


def _percent(share: float) -> str:
    """A share in percent; 100 only if it is all of them."""
    if np.isnan(share):
        return MISSING
    return "100 %" if share == 1 else f"{number(min(100 * share, 99.9), 1)} %"


@style.look
def draw(training: pd.DataFrame) -> Figure:
    """Accuracy, loss and perplexity over the steps of training."""
    figure = Figure(figsize=(style.TEXT, 2.4))
    if training.empty:
        return style.nothing_to_show(figure, "nothing was measured")
    rows = training.sort_values("step")
    for axes, (title, (unit, lines)) in zip(figure.subplots(1, 3), PANELS.items(), strict=True):
        _draw_panel(axes, rows, lines)
        axes.set(title=title, ylabel=unit)
    figure.axes[0].set_ylim(0, 1.03)
    figure.axes[1].set_ylim(0, 1.3 * float(rows[["fact_loss", "text_loss"]].max().max()))
    figure.axes[2].set_yscale("log")
    style.name_decades(figure.axes[2].yaxis)
    figure.supxlabel("optimisation steps", fontsize=8)
    return figure


def _draw_panel(axes: Axes, rows: pd.DataFrame, lines: dict[str, str]) -> None:
    for (column, name), dash in zip(lines.items(), LINES, strict=False):
        measured = rows.dropna(subset=[column])
        if len(measured):
            value = measured[column].iloc[-1]
            last = number(value, 2 if value < 10 else 0)
            axes.plot(
                measured["step"], measured[column], ls=dash, color=style.INK, label=f"{name} {last}"
            )
    axes.grid(visible=True)
    axes.legend(loc="best", title="at the end", title_fontsize=7)
