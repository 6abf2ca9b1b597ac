"""The paper's claims in words: what each says, what its parts are, and what a verdict is called."""

from types import SimpleNamespace
from typing import cast

import pandas as pd

from qloc.contracts.claims import WHOLE
from qloc.figures.formats import count, each, interval, number
from qloc.measures.verdicts import Interval, Region, Side

CLAIM_NAME = {
    "1": "Inconsistent knowledge is widespread",
    "1b": "Consistent and inconsistent facts are two kinds",
    "2": "It holds across methods of attribution",
    "3": "It survives every threshold",
    "4": "Edits of a query's own neurons generalize worse on inconsistent facts",
    "5": "On inconsistent facts, editing the union of neurons costs locality and perplexity",
    "6": "Own neurons move the answer more than neighbors', more so on inconsistent facts",
    "7": "Suppressing synapses lowers the values of the query's own neurons",
    "8": "Enhancing synapses moves them less than suppressing",
    "9": "On inconsistent facts, consistency-aware edits are the best",
    "10": "On consistent facts, consistency-aware edits match those of own neurons",
}

PART_NAME = {
    "clearly_inconsistent": "share of facts, adjusted CS clearly below claims.adjusted_level",
    "bic_difference": "BIC gain of two kinds over one (the dip decides too)",
    "excess_within_relations": "share inconsistent to all methods, less independent ones",
    "lowest_share": "lowest share of inconsistent facts, by adjusted CS",
    "generalization": "generalization of updates, K_I − K_C",
    "locality_query": "locality of updates on K_I, union − own",
    "perplexity_change_query": "change of perplexity on K_I, union − own",
    "less_neighbor": "effect of own neurons − of a neighbor's, suppressed",
    "shared_less_own": "effect of neurons that all neighbors share − of as many own",
    "common_less_own": "effect of neurons that several neighbors share − of as many own",
    "more_so": "effect of own − of a neighbor's, K_I − K_C",
    "own": "effect of suppressed synapses on own neurons",
    "mass_matched": "effect of synapses − of the same loss over all words",
    "neighbors_only": "effect on own neurons − on those of neighbors only",
    "random": "effect on own neurons − on random ones",
    "as_they_are": "suppressed − doubled, sizes of effects only",
    "renormalised": "suppressed − doubled, sizes of effects only, rows that add up to 1 again",
    "average_query": "average of updates, consistency-aware − own",
    "average_union_held_out": "average of updates on K_I, consistency-aware − union",
    "average_consistency_aware_held_out_random": "average on K_I, consistency-aware − random",
    "average_consistency_aware_held_out_top": "average on K_I, consistency-aware − top scores",
    "perplexity_change_union_held_out": "change of perplexity, consistency-aware − union",
}

CLAIM_SHORT = {
    "1": "Inconsistent knowledge is widespread",
    "1b": "There are two kinds of facts",
    "2": "It holds across methods",
    "3": "It survives every threshold",
    "4": "Own neurons generalize worse on K_I",
    "5": "On K_I, the union costs",
    "6": "Own neurons move the answer more",
    "7": "Synapses lower own neurons",
    "8": "Enhanced synapses move them less",
    "9": "Consistency-aware edits: best on K_I",
    "10": "They match own neurons on K_C",
}
"""For a figure, and for lines of 80 letters."""

PART_SHORT = {
    "clearly_inconsistent": "share clearly below the adjusted level",
    "bic_difference": "BIC gain of two kinds (dip decides too)",
    "excess_within_relations": "share by all methods − independent",
    "lowest_share": "lowest share of all thresholds",
    "generalization": "generalization, K_I − K_C",
    "locality_query": "locality, union − own",
    "perplexity_change_query": "change of perplexity, union − own",
    "less_neighbor": "own − a neighbor's",
    "shared_less_own": "what all neighbors share − as many own",
    "common_less_own": "what several share − as many own",
    "more_so": "own − a neighbor's, K_I − K_C",
    "own": "effect on own neurons",
    "mass_matched": "– less the same loss over all words",
    "neighbors_only": "– less the effect on neighbors' only",
    "random": "– less the effect on random ones",
    "as_they_are": "suppressed − doubled, sizes",
    "renormalised": "suppressed − doubled, sizes, renormalised",
    "average_query": "average, consistency-aware − own",
    "average_union_held_out": "average − that of the union",
    "average_consistency_aware_held_out_random": "average − that of random neurons",
    "average_consistency_aware_held_out_top": "average − that of top scores",
    "perplexity_change_union_held_out": "change of perplexity − the union's",
}

PAPER_SHORT = {"1b": "Otsu's threshold, beside it"}
"""Of the claims beside which the paper prints a number: no counterpart of what is judged."""

