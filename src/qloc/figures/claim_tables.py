"""The paper's claims as tables: one of verdicts, and for each method one of all parts."""

import pandas as pd

from qloc.figures.claim_words import (
    CLAIM_NAME,
    PART_NAME,
    VERDICT_NAME,
    estimate,
    is_whole,
    parts,
    region,
    why,
)
from qloc.figures.formats import count, each
from qloc.figures.style import METHOD_NAME

ALL = "all"


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
            rows.append(
                {
                    "claim": f"{claim} {name}",
                    "here [95 % interval]": "",
                    "claimed": "",
                    "n": count(row.n_facts) if row.n_facts else "",
                    "verdict": VERDICT_NAME[row.verdict],
                    "ten at once": VERDICT_NAME[row.simultaneous_verdict],
                    "why": why(row),
                }
            )
        for row in parts(of_claim):
            rows.append(
                {
                    "claim": f"· {PART_NAME[row.part]}",
                    "here [95 % interval]": estimate(row),
                    "claimed": region(row),
                    "n": count(row.n_facts) if row.n_facts else "",
                    "verdict": VERDICT_NAME[row.verdict],
                    "ten at once": VERDICT_NAME[row.simultaneous_verdict],
                    "why": why(row),
                }
            )
    return pd.DataFrame(rows)


def claim_captions(claims: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Model, method and caption of every table, in the order of the study."""
    methods = set(claims["method"])
    return [
        (str(model), method, f"{model}, {name}")
        for model in claims["model"].unique()
        for method, name in METHOD_NAME.items()
        if method in methods
    ]
