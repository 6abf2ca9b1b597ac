"""The paper's claims as tables: one of verdicts, and for each method one of all parts."""

from types import SimpleNamespace

import pandas as pd

from qloc.contracts.claims import WHOLE
from qloc.figures.claim_words import (
    CLAIM_NAME,
    PART_NAME,
    VERDICT_NAME,
    direction,
    estimate,
    inside,
    is_whole,
    paper,
    parts,
    region,
    why,
)
from qloc.figures.formats import count, each
from qloc.figures.style import METHOD_NAME

ALL = "all"

NOT_MEASURED = "not measured"

NO_NUMBER = "prints no such number"


def claim_cells(claims: pd.DataFrame, model: str, method: str) -> pd.DataFrame:
    """Every claim of a model and method, with its parts: cells of a page.

    Args:
        claims: Claims of all models, with the column `model`.
        model: Whose.
        method: By which; claims about all methods stand with each.
    """
    own = claims[(claims["model"] == model) & claims["method"].isin([method, ALL])]
    rows = []
    for claim, name in CLAIM_NAME.items():
        of_claim = own[own["claim"] == claim]
        for row in each(of_claim[is_whole(of_claim)]):
            rows.append(_cells(f"{claim} {name}", row, "all of these", "all of these"))
        for row in parts(of_claim):
            here = estimate(row) or NOT_MEASURED
            rows.append(_cells(f"· {PART_NAME[row.part]}", row, here, region(row)))
    return pd.DataFrame(rows)


def _cells(name: str, row: SimpleNamespace, here: str, claimed: str) -> dict[str, str]:
    return {
        "claim": name,
        "here [95 % interval]": here,
        "claimed": claimed,
        "n": count(row.n_facts) if row.n_facts else "no facts",
        "verdict": VERDICT_NAME[row.verdict],
        "ten at once": VERDICT_NAME[row.simultaneous_verdict],
        "direction": direction(row),
        "the paper": _paper(row),
        "why": why(row) or ("by its parts" if row.part == WHOLE else "by its interval"),
    }


def _paper(row: SimpleNamespace) -> str:
    """What the paper prints, and whether it lies in the interval; beside the claim's name only."""
    if row.part != WHOLE:
        return "see the claim" if paper(row) else NO_NUMBER
    said = "; ".join(part for part in (paper(row), inside(row)) if part)
    return said or NO_NUMBER


def claim_captions(claims: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Model, method and caption of every table, in the order of the study."""
    methods = set(claims["method"])
    return [
        (str(model), method, f"{model}, {name}")
        for model in claims["model"].unique()
        for method, name in METHOD_NAME.items()
        if method in methods
    ]
