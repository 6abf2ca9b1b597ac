"""How well an edit did: what a model says is compared with what it should say.

Reliability and generalization compare with an object: that of the fact where it is erased, and
should not be said any more; the target where it is written, and should be said. Locality compares
with what the model said before (Chen et al., ICLR 2025, App. E). A comparison is one share per
scorer.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64, Int64

from qloc.columns import SCORERS

# In the order of `SCORERS`.
Shares = Float64[np.ndarray, " scorer"]

# Which questions each metric is the mean over, by their roles: those of queries in the table
# `edited_queries`, and `unrelated`.
ASKED_FOR = {
    "reliability": ("edited",),
    "generalization_seen": ("used", "held_out", "neighbor"),
    "generalization": ("held_out",),
    "locality": ("unrelated",),
}


def agreement(said: Int64[np.ndarray, " token"], expected: Int64[np.ndarray, " token"]) -> Shares:
    """How far a model says what is expected: its first token, the share of tokens, all of them.

    Args:
        said: The most probable tokens, each behind the expected ones before it; at least one.
        expected: As many.
    """
    is_same = said == expected
    return np.array([is_same[0], is_same.mean(), is_same.all()], dtype=np.float64)


def success(
    operation: str, said: Int64[np.ndarray, " token"], expected: Int64[np.ndarray, " token"]
) -> Shares:
    """How far an edit reached its aim behind one prompt.

    Args:
        operation: ``update``: the expected tokens should be said; ``erase``: they should not.
        said: See `agreement`.
        expected: Tokens of the target, or of the object that is erased.
    """
    said_as_expected = agreement(said, expected)
    return 1 - said_as_expected if operation == "erase" else said_as_expected


def mean_shares(shares: Sequence[Shares]) -> Shares:
    """The mean by scorer; missing where there is nothing to take it of."""
    return np.mean(shares, axis=0) if len(shares) else np.full(len(SCORERS), np.nan)


def edit_metrics(
    operation: str,
    roles: Sequence[str],
    said: Sequence[Int64[np.ndarray, " _"]],
    expected: Sequence[Sequence[int]],
) -> dict[str, Shares]:
    """Reliability, both generalizations and locality of an edit, or of several.

    Args:
        operation: What was done.
        roles: Of the questions.
        said: The edited model's most probable tokens, question by question.
        expected: Tokens of the target or of the object that is erased; behind an unrelated query
            those that the clean model says.
    """
    shares: dict[str, list[Shares]] = {}
    for role, tokens, right in zip(roles, said, expected, strict=True):
        aim = "update" if role == "unrelated" else operation
        shares.setdefault(role, []).append(success(aim, tokens, np.array(right)))
    return {
        metric: mean_shares([one for role in asked for one in shares.get(role, [])])
        for metric, asked in ASKED_FOR.items()
    }
