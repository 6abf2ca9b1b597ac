"""What the tables say of the facts on the page, as rows for a spreadsheet."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from qloc.explorer.source import Source


def shown_rows(source: Source, document: Mapping[str, Any]) -> pd.DataFrame:
    """What the tables say of the facts that a page shows, by model and method."""
    rows = source.scores[source.scores["fact_id"].isin(document["facts"]["fact_id"])]
    named = rows.merge(source.facts[["fact_id", "subject", "object"]], on="fact_id")
    for criterion, own in source.classes.groupby("criterion"):
        judged = own[["model", "method", "fact_id", "is_consistent"]]
        column = f"is_consistent_{criterion}"
        named = named.merge(judged.rename(columns={"is_consistent": column}), how="left")
    front = ["model", "method", "fact_id", "relation", "subject", "object"]
    named[["subject", "object"]] = named[["subject", "object"]].map(guarded)
    return named[[*front, *(name for name in named if name not in front)]]


def guarded(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
