"""The paper's claims in words: what each says, what its parts are, and what a verdict is called."""

from types import SimpleNamespace

import pandas as pd

from qloc.contracts.claims import WHOLE
from qloc.figures.formats import count, interval, number

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
    "clearly_inconsistent": "facts whose adjusted CS lies below the level with its interval",
    "bic_difference": "two components against one, by BIC; and the dip",
    "excess_within_relations": "facts inconsistent to all, less independent methods",
    "lowest_share": "lowest share of inconsistent facts, adjusted CS",
    "generalization": "generalization of updates, K_I − K_C",
    "locality_query": "locality, union − own",
    "perplexity_change_query": "change of perplexity, union − own",
    "less_neighbor": "suppressed: effect of own neurons − of a neighbor's",
    "shared_less_own": "– of those of all neighbors − of as many own",
    "more_so": "– own − a neighbor's, K_I − K_C",
    "mass_matched": "effect − that of the same loss over all words",
    "neighbors_only": "effect on own neurons − on those of neighbors only",
    "random": "– on random neurons",
    "as_they_are": "|suppressed| − |doubled|",
    "renormalised": "– rows add up to 1 again",
    "average_query": "average of updates, consistency-aware − own",
    "average_union_held_out": "– − union",
    "average_consistency_aware_held_out_random": "– − as many at random",
    "average_consistency_aware_held_out_top": "– − as many top scores",
    "perplexity_change_union_held_out": "change of perplexity, consistency-aware − union",
}

VERDICT_NAME = {
    "supported": "✓ supported",
    "not_supported": "✗ not supported",
    "undecided": "? undecided",
    "not_tested": "– not tested",
}

SIDE_NAME = {"above": "above {}", "below": "below {}", "within": "within ±{}"}


def region(row: SimpleNamespace) -> str:
    """Where the claim says that the number lies: ``above 0.10``."""
    return SIDE_NAME[row.side].format(number(row.limit)) if isinstance(row.side, str) else ""


def estimate(row: SimpleNamespace) -> str:
    """An estimate and its interval; nothing where nothing was measured."""
    return "" if pd.isna(row.estimate) else interval(row.estimate, row.ci_low, row.ci_high)


def why(row: SimpleNamespace) -> str:
    """What a verdict that is no plain *supported* needs to be understood."""
    if isinstance(row.reason, str):
        return row.reason
    if row.verdict == "undecided" and not pd.isna(row.detectable):
        distance = "differences" if row.side != "within" else "margins"
        return (
            f"with {count(row.n_facts)} facts, {distance} under {number(row.detectable)} stay"
            " undecided"
        )
    return ""


def is_whole(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows speak of a claim as a whole."""
    return rows["part"] == WHOLE
