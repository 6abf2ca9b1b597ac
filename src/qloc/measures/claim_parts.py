"""Parts of claims: what was found in a run's tables, and in which region it was claimed to lie."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from qloc.columns import SCORERS
from qloc.measures.paper import Printed
from qloc.measures.verdicts import Interval, Region, Verdict

NO_INTERVAL = "no interval can be estimated: fewer than two relations, or no draw changes it"

_UNKNOWN = Interval(math.nan, math.nan)


@dataclass(frozen=True)
class ClaimSettings:
    """What is fixed before looking; see `claims` in the configuration."""

    widespread: float
    every_threshold: float
    margin: float
    min_facts: int
    static_threshold: float
    evidence: float


@dataclass(frozen=True)
class Found:
    """What a run found for one model and method; a table is None where the study leaves it out.

    Attributes:
        absent: Of every table that is None, why: the setting that leaves it out.
    """

    summaries: pd.DataFrame
    diagnostics: pd.DataFrame
    sweep: pd.DataFrame
    agreements: pd.DataFrame | None
    mappings: pd.DataFrame
    synapses: pd.DataFrame | None
    effects: pd.DataFrame | None
    edits: pd.DataFrame | None
    edit_comparisons: pd.DataFrame | None
    absent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Beside:
    """A number of the paper, and this run's own of the same statistic."""

    printed: Printed
    estimate: float = math.nan
    interval: Interval = _UNKNOWN

    @property
    def place(self) -> str | None:
        """Whether the paper's numbers lie in the interval: ``inside``, ``partly``, ``outside``."""
        if not self.interval.is_known:
            return None
        low, high = self.interval.low, self.interval.high
        if low <= self.printed.low and self.printed.high <= high:
            return "inside"
        is_apart = self.printed.high < low or high < self.printed.low
        return "outside" if is_apart else "partly"


@dataclass(frozen=True)
class Part:
    """One thing that a claim says, and what was found of it.

    Attributes:
        name: Of the part, in the table.
        region: Where the claim says that the estimate lies.
        n_facts: Facts that it rests on.
        n_relations: Their relations.
        estimate: NaN if nothing was measured.
        interval: Two-stage, 95 %.
        simultaneous: The same for ten claims at once.
        verdicts: By both intervals; None if the region decides.
        reason: Why it was not tested, or what else decided.
        beside: What the paper prints of the same thing, if it prints any.
    """

    name: str
    region: Region
    n_facts: int = 0
    n_relations: int = 0
    estimate: float = math.nan
    interval: Interval = _UNKNOWN
    simultaneous: Interval = _UNKNOWN
    verdicts: tuple[Verdict, Verdict] | None = None
    reason: str = ""
    beside: Beside | None = None


def in_table(found: Found, table: str, name: str, region: Region, **place: str | bool) -> Part:
    """The part that one row of a table tells, or why it does not.

    Args:
        found: The run's tables.
        table: Which of them.
        name: Of the part.
        region: Where it is claimed to lie.
        place: The row: values of columns.
    """
    rows = getattr(found, table)
    if rows is None:
        return untested(name, region, found.absent[table])
    row = row_at(rows, **place)
    if row is None:
        return untested(name, region, "nothing was measured")
    value = next(column for column in ("estimate", "difference", "mean") if column in row)
    return Part(
        name,
        region,
        int(row["n_facts"]),
        int(row["n_relations"]),
        float(row[value]),
        ends(row, "ci"),
        ends(row, "simultaneous_ci"),
    )


def of_edits(
    found: Found,
    metric: str,
    region: Region,
    neuron_set: str,
    other_set: str,
    fact_class: str = "inconsistent",
) -> Part:
    """How edits of one set differ from those of another, within facts, by the first token."""
    return in_table(
        found,
        "edit_comparisons",
        f"{metric}_{other_set}",
        region,
        scorer=SCORERS[0],
        operation="update",
        metric=metric,
        neuron_set=neuron_set,
        other_set=other_set,
        fact_class=fact_class,
    )


def of_synapses(found: Found, name: str, contrast: str, *, is_renormalised: bool) -> Part:
    """How much more suppressed synapses move own neurons than what they are held against."""
    return in_table(
        found,
        "synapses",
        name,
        Region("above", 0.0),
        manipulation="suppress",
        criterion="otsu",
        fact_class="all",
        outcome="own",
        contrast=contrast,
        is_renormalised=is_renormalised,
    )


def own_effect(found: Found, name: str) -> Part:
    """How far suppressed synapses lower the values of the query's own neurons."""
    return in_table(
        found,
        "effects",
        name,
        Region("above", 0.0),
        synapse_set="synapses",
        manipulation="suppress",
        criterion="otsu",
        fact_class="all",
        outcome="own",
        is_renormalised=False,
    )


def beside_paper(
    part: Part, printed: Printed, rows: pd.DataFrame | None, **place: str | bool
) -> Part:
    """The part, with what the paper prints and this run's number of it from one row of a table."""
    row = None if rows is None else row_at(rows, **place)
    if row is None:
        return replace(part, beside=Beside(printed))
    return replace(part, beside=Beside(printed, float(row["estimate"]), ends(row, "ci")))


def untested(name: str, region: Region, reason: str) -> Part:
    """A part of which nothing can be said."""
    return Part(name, region, verdicts=("not_tested", "not_tested"), reason=reason)


def overruled(part: Part, verdict: Verdict, reason: str) -> Part:
    """The same part with a verdict that does not follow from its interval."""
    return replace(part, verdicts=(verdict, verdict), reason=reason)


def row_at(rows: pd.DataFrame, **place: str | bool) -> "pd.Series | None":
    """The row with these values, if there is one."""
    is_meant = pd.Series(True, index=rows.index)
    for column, value in place.items():
        is_meant &= rows[column] == value
    return rows[is_meant].iloc[0] if is_meant.any() else None


def ends(row: pd.Series, name: str) -> Interval:
    """The two ends of an interval: of columns ``name_low`` and ``name_high``."""
    return Interval(float(row[f"{name}_low"]), float(row[f"{name}_high"]))
