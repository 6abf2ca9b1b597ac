"""Shares of inconsistent facts at every consistency threshold of a sweep."""

from decimal import Decimal

import numpy as np
from jaxtyping import Float

from qloc.measures.bootstrap import Draws, Statistic


def threshold_grid(start: float, stop: float, step: float) -> Float[np.ndarray, " threshold"]:
    """Thresholds from start to stop, both included, as the decimals one would write.

    0.04 to 0.80 by 0.02 holds 0.14 itself, not 0.14000000000000001.
    """
    first, last, width = (Decimal(str(value)) for value in (start, stop, step))
    count = int((last - first) / width) + 1
    return np.array([float(first + width * number) for number in range(count)])


def shares_below(
    scores: Float[np.ndarray, "fact setting"], thresholds: Float[np.ndarray, " threshold"]
) -> Statistic:
    """The share of facts below each threshold: all thresholds of one setting, then of the next.

    Facts whose score is NaN are left out.

    Args:
        scores: Of every fact, in each setting.
        thresholds: Ascending.
    """
    n_facts, n_settings = scores.shape
    n_bins = len(thresholds) + 1
    bins = np.searchsorted(thresholds, scores, side="right")  # thresholds at or below a score
    indicator = np.zeros((n_facts, n_settings, n_bins), dtype=np.float32)
    facts, settings = np.nonzero(~np.isnan(scores))
    indicator[facts, settings, bins[facts, settings]] = 1
    columns = indicator.reshape(n_facts, n_settings * n_bins)

    def statistic(draws: Draws) -> Float[np.ndarray, "draw estimate"]:
        counts = draws.facts.astype(np.float32) @ columns  # whole numbers: exact below 2**24
        below = np.cumsum(counts.reshape(-1, n_settings, n_bins).astype(np.float64), axis=2)
        total = np.broadcast_to(below[:, :, -1:], below.shape)
        shares = np.divide(below, total, out=np.full(below.shape, np.nan), where=total > 0)
        return shares[:, :, :-1].reshape(len(shares), -1)

    return statistic