SHARES = ("clearly_inconsistent", "lowest_share")
"""Parts whose number is a share of facts."""

RELATIVE = ("7", "8")
"""Claims about relative changes, which are large where the value before is tiny."""

WITHOUT_INTERVAL = ("bic_difference",)
"""Parts that are judged by tests of their own."""

VERDICT_NAME = {
    "supported": "✓ supported",
    "not_supported": "✗ not supported",
    "undecided": "? undecided",
    "not_tested": "– not tested",
}

DIRECTION_NAME = {"as_claimed": "as claimed", "against": "against it"}

INSIDE_NAME = {
    "inside": "in this run's interval",
    "partly": "partly in this run's interval",
    "outside": "outside this run's interval",
}

SIDE_NAME = {"above": "above {}", "below": "below {}", "within": "within ±{}"}


def region(row: SimpleNamespace) -> str:
    """Where the claim says that the number lies: ``above 0.10 of facts``, or ``below 0``."""
    if not isinstance(row.side, str):
        return ""
    said = SIDE_NAME[row.side].format(_short(row.limit) if row.limit else "0")
    return f"{said} of facts" if row.part in SHARES else said


def estimate(row: SimpleNamespace) -> str:
    """An estimate and its interval; nothing where nothing was measured."""
    if pd.isna(row.estimate):
        return ""
    if row.part in WITHOUT_INTERVAL:
        return number(row.estimate)
    ends = (row.estimate, row.ci_low, row.ci_high)
    return interval(*ends, digits=_digits(*ends))


def why(row: SimpleNamespace) -> str:
    """What a verdict that is no plain *supported* needs to be understood."""
    said = [row.reason] if isinstance(row.reason, str) else []
    if row.verdict == "undecided" and crosses(row):
        distance = "differences" if row.side != "within" else "margins"
        said.append(
            f"with {count(row.n_facts)} facts, {distance} under {_short(row.detectable)} stay"
            " undecided"
        )
    if row.claim in RELATIVE and row.ci_high - row.ci_low > 1:
        said.append("a few facts carry this mean")
    return "; ".join(said)


def overruling(row: SimpleNamespace) -> str:
    """Why a part is undecided though its interval lies in the region; else nothing."""
    is_clear = row.verdict == "undecided" and not pd.isna(row.ci_low) and not crosses(row)
    return row.reason if is_clear and isinstance(row.reason, str) else ""


def paper(row: SimpleNamespace) -> str:
    """What the paper prints, and this run's number of it; nothing where it prints none."""
    if pd.isna(row.paper_low):
        return ""
    here = interval(row.as_paper, row.as_paper_ci_low, row.as_paper_ci_high)
    known = f"here {here}" if not pd.isna(row.as_paper) else "not measured here"
    return f"{printed(row)} ({row.paper_place}); {known}; beside it, not what is judged"


def printed(row: SimpleNamespace) -> str:
    """The paper's number, or its range: ``0.08–0.17``; nothing where it prints none."""
    if pd.isna(row.paper_low):
        return ""
    ends = dict.fromkeys(number(end) for end in (row.paper_low, row.paper_high))
    return "–".join(ends)


def direction(row: SimpleNamespace) -> str:
    """Whether the estimate itself lies where the claim says, whatever its interval."""
    return DIRECTION_NAME.get(row.direction, "not measured")


def inside(row: SimpleNamespace) -> str:
    """Whether the paper's number lies in the interval of this run's; nothing where unknown."""
    return INSIDE_NAME.get(row.paper_inside, "")


def parts(rows: pd.DataFrame) -> list[SimpleNamespace]:
    """The parts of a claim, in the order in which it says them."""
    order = list(PART_NAME)
    return sorted(each(rows[~is_whole(rows)]), key=lambda row: order.index(row.part))


def is_whole(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows speak of a claim as a whole."""
    return rows["part"] == WHOLE


def _digits(*values: float) -> int:
    """Two, or so many that small numbers are no zeros: changes of perplexity are thousandths."""
    sizes = [abs(value) for value in values if value and not pd.isna(value)]
    if not sizes or max(sizes) >= 0.1:
        return 2
    return 3 if min(sizes) >= 0.0005 else 4


def _short(value: float) -> str:
    """A number with two digits, or with as many more as keep it from being 0."""
    return number(value, 2 if abs(value) >= 0.01 or not value else _digits(value))


def crosses(row: SimpleNamespace) -> bool:
    """Whether it is the interval that leaves a verdict undecided."""
    if not isinstance(row.side, str):
        return False
    claimed = Region(cast(Side, row.side), row.limit)
    return claimed.verdict(Interval(row.ci_low, row.ci_high)) == "undecided"
