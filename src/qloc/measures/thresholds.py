"""Where to cut consistency scores in two: the threshold of Otsu (1979).

Otsu's threshold makes the variance between the two classes largest. It is no evidence that there
are two kinds: it cuts any sample (see ``diagnostics``). Every cut between different sorted
scores is tried, without a histogram; the threshold is the smallest score of the upper class, and
of cuts that are equally good the lowest one is taken.
"""

import numpy as np
from jaxtyping import Float

EQUALLY_GOOD = 1e-10  # relative: above the rounding of sums over 25,000 facts


def otsu_threshold(scores: Float[np.ndarray, " fact"]) -> float:
    """Otsu's threshold of these scores; NaN where all are equal or there is none."""
    return float(otsu_thresholds(scores, np.ones((1, len(scores))))[0])


def otsu_thresholds(
    scores: Float[np.ndarray, " fact"], weights: Float[np.ndarray, "draw fact"]
) -> Float[np.ndarray, " draw"]:
    """Otsu's threshold of every draw, in which fact i stands ``weights[:, i]`` times.

    NaN for a draw all of whose scores are equal. O(facts · log facts) and one pass per draw.
    """
    if len(scores) == 0:
        return np.full(len(weights), np.nan)
    order = np.argsort(scores, kind="stable")
    values, first = np.unique(scores[order], return_index=True)
    counts = np.add.reduceat(weights[:, order], first, axis=1)
    below = np.cumsum(counts, axis=1)
    total = below[:, -1:]
    centred = values - scores.mean()
    sums = np.cumsum(counts * centred, axis=1)
    surplus = sums - below * (sums[:, -1:] / np.maximum(total, 1))  # lower class over mean
    parted = (below > 0) & (below < total)
    between = np.divide(
        surplus**2, below * (total - below), out=np.full(surplus.shape, -1.0), where=parted
    )
    best = between.max(axis=1, keepdims=True)
    cut = (between >= best * (1 - EQUALLY_GOOD)).argmax(axis=1)
    is_upper = (np.arange(len(values)) > cut[:, None]) & (counts > 0)
    return np.where(best[:, 0] > 0, values[is_upper.argmax(axis=1)], np.nan)
