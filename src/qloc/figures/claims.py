"""All claims at a glance: every part with its interval, and where it was claimed to lie.

The region of each part was fixed before looking, and is a light band. Of every model stand the
claims by one method, side by side in the order of the study.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qloc.figures import style
from qloc.figures.claim_marks import FAR, SYMBOLS, draw_paper, draw_part, legend_marks, say
from qloc.figures.claim_words import (
    CLAIM_SHORT,
    PAPER_SHORT,
    PART_SHORT,
    VERDICT_NAME,
    is_whole,
    overruling,
    parts,
)
from qloc.figures.formats import count, each

ALL = "all"
IN_A_ROW = 2
"""Models side by side."""

LINE, NAMES, NUMBERS = 0.145, 2.15, 1.5
"""Inches: from line to line, and the widths that names and numbers take."""

REASON = 44
"""Letters of a reason that a panel and its numbers have room for."""

Line = tuple[str, str]
"""A claim and one of its parts; or a claim and ``""``, its name, ``"paper"``, what it prints, or
``"reason"``, why it is undecided though an interval lies in its region."""


def of_method(claims: pd.DataFrame, method: str) -> pd.DataFrame:
    """The claims by one method and those about all methods.

    Args:
        claims: Of all models, with the column `model`, in the order of the study.
        method: By which.
    """
    return claims[claims["method"].isin([method, ALL])]


def describe(claims: pd.DataFrame) -> str:
    """What the figure says, in a sentence: of at most two models how many claims are supported."""
    wholes = claims[is_whole(claims)]
    models = wholes["model"].unique().tolist()
    if not models:
        return "No claim was judged."
    counts = [wholes.loc[wholes["model"] == model, "verdict"] for model in models]
    said = [
        f"{int((verdicts == 'supported').sum())} of {len(verdicts)} on {style.label(model, 24)}"
        for model, verdicts in zip(models, counts, strict=True)
    ]
    shown = " and ".join(said[:IN_A_ROW])
    rest = len(said) - IN_A_ROW
    others = f", and on {rest} more models as shown" if rest > 0 else ""
    return f"Claims of the paper that are supported: {shown}{others}."


@style.look
def draw(claims: pd.DataFrame) -> Figure:
    """A block of lines for every two models: names left, then each model's marks and numbers."""
    models = claims["model"].unique().tolist()
    if not models:
        empty = Figure(figsize=(style.TEXT, 2))
        return style.nothing_to_show(empty, "no claim was judged")
    lines = _lines(claims)
    blocks = [models[at : at + IN_A_ROW] for at in range(0, len(models), IN_A_ROW)]
    height = LINE * (len(lines) + 3)
    size = (style.TEXT, height * len(blocks) + 0.36)
    figure = Figure(figsize=size)
    figure.set_layout_engine("none")
    for at, block in enumerate(blocks):
        top = size[1] - at * height - 0.2
        _draw_block(figure, size, top, block, claims, lines)
    figure.legend(
        handles=legend_marks(),
        loc="lower left",
        ncols=6,
        fontsize=style.SMALL,
        handlelength=1.2,
        columnspacing=0.9,
        bbox_to_anchor=(0, 0),
    )
    return figure


def _lines(claims: pd.DataFrame) -> list[Line]:
    """Every line from the top: the name of a claim, its parts, and what the paper prints."""
    lines = []
    for claim in CLAIM_SHORT:
        own = claims[claims["claim"] == claim]
        if own.empty:
            continue
        names = [row.part for row in parts(own.drop_duplicates("part"))]
        lines += [(claim, name) for name in ("", *names)]
        if any(overruling(row) for row in each(own)):
            lines.append((claim, "reason"))
        if own["paper_low"].notna().any():
            lines.append((claim, "paper"))
    return lines


