"""The paper's ten claims as tests of a run's own numbers (Chen et al. 2025).

The rules stand in docs/explanation/method.md.

Each claim is judged on the form that leaves the least room for an artefact: scores adjusted for
chance, generalization to queries that no set was chosen with, controls of equal size or mass, and
two-stage intervals. A claim has one part or several, which must all hold; each part is an estimate
with an interval, and the region in which the claim says that it lies. The region's limits are
settings, fixed before looking.

One function for each claim: `score_claims` has those about consistency scores, `change_claims`
those about what is changed in a model.
"""

import math
from collections.abc import Callable, Sequence

import pandas as pd

from qloc.contracts.claims import CLAIMS, WHOLE
from qloc.measures import change_claims, score_claims
from qloc.measures.claim_parts import NO_INTERVAL, ClaimSettings, Found, Part, overruled
from qloc.measures.verdicts import Verdict, weakest

Claim = Callable[[Found, ClaimSettings], list[Part]]

CLAIM: dict[str, Claim] = {
    "1": score_claims.widespread,
    "1b": score_claims.two_kinds,
    "2": score_claims.across_methods,
    "3": score_claims.every_threshold,
    "4": change_claims.worse_generalization,
    "5": change_claims.costly_unions,
    "6": change_claims.own_neurons,
    "7": change_claims.synapses_select,
    "8": change_claims.weaker_enhancement,
    "9": change_claims.consistency_aware_wins,
    "10": change_claims.consistency_aware_matches,
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
        "direction": _joint_direction([_direction(part) for part in parts]),
    }


def _checked(part: Part, settings: ClaimSettings) -> Part:
    """The part, not tested if it rests on too few facts or has no interval that it needs."""
    if part.verdicts == ("not_tested", "not_tested"):
        return part
    if part.n_facts < settings.min_facts:
        n_facts = f"{part.n_facts} facts" if part.n_facts else "no facts"
        reason = f"{n_facts}, fewer than `claims.min_facts`, {settings.min_facts}"
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
        "direction": _direction(part),
        **_beside(part),
    }


def _direction(part: Part) -> str | None:
    """Whether the estimate itself lies where the claim says, whatever its interval."""
    if math.isnan(part.estimate):
        return None
    return "as_claimed" if part.region.holds(part.estimate) else "against"


def _joint_direction(directions: Sequence[str | None]) -> str | None:
    if "against" in directions:
        return "against"
    return None if None in directions else "as_claimed"


def _beside(part: Part) -> dict[str, object]:
    """What the paper prints, and this run's number of the same statistic."""
    if part.beside is None:
        return {}
    beside = part.beside
    return {
        "paper_low": beside.printed.low,
        "paper_high": beside.printed.high,
        "paper_place": beside.printed.place,
        "as_paper": beside.estimate,
        "as_paper_ci_low": beside.interval.low,
        "as_paper_ci_high": beside.interval.high,
        "paper_inside": beside.place,
    }
