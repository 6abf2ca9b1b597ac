"""Quality of single edits as a reader sees it: the lines of a table, each set above its controls.

Generalization is judged twice: on queries that had no part in choosing the sets, which is what
claims are about, and on all others as in the paper. Each way has sets of its own, beside the
query's own neurons.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from types import SimpleNamespace

import pandas as pd

from qloc.columns import SCORERS
from qloc.contracts.neuron_sets import CHOSEN_SETS, EDITED_SETS
from qloc.figures.edit_formats import change_in_percent, change_interval
from qloc.figures.effect_tables import CLASS_NAME
from qloc.figures.formats import count, counted, each, interval, number, p_value, words

SCORER = SCORERS[0]
"""The one whose numbers are shown in full."""

CHANGE = "perplexity_change"

NONE = "–"

KIND = {"query": "query", "union": "union", "consistency_aware": "consistency-aware"}
"""How sets are called, whatever queries chose them."""

CONTROLS = {"_random": "as many at random", "_top": "as many top scores"}
"""How controls are called beside their set, by the end of their name."""

Metrics = dict[str, SimpleNamespace]
"""The rows of a line, by metric."""


@dataclass(frozen=True)
class Judged:
    """One way of judging generalization: what a caption says of it, its sets and its metrics."""

    caption: str
    sets: tuple[str, ...]
    generalization: str
    average: str

    @property
    def lines(self) -> list[str]:
        """The sets, each with its controls below."""
        names = [f"{name}{end}" for name, end in product(self.sets, ["", *CONTROLS])]
        return [name for name in names if name in EDITED_SETS]

    @property
    def metrics(self) -> dict[str, str]:
        """The metrics that are shares, by the head of their column."""
        return {
            "Rel": "reliability",
            "Gen": self.generalization,
            "Loc": "locality",
            "Avg": self.average,
        }

    def sizes(self, of: Metrics) -> dict[str, str]:
        """How many facts a line rests on; fewer have queries to judge Gen by."""
        both = [of.get(metric) for metric in ("reliability", self.generalization)]
        return {"facts: Rel, Gen": ", ".join(count(row.n_facts) if row else "0" for row in both)}


JUDGED = (
    Judged(
        "sets of half of the queries, Gen on the others",
        ("query", "union_held_out", "consistency_aware_held_out"),
        "generalization",
        "average",
    ),
    Judged(
        "sets of all queries, Gen on the same",
        ("query", "union", "consistency_aware"),
        "generalization_seen",
        "average_seen",
    ),
)


def quality_cells(rows: pd.DataFrame, judged: Judged) -> pd.DataFrame:
    """Metrics of every set by class, of one model, method, operation and preset."""
    found = _lines(rows, ["neuron_set", "fact_class"])
    cells = []
    for name, kind in product(judged.lines, _classes(rows)):
        of, is_mean = found.get((name, kind), {}), kind != "difference"
        if of and (is_mean or name in CHOSEN_SETS):
            edited, below = _widest(of), "" if name in CHOSEN_SETS else "– "
            cells.append(
                {"set, facts": f"{below}{_line_name(name)}, {CLASS_NAME[kind]}"}
                | {"neurons": number(edited.mean_n_neurons, 1) if is_mean else NONE}
                | {"no edit, %": number(100 * edited.no_edit_share, 1) if is_mean else NONE}
                | {head: _share(of.get(metric)) for head, metric in judged.metrics.items()}
                | _change(of, "mean")
                | judged.sizes(of)
            )
    return pd.DataFrame(cells)


def pair_cells(rows: pd.DataFrame, judged: Judged) -> pd.DataFrame:
    """Comparisons of sets within facts, of one model, method, operation and preset."""
    found = _lines(rows, ["neuron_set", "other_set", "fact_class"])
    pairs = dict.fromkeys(key[:2] for key in found if set(key[:2]) <= set(judged.lines))
    ordered = sorted(pairs, key=lambda pair: [judged.lines.index(name) for name in pair])
    kinds = [kind for kind in _classes(rows) if kind != "difference"]
    return pd.DataFrame(
        [
            {"sets, facts": f"{_line_name(name)} − {_line_name(other)}, {CLASS_NAME[kind]}"}
            | {head: _tested(of.get(metric)) for head, metric in judged.metrics.items()}
            | _change(of, "difference")
            | judged.sizes(of)
            for (name, other), kind in product(ordered, kinds)
            if (of := found.get((name, other, kind)))
        ]
    )


def scorer_cells(rows: pd.DataFrame, judged: Judged) -> pd.DataFrame:
    """Averages of the chosen sets by all scorers; empty where they agree."""
    is_meant = (rows["metric"] == judged.average) & rows["neuron_set"].isin(judged.sets)
    place = ["neuron_set", "fact_class"]
    means = rows[is_meant].pivot(index=place, columns="scorer", values="mean").round(6)
    if not (means.nunique(axis=1) > 1).any():
        return pd.DataFrame()
    found = dict(zip(means.index, means.to_dict("records"), strict=True))
    return pd.DataFrame(
        [
            {"set, facts": f"{_line_name(name)}, {CLASS_NAME[kind]}"}
            | {words(scorer): number(found[name, kind][scorer]) for scorer in SCORERS}
            for name, kind in product(judged.sets, _classes(rows))
            if (name, kind) in found
        ]
    )


def _lines(rows: pd.DataFrame, keys: Sequence[str]) -> dict[tuple[str, ...], Metrics]:
    """The rows of every line, by what names it."""
    found: dict[tuple[str, ...], Metrics] = {}
    for row in each(rows[rows["scorer"] == SCORER]):
        found.setdefault(tuple(getattr(row, key) for key in keys), {})[row.metric] = row
    return found


def _classes(rows: pd.DataFrame) -> list[str]:
    """The classes that facts are of, and their difference; `all` where there is no threshold."""
    known = set(rows[rows["n_facts"] > 0]["fact_class"])
    parts = [kind for kind in ("consistent", "inconsistent") if kind in known]
    return [*parts, "difference"] if len(parts) > 1 else parts or ["all"]


def _line_name(name: str) -> str:
    """How a line calls its set; a control stands below its own."""
    for end, text in CONTROLS.items():
        if name.endswith(end):
            return text
    return KIND[name.removesuffix("_held_out")]


def _widest(of: Metrics) -> SimpleNamespace:
    """The row that rests on most facts: on all that were edited."""
    return max(of.values(), key=lambda row: int(row.n_facts))


def _share(row: SimpleNamespace | None, value: str = "mean") -> str:
    if row is None or pd.isna(getattr(row, value)):
        return NONE
    return interval(getattr(row, value), row.ci_low, row.ci_high)


def _tested(row: SimpleNamespace | None) -> str:
    """A difference of shares, its interval, and p by Holm's method where it was tested."""
    text = _share(row, "difference")
    if row is None or pd.isna(row.p_holm):
        return text
    return f"{text}, p\N{NO-BREAK SPACE}{p_value(row.p_holm)}"


def _change(of: Metrics, value: str) -> dict[str, str]:
    """The mean change of perplexity and its median, which few facts do not move; or why not.

    Where it is too large for a number, the mean of the other facts says too little.
    """
    row = of.get(CHANGE)
    lost = _widest(of).n_facts - (row.n_facts if row else 0)
    mean, median = NONE, NONE
    if lost:
        mean = f"beyond any number: {counted(lost, 'fact')}"
    elif row and not pd.isna(getattr(row, value)):
        mean = change_interval(getattr(row, value), row.ci_low, row.ci_high)
        median = NONE if row.fact_class == "difference" else change_in_percent(row.median)
    return {"ΔPPL, %": mean, "median ΔPPL, %": median}
