"""The paper's ten claims as tests of a run's own numbers (docs/explanation/method.md).

Each claim is judged on the form that leaves the least room for an artefact: scores adjusted for
chance, generalization to queries that no set was chosen with, controls of equal size or mass, and
two-stage intervals. A claim has one part or several, which must all hold; each part is an estimate
with an interval, and the region in which the claim says that it lies. The region's limits are
settings, fixed before looking.

One function for each claim, in the order of the paper. Of edits, updates are judged.
"""

import math
from collections.abc import Callable, Sequence

import pandas as pd

from qloc.columns import SCORERS
from qloc.contracts.claims import CLAIMS, WHOLE
from qloc.measures.claim_parts import (
    NO_INTERVAL,
    ClaimSettings,
    Found,
    Part,
    ends,
    in_table,
    of_edits,
    of_synapses,
    overruled,
    row_at,
    untested,
)
from qloc.measures.verdicts import Region, Verdict, weakest

_AWARE, _UNION = "consistency_aware_held_out", "union_held_out"

Claim = Callable[[Found, ClaimSettings], list[Part]]


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
    if part.verdicts is None and chance["estimate"] > settings.static_threshold:
        return [overruled(part, "undecided", "chance alone exceeds the static threshold")]
    return [part]


def two_kinds(found: Found, settings: ClaimSettings) -> list[Part]:
    """1b: consistent and inconsistent facts are two kinds, by BIC and dip against one kind."""
    region = Region("above", 0.0)
    bic = row_at(found.diagnostics, diagnostic="bic_difference")
    dip = row_at(found.diagnostics, diagnostic="dip")
    if bic is None or dip is None or pd.isna([bic["value"], bic["p_value"], dip["p_value"]]).any():
        return [untested("bic_difference", region, "the tests are not defined for these scores")]
    is_two_humps = bic["value"] > 0 and bic["p_value"] < settings.evidence
    is_dipped = dip["p_value"] < settings.evidence
    verdicts: tuple[Verdict, ...] = ("not_supported", "undecided", "supported")
    verdict = verdicts[int(is_two_humps) + int(is_dipped)]
    part = Part("bic_difference", region, int(bic["n_facts"]), 0, float(bic["value"]))
    reason = f"p of BIC {bic['p_value']:.2g}, of the dip {dip['p_value']:.2g}"
    return [overruled(part, verdict, reason)]


def across_methods(found: Found, settings: ClaimSettings) -> list[Part]:
    """2: it holds across methods: more facts are inconsistent to all than independence gives."""
    del settings
    region = Region("above", 0.0)
    return [
        in_table(
            found,
            "agreements",
            "excess_within_relations",
            region,
            criterion="otsu",
            statistic="excess_within_relations",
        )
    ]


def every_threshold(found: Found, settings: ClaimSettings) -> list[Part]:
    """3: it survives every threshold: at each pair of them many facts lie below, on adjusted CS.

    The pair with the lowest interval speaks for all; one wholly outside refutes the claim.
    """
    region = Region("above", settings.every_threshold)
    has_interval = found.sweep["adjusted_ci_low"].notna()
    sweep, others = found.sweep[has_interval], found.sweep[~has_interval]
    if sweep.empty:
        return [untested("lowest_share", region, NO_INTERVAL)]
    failing = sweep[sweep["adjusted_ci_high"] <= settings.every_threshold]
    candidates, end = (failing, "adjusted_ci_high") if len(failing) else (sweep, "adjusted_ci_low")
    lowest = candidates.iloc[int(candidates[end].to_numpy().argmin())]
    part = Part(
        "lowest_share",
        region,
        int(lowest["n_facts"]),
        int(found.summaries["n_relations"].max()),
        float(lowest["adjusted_inconsistent_share"]),
        ends(lowest, "adjusted_ci"),
        ends(lowest, "adjusted_simultaneous_ci"),
        reason=(
            f"at selection threshold {lowest['selection_threshold']:.2f},"
            f" consistency threshold {lowest['consistency_threshold']:.2f}"
        ),
    )
    is_low = others["adjusted_inconsistent_share"] <= settings.every_threshold
    if failing.empty and is_low.any():
        reason = f"at {int(is_low.sum())} pairs of thresholds the share is small, and {NO_INTERVAL}"
        return [overruled(part, "undecided", reason)]
    return [part]


def worse_generalization(found: Found, settings: ClaimSettings) -> list[Part]:
    """4: edits of a query's own neurons generalize worse on inconsistent facts."""
    del settings
    return [
        in_table(
            found,
            "edits",
            "generalization",
            Region("below", 0.0),
            scorer=SCORERS[0],
            operation="update",
            neuron_set="query",
            metric="generalization",
            fact_class="difference",
        )
    ]


def costly_unions(found: Found, settings: ClaimSettings) -> list[Part]:
    """5: on inconsistent facts, editing the union costs locality and perplexity."""
    del settings
    return [
        of_edits(found, "locality", Region("below", 0.0), _UNION, "query"),
        of_edits(found, "perplexity_change", Region("above", 0.0), _UNION, "query"),
    ]


