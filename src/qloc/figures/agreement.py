"""Do the methods agree? Their neurons on the same queries, and the facts they call inconsistent."""

from types import SimpleNamespace

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qloc.figures import style
from qloc.figures.formats import count, counted, each, interval, number
from qloc.figures.style import METHOD_COLOUR, METHOD_MARK, METHOD_NAME
from qloc.figures.tables import CRITERION_NAME

PARTNERS = {
    "same_query": ("the same query", "o", style.INK),
    "neighbor_query": ("another query of the fact", "s", style.FAINT),
    "other_fact": ("another fact, same template", "^", "white"),
}
"""Name, mark and fill of whose neurons of the other method a query's neurons are compared with."""

SHARES = {
    "inconsistent_share": ("all at once", "D", style.INK),
    "independent_share_within_relations": ("independent in relations", "D", style.FAINT),
    "independent_share": ("independent", "D", "white"),
}
"""Name, mark and fill of the shares of all methods."""


def drawn_numbers(agreements: pd.DataFrame, classes: pd.DataFrame) -> pd.DataFrame:
    """The numbers of both panels, one below the other."""
    of_classes = classes.rename(columns={"estimate": "share"})
    parts = {"neurons": agreements, "inconsistent facts": of_classes}
    rows = [part.assign(panel=panel) for panel, part in parts.items()]
    together = pd.concat(rows, ignore_index=True)
    return together[["panel", *together.columns.drop("panel")]]


def describe(agreements: pd.DataFrame, classes: pd.DataFrame) -> str:
    """What the figure says, in a sentence."""
    rows = _of_all(agreements)
    same = rows[rows["partner"] == "same_query"].dropna(subset=["mean_jaccard"])
    if same.empty:
        return "No query has knowledge neurons."
    low, high = (number(end) for end in (same["mean_jaccard"].min(), same["mean_jaccard"].max()))
    overlap = low if low == high else f"{low} to {high}"
    n_queries = counted(same["n_queries"].max(), "query")
    text = f"Methods' neurons of a query overlap by mean Jaccard {overlap} ({n_queries})"
    for criterion, name in reversed(CRITERION_NAME.items()):
        share = _joint(classes, criterion).get("inconsistent_share")
        if share is not None and not pd.isna(share.estimate):
            found = interval(share.estimate, share.ci_low, share.ci_high)
            facts = counted(share.n_facts, "fact")
            return f"{text}; {found} of {facts} are inconsistent to all ({name})."
    return f"{text}."


@style.look
def draw(agreements: pd.DataFrame, classes: pd.DataFrame) -> Figure:
    """Agreement of every two methods on neurons, and of all on inconsistent facts."""
    figure = Figure(figsize=(style.TEXT, 3.1))
    if agreements["mean_jaccard"].isna().all():
        return style.nothing_to_show(figure, "no query has a knowledge neuron")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.15))
    _draw_neurons(left, _of_all(agreements))
    _draw_classes(right, classes)
    return figure


def _of_all(agreements: pd.DataFrame) -> pd.DataFrame:
    """Rows of all relations, methods in the order of their names."""
    rows = agreements[agreements["relation"] == "all"]
    return rows.sort_values(["method", "other_method"], key=_order)


def _order(methods: pd.Series) -> pd.Series:
    """Sort key of methods."""
    return methods.map(list(METHOD_NAME).index)


def _pair(row: SimpleNamespace) -> str:
    return f"{METHOD_NAME[row.method]}, {METHOD_NAME[row.other_method]}"


def _joint(classes: pd.DataFrame, criterion: str) -> dict[str, SimpleNamespace]:
    """The estimates of all methods at once under one criterion, by statistic."""
    rows = classes[(classes["criterion"] == criterion) & (classes["method"] == "all")]
    return {row.statistic: row for row in each(rows)}


