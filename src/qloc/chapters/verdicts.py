"""What a chapter says of the claims that it is about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import pandas as pd

from qloc.figures.claim_front import deciding
from qloc.figures.claim_words import (
    CLAIM_NAME,
    PART_NAME,
    VERDICT_NAME,
    direction,
    estimate,
    is_whole,
    paper,
    parts,
    region,
    why,
)
from qloc.figures.formats import count, counted, each

ALL = "all"


@dataclass(frozen=True)
class Verdict:
    """One claim of a model: its verdict, and in words what decided and the other parts."""

    number: str
    name: str
    kind: str
    said: str
    basis: str
    decided: str
    others: list[str]


def verdicts(claims: pd.DataFrame, numbers: Sequence[str], method: str) -> list[Verdict]:
    """The verdicts on some claims.

    Args:
        claims: Of one model.
        numbers: Which, in the order to tell them.
        method: By which way of attributing; claims about all methods are told as well.
    """
    own = claims[claims["method"].isin([method, ALL])]
    return [verdict for number in numbers for verdict in _verdict(own, number)]


def _verdict(own: pd.DataFrame, number: str) -> Iterator[Verdict]:
    of_claim = own[own["claim"] == number]
    for whole in each(of_claim[is_whole(of_claim)]):
        decided = deciding(of_claim)
        yield Verdict(
            number=number,
            name=CLAIM_NAME[number],
            kind=str(whole.verdict),
            said=VERDICT_NAME[whole.verdict] + _at_once(whole),
            basis=_basis(whole),
            decided=_part(decided),
            others=[_part(row) for row in parts(of_claim) if row.part != decided.part],
        )


def _at_once(row: SimpleNamespace) -> str:
    """The verdict by intervals that hold for ten claims at once, where it is another."""
    if row.simultaneous_verdict == row.verdict:
        return ""
    return f" (ten at once: {VERDICT_NAME[row.simultaneous_verdict]})"


def _basis(row: SimpleNamespace) -> str:
    if not row.n_facts:
        return "no facts"
    said = counted(row.n_facts, "fact")
    return f"{said} of {count(row.n_relations)} relations" if row.n_relations else said


def _part(row: SimpleNamespace) -> str:
    """``effect of own neurons − of a neighbor's: 0.27 [0.24, 0.31], claimed above 0 …``."""
    found = estimate(row) or "not measured"
    said = [f"{PART_NAME[row.part]}: {found}"]
    if region(row):
        said.append(f"claimed {region(row)} ({direction(row)})")
    said += [words for words in (why(row), paper(row) and f"the paper: {paper(row)}") if words]
    return "; ".join(said) + "."