def own_neurons(found: Found, settings: ClaimSettings) -> list[Part]:
    """6: own neurons move the answer more than neighbors' of equal size, more so on K_I."""
    del settings
    own = {"manipulation": "suppress", "criterion": "otsu"}
    pair = own | {"neuron_set": "self", "other_set": "neighbor"}
    shared = own | {"neuron_set": "intersection", "other_set": "self_sample_intersection"}
    above, below = Region("above", 0.0), Region("below", 0.0)
    return [
        in_table(found, "mappings", "less_neighbor", above, **pair, fact_class="all"),
        in_table(found, "mappings", "shared_less_own", below, **shared, fact_class="all"),
        in_table(found, "mappings", "more_so", above, **pair, fact_class="difference"),
    ]


def synapses_select(found: Found, settings: ClaimSettings) -> list[Part]:
    """7: suppressing synapses lowers own neurons: more than the same mass, and more than others."""
    del settings
    return [
        of_synapses(found, name, name, is_renormalised=False)
        for name in ("mass_matched", "neighbors_only", "random")
    ]


def weaker_enhancement(found: Found, settings: ClaimSettings) -> list[Part]:
    """8: enhancing synapses moves own neurons less than suppressing them, in both forms."""
    del settings
    return [
        of_synapses(found, name, "enhance", is_renormalised=name == "renormalised")
        for name in ("as_they_are", "renormalised")
    ]


def consistency_aware_wins(found: Found, settings: ClaimSettings) -> list[Part]:
    """9: on inconsistent facts consistency-aware edits are the best, at low perplexity."""
    del settings
    others = ("query", _UNION, f"{_AWARE}_random", f"{_AWARE}_top")
    return [
        *(of_edits(found, "average", Region("above", 0.0), _AWARE, other) for other in others),
        of_edits(found, "perplexity_change", Region("below", 0.0), _AWARE, _UNION),
    ]


def consistency_aware_matches(found: Found, settings: ClaimSettings) -> list[Part]:
    """10: on consistent facts they match own neurons: averages differ by less than a margin."""
    region = Region("within", settings.margin)
    return [of_edits(found, "average", region, _AWARE, "query", fact_class="consistent")]


CLAIM: dict[str, Claim] = {
    "1": widespread,
    "1b": two_kinds,
    "2": across_methods,
    "3": every_threshold,
    "4": worse_generalization,
    "5": costly_unions,
    "6": own_neurons,
    "7": synapses_select,
    "8": weaker_enhancement,
    "9": consistency_aware_wins,
    "10": consistency_aware_matches,
}
"""The functions above by the number of their claim."""

OF_ALL_METHODS = ("2",)
"""Claims about all methods at once."""


def judged(found: Found, settings: ClaimSettings, claims: Sequence[str]) -> pd.DataFrame:
    """A row for every part of these claims, and one for the whole of each; columns of `CLAIMS`."""
    rows = [row for claim in claims for row in _rows(claim, found, settings)]
    return pd.DataFrame(rows, columns=[c.name for c in CLAIMS.columns if c.name != "method"])


def _rows(claim: str, found: Found, settings: ClaimSettings) -> list[dict[str, object]]:
    parts = [_checked(part, settings) for part in CLAIM[claim](found, settings)]
    rows = [_row_of(part) for part in parts]
    whole = dict(rows[0]) if len(parts) == 1 else _whole(parts)
    names = [*(part.name for part in parts), WHOLE]
    return [
        row | {"claim": claim, "part": name}
        for row, name in zip([*rows, whole], names, strict=True)
    ]


def _whole(parts: Sequence[Part]) -> dict[str, object]:
    """What the parts say together; they rest on the facts that the smallest of them has."""
    first, second = zip(*(_verdicts(part) for part in parts), strict=True)
    reasons = [
        f"{part.name}: {part.reason}" for part in parts if _verdicts(part)[0] == "not_tested"
    ]
    return {
        "n_facts": min(part.n_facts for part in parts),
        "n_relations": min(part.n_relations for part in parts),
        "verdict": weakest(first),
        "simultaneous_verdict": weakest(second),
        "reason": "; ".join(reasons) or None,
    }


def _checked(part: Part, settings: ClaimSettings) -> Part:
    """The part, not tested if it rests on too few facts or has no interval that it needs."""
    if part.verdicts == ("not_tested", "not_tested"):
        return part
    if part.n_facts < settings.min_facts:
        reason = f"{part.n_facts} facts, fewer than `claims.min_facts`, {settings.min_facts}"
        return overruled(part, "not_tested", reason)
    if part.verdicts is None and not part.interval.is_known:
        return overruled(part, "not_tested", NO_INTERVAL)
    return part


def _verdicts(part: Part) -> tuple[Verdict, Verdict]:
    return part.verdicts or (
        part.region.verdict(part.interval),
        part.region.verdict(part.simultaneous),
    )


def _row_of(part: Part) -> dict[str, object]:
    verdict, simultaneous = _verdicts(part)
    return {
        "n_facts": part.n_facts,
        "n_relations": part.n_relations,
        "estimate": part.estimate,
        "ci_low": part.interval.low,
        "ci_high": part.interval.high,
        "simultaneous_ci_low": part.simultaneous.low,
        "simultaneous_ci_high": part.simultaneous.high,
        "side": part.region.side,
        "limit": part.region.limit,
        "verdict": verdict,
        "simultaneous_verdict": simultaneous,
        "detectable": part.region.detectable(part.estimate, part.interval),
        "reason": part.reason or None,
    }