def _draw_neurons(axes: Axes, rows: pd.DataFrame) -> None:
    """Three lines for every pair of methods, one for each kind of partner."""
    pairs = {_pair(row): row.n_queries for row in each(rows[rows["partner"] == "same_query"])}
    for row in each(rows.dropna(subset=["mean_jaccard"])):
        at = 4 * list(pairs).index(_pair(row)) + list(PARTNERS).index(row.partner)
        _, mark, fill = PARTNERS[row.partner]
        _draw_estimate(axes, at, row.mean_jaccard, row.ci_low, row.ci_high, mark, fill)
        if row.partner == "same_query":
            axes.plot(row.attainable_jaccard, at, "|", ms=8, mew=1.4, color=style.MUTED)
    for name, mark, fill in PARTNERS.values():
        axes.plot([], [], mark, ms=4.5, mfc=fill, mec=style.INK, color=style.INK, label=name)
    axes.plot([], [], "|", ms=8, mew=1.4, color=style.MUTED, label="what sizes allow")
    names = [f"{pair}\nn={count(n)}" for pair, n in pairs.items()]
    axes.set_yticks([4 * number + 1 for number in range(len(pairs))], names)
    axes.set(title="Neurons of two methods", xlabel="mean Jaccard; n counts queries")
    _finish(axes, 4 * len(pairs) - 1, n_columns=2)


def _draw_classes(axes: Axes, classes: pd.DataFrame) -> None:
    """Five lines for every criterion: its name, single methods, all at once, two by chance."""
    lines: list[str] = []
    for criterion, name in CRITERION_NAME.items():
        joint = _joint(classes, criterion)
        heading = f"{name} threshold, n={counted(_n_facts(joint), 'fact')}"
        _write(axes, 0.02, len(lines), heading)
        lines += ["", "one method"]
        _draw_methods(axes, len(lines) - 1, classes[classes["criterion"] == criterion])
        for statistic, (words, mark, fill) in SHARES.items():
            row = joint.get(statistic)
            if row is not None and not pd.isna(row.estimate):
                at = len(lines)
                _draw_estimate(axes, at, row.estimate, row.ci_low, row.ci_high, mark, fill)
            lines.append(words)
    axes.set_yticks(range(len(lines)), lines)
    axes.set(title="Inconsistent facts", xlabel="share of facts")
    _finish(axes, len(lines), n_columns=3)


def _n_facts(joint: dict[str, SimpleNamespace]) -> int:
    row = joint.get("inconsistent_share")
    return 0 if row is None else row.n_facts


def _draw_methods(axes: Axes, at: int, rows: pd.DataFrame) -> None:
    """The share of each method alone; methods are named once, in the legend."""
    shares = rows[(rows["statistic"] == "inconsistent_share") & (rows["method"] != "all")]
    known = {text.get_label() for text in axes.lines}
    for row in each(shares.sort_values("method", key=_order)):
        name = METHOD_NAME[row.method]
        axes.plot(
            row.estimate,
            at,
            METHOD_MARK[row.method],
            ms=4.5,
            color=METHOD_COLOUR[row.method],
            clip_on=False,
            label=None if name in known else name,
        )


def _draw_estimate(
    axes: Axes, at: int, estimate: float, low: float, high: float, mark: str, fill: str
) -> None:
    """An estimate, its interval where it has one, and both in numbers at the right."""
    axes.plot([low, high], [at, at], color=style.MUTED, lw=2.4, solid_capstyle="butt", zorder=2)
    axes.plot(estimate, at, mark, ms=4.5, mfc=fill, mec=style.INK, zorder=3, clip_on=False)
    _write(axes, 1.02, at, interval(estimate, low, high))


def _write(axes: Axes, share: float, at: int, text: str) -> None:
    """Text on a line, from so far along the panel's width."""
    place = ("axes fraction", "data")
    axes.annotate(text, (share, at), xycoords=place, va="center", fontsize=style.SMALL)


def _finish(axes: Axes, n_lines: int, n_columns: int) -> None:
    axes.tick_params(axis="y", length=0, pad=6, labelsize=7)
    axes.grid(visible=True, axis="x")
    axes.set(xlim=(0, None), ylim=(n_lines - 0.4, -0.6))
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(-0.25, -0.2),
        ncols=n_columns,
        fontsize=7,
        columnspacing=1,
        handletextpad=0.3,
    )
