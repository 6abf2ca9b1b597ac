"""Strengths of edits and changes of perplexity, as every table of edits says them."""

from types import SimpleNamespace

import pandas as pd

from qloc.figures.formats import MISSING, number

# Percent: from here on without decimals, and by the power of ten.
WHOLE, LARGE = 1e2, 1e6


def lambdas_in_words(row: SimpleNamespace) -> str:
    """The strength of an edit: `λ₁ = 1, λ₂ = 1`, of which erasing has the first or none."""
    given = {"λ₁": row.lambda_1, "λ₂": row.lambda_2}
    told = [f"{name} = {value:g}" for name, value in given.items() if not pd.isna(value)]
    return ", ".join(told) or "set to 0"


def change_in_percent(share: float) -> str:
    """A change of perplexity, which can be many times what it was: `8.5`, `4,270`, `4e+07`."""
    percent = 100 * share
    if abs(percent) >= LARGE:
        return f"{percent:.0e}".replace("-", "\N{MINUS SIGN}")
    return number(percent, 0 if abs(percent) >= WHOLE else 1)


def change_interval(estimate: float, low: float, high: float) -> str:
    """A change of perplexity and its interval, in percent: `8.5 [−1.2, 4e+07]`."""
    ends = [change_in_percent(end) for end in (low, high)]
    inside = "not estimable" if MISSING in ends else ", ".join(ends)
    return f"{change_in_percent(estimate)} [{inside}]"