def _draw_block(
    figure: Figure,
    size: tuple[float, float],
    top: float,
    models: list[str],
    claims: pd.DataFrame,
    lines: list[Line],
) -> None:
    """Names at the left; of every model a panel, and at its right the numbers."""
    height = LINE * len(lines)
    width = (style.TEXT - NAMES) / len(models)
    for at, model in enumerate(models):
        left, panel = NAMES + at * width, width - NUMBERS
        place = (left / size[0], (top - height) / size[1], panel / size[0], height / size[1])
        axes = figure.add_axes(place)
        axes.set(ylim=(len(lines) - 0.5, -0.5), xlim=(-FAR - 0.1, FAR + 0.1), yticks=[])
        axes.set_title(style.label(model, 24), fontsize=8)
        axes.spines[["left"]].set_visible(False)
        axes.set_xticks([-1, 0, 1])
        axes.tick_params(axis="x", labelsize=style.SMALL)
        axes.set_xlabel("share, effect or difference", fontsize=style.SMALL)
        axes.axvline(0, color=style.GRID, lw=0.7, zorder=0)
        own = claims[claims["model"] == model]
        for line, (claim, part) in enumerate(lines):
            _draw_line(axes, line, claim, part, own)
            if part == "reason":
                _draw_reason(axes, line, own[own["claim"] == claim], width / panel)
        if at == 0:
            by = f"by {_methods(claims)}, 95 % intervals"
            figure.text(0.004, (top + 0.08) / size[1], by, fontsize=style.SMALL)
            _name_lines(axes, lines, (NAMES - 0.04) / panel)


def _name_lines(axes: Axes, lines: list[Line], width: float) -> None:
    """Names of claims and parts, left of a panel; `width` in widths of the panel."""
    for at, (claim, part) in enumerate(lines):
        name = {
            "": f"{claim} {CLAIM_SHORT[claim]}",
            "paper": PAPER_SHORT.get(claim, "beside it"),
            "reason": "undecided all the same",
        }.get(part) or PART_SHORT[part]
        name = name.replace("K_I", "$K_I$").replace("K_C", "$K_C$")
        axes.text(
            -width + (0 if not part else 0.05 * width),
            at,
            name,
            transform=axes.get_yaxis_transform(),
            fontsize=style.SMALL,
            fontweight="bold" if not part else "normal",
            color=style.MUTED if part in ("paper", "reason") else style.INK,
            va="center",
        )


def _draw_line(axes: Axes, at: int, claim: str, part: str, own: pd.DataFrame) -> None:
    of_claim = own[own["claim"] == claim]
    if of_claim.empty:
        return
    whole = next(each(of_claim[is_whole(of_claim)]))
    if part == "paper":
        draw_paper(axes, at, whole)
    elif part and part != "reason":
        row = next(each(of_claim[of_claim["part"] == part]), None)
        if row is not None:
            decides = whole.verdict != "supported" and row.verdict == whole.verdict
            draw_part(axes, at, row, decides=decides and bool(row.n_facts))
    elif not part:
        n = f", n = {count(whole.n_facts)}" if whole.n_facts else ""
        colour = style.VERDICT_COLOUR[whole.verdict]
        star = "*" if whole.simultaneous_verdict != whole.verdict else ""
        say(axes, at, f"{VERDICT_NAME[whole.verdict]}{star}{n}", colour, weight="bold", x=SYMBOLS)


def _draw_reason(axes: Axes, at: int, of_claim: pd.DataFrame, width: float) -> None:
    """Why an interval in its region does not decide, across panel and numbers: `width` panels."""
    said = "; ".join(dict.fromkeys(filter(None, map(overruling, each(of_claim)))))
    axes.text(
        width - 0.06,
        at,
        style.shorten(said, REASON),
        transform=axes.get_yaxis_transform(),
        fontsize=style.SMALL,
        color=style.MUTED,
        ha="right",
        va="center",
        bbox={"facecolor": "white", "linewidth": 0, "pad": 0.5},
    )


def _methods(claims: pd.DataFrame) -> str:
    """By which methods the claims are that are not about all: ``IG``."""
    own = dict.fromkeys(claims.loc[claims["method"] != ALL, "method"])
    return ", ".join(style.METHOD_NAME.get(method, method) for method in own) or "all methods"
