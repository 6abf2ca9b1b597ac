"""Do paired differences lie about 0? Wilcoxon's signed-rank test, and Holm's over many of them.

Two neuron sets are often the same, so that differences of exactly 0 are common; by the method
of Pratt (1959) they are ranked with the others and then dropped.
"""

import numpy as np
from jaxtyping import Bool, Float
from scipy import stats

# Relative changes this small are rounding of float32: equal sets, run in different rows.
NEGLIGIBLE = 1e-6
EXACT_AT_MOST = 50


def signed_ranks(
    differences: Float[np.ndarray, "fact measure"],
    members: Bool[np.ndarray, "criterion class fact"],
) -> Float[np.ndarray, "criterion class measure"]:
    """`signed_rank` of each measure in each class; NaN for the last, the difference of classes."""
    found = np.full((*members.shape[:2], differences.shape[1]), np.nan)
    for criterion, of_class in np.ndindex(len(members), members.shape[1] - 1):
        inside = differences[members[criterion, of_class]]
        found[criterion, of_class] = [signed_rank(column) for column in inside.T]
    return found


def signed_rank(differences: Float[np.ndarray, " fact"]) -> float:
    """Two-sided p of Wilcoxon's signed-rank test, zeros ranked and then dropped (Pratt).

    Exact up to 50 facts, by the normal approximation beyond; NaN values are left out. NaN for fewer
    than two facts, and where none differs from 0 by more than rounding.
    """
    present = differences[~np.isnan(differences)]
    compared = np.where(np.abs(present) <= NEGLIGIBLE, 0.0, present)
    if len(compared) < 2 or not compared.any():
        return np.nan
    if len(compared) <= EXACT_AT_MOST:
        return _exact(compared)
    return float(stats.wilcoxon(compared, zero_method="pratt", method="asymptotic").pvalue)


def holm(p_values: Float[np.ndarray, " test"]) -> Float[np.ndarray, " test"]:
    """Adjust p by Holm's method over the tests that have one; the others stay NaN."""
    adjusted = np.full(len(p_values), np.nan)
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    stepped = p_values[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1)
    return adjusted


def _exact(differences: Float[np.ndarray, " fact"]) -> float:
    """The share of all signs the differences could have that are as extreme as these.

    Unlike tables of the test it allows ties and zeros. Ranks of ties are halves, hence doubled.
    """
    doubled = np.rint(2 * stats.rankdata(np.abs(differences))).astype(np.int64)
    shares = np.ones(1)  # of signs, by the sum of the ranks of positive differences
    for rank in doubled[differences != 0]:
        shares = (np.pad(shares, (rank, 0)) + np.pad(shares, (0, rank))) / 2
    middle = (len(shares) - 1) / 2
    distances = np.abs(np.arange(len(shares)) - middle)
    own = abs(doubled[differences > 0].sum() - middle)
    return float(min(shares[distances >= own].sum(), 1.0))
