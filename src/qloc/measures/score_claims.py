"""The paper's claims about consistency scores: 1, 1b, 2 and 3; see `claims`."""

import math

import pandas as pd

from qloc.measures import paper
from qloc.measures.bootstrap import N_CLAIMS
from qloc.measures.claim_parts import (
    NO_INTERVAL,
    ClaimSettings,
    Found,
    Part,
    beside_paper,
    ends,
    in_table,
    overruled,
    row_at,
    untested,
)
from qloc.measures.verdicts import Interval, Region, Verdict, weakest

STRONG = 6.0
"""A difference of BIC that is strong evidence (Kass and Raftery 1995)."""


def widespread(found: Found, settings: ClaimSettings) -> list[Part]:
    """1: inconsistent facts are widespread: the adjusted CS of many lies clearly below a level.

    Undecided where chance alone exceeds the static threshold: a CS above it may then be chance.
    """
    region = Region("above", settings.widespread)
    part = in_table(
        found,
        "summaries",
        "clearly_inconsistent",
        region,
        criterion="static",
        statistic="clearly_inconsistent_share",
    )
    chance = row_at(found.summaries, criterion="static", statistic="mean_chance")
    if chance is None or math.isnan(chance["estimate"]):
        return [untested(part.name, region, "chance is not known")]
    if part.interval.is_known and chance["estimate"] > settings.static_threshold:
        return [overruled(part, "undecided", "chance alone exceeds the static threshold")]
    return [part]


def two_kinds(found: Found, settings: ClaimSettings) -> list[Part]:
    """1b: consistent and inconsistent facts are two kinds, by BIC and dip against one kind.

    That a test is silent refutes nothing: against the claim BIC must speak strongly for one kind.
    """
    region = Region("above", 0.0)
    threshold = {"criterion": "otsu", "statistic": "threshold"}
    bic = row_at(found.diagnostics, diagnostic="bic_difference")
    dip = row_at(found.diagnostics, diagnostic="dip")
    if bic is None or dip is None or pd.isna([bic["value"], bic["p_value"], dip["p_value"]]).any():
        part = untested("bic_difference", region, "the tests are not defined for these scores")
    else:
        part = Part(
            "bic_difference",
            region,
            int(bic["n_facts"]),
            int(found.summaries["n_relations"].max()),
            float(bic["value"]),
            verdicts=(
                _of_tests(bic, dip, settings.evidence, settings.evidence),
                _of_tests(bic, dip, settings.evidence, settings.evidence / N_CLAIMS),
            ),
            reason=f"p of BIC {bic['p_value']:.2g}, of the dip {dip['p_value']:.2g}",
        )
    return [beside_paper(part, paper.OTSU_THRESHOLD, found.summaries, **threshold)]


def _of_tests(bic: pd.Series, dip: pd.Series, silent: float, evidence: float) -> Verdict:
    """Supported if both tests have a p below `evidence`; refuted only if none is below `silent`."""
    if bic["value"] > 0 and max(bic["p_value"], dip["p_value"]) < evidence:
        return "supported"
    is_silent = min(bic["p_value"], dip["p_value"]) >= silent
    return "not_supported" if is_silent and bic["value"] < -STRONG else "undecided"


def across_methods(found: Found, settings: ClaimSettings) -> list[Part]:
    """2: it holds across methods: more facts are inconsistent to all than independence gives."""
    del settings
    statistic = "excess_within_relations"
    place = {"criterion": "otsu", "statistic": statistic, "method": "all"}
    return [in_table(found, "agreements", statistic, Region("above", 0.0), **place)]


def every_threshold(found: Found, settings: ClaimSettings) -> list[Part]:
    """3: it survives every threshold: at each pair of them many facts lie below, on adjusted CS.

    Supported if the intervals of all pairs lie above; one wholly outside refutes the claim. What is
    shown is the pair that decides. Pairs with too few facts say nothing.
    """
    name, limit = "lowest_share", settings.every_threshold
    region = Region("above", limit)
    tested = found.sweep[found.sweep["n_facts"] >= settings.min_facts]
    if tested.empty:
        return [Part(name, region, int(found.sweep["n_facts"].max()) if len(found.sweep) else 0)]
    has_interval = tested["adjusted_ci_low"].notna()
    sweep, others = tested[has_interval], tested[~has_interval]
    if sweep.empty:
        return [untested(name, region, NO_INTERVAL)]
    part = _lowest(name, region, sweep, int(found.summaries["n_relations"].max()))
    n_open = int((others["adjusted_inconsistent_share"] <= limit).sum())
    if n_open and "not_supported" not in (part.verdicts or ()):
        reason = f"at {n_open} of {len(tested)} pairs of thresholds the share is small, and"
        return [overruled(part, "undecided", f"{reason} {NO_INTERVAL}")]
    return [part]


def _lowest(name: str, region: Region, sweep: pd.DataFrame, n_relations: int) -> Part:
    """The pair of thresholds with the lowest interval; its verdicts are those on all pairs."""
    is_failing = sweep["adjusted_ci_high"] <= region.limit
    end = "adjusted_ci_high" if is_failing.any() else "adjusted_ci_low"
    lowest = sweep.iloc[int(sweep[end].to_numpy().argmin())]
    return Part(
        name,
        region,
        int(lowest["n_facts"]),
        n_relations,
        float(lowest["adjusted_inconsistent_share"]),
        ends(lowest, "adjusted_ci"),
        ends(lowest, "adjusted_simultaneous_ci"),
        (
            _at_every_pair(region, sweep, "adjusted_ci"),
            _at_every_pair(region, sweep, "adjusted_simultaneous_ci"),
        ),
        f"at selection threshold {lowest['selection_threshold']:.2f},"
        f" consistency threshold {lowest['consistency_threshold']:.2f}",
    )


def _at_every_pair(region: Region, sweep: pd.DataFrame, name: str) -> Verdict:
    ends_of_pairs = zip(sweep[f"{name}_low"], sweep[f"{name}_high"], strict=True)
    return weakest(region.verdict(Interval(low, high)) for low, high in ends_of_pairs)
