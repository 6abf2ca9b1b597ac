"""One hump to compare with: scores of facts of a single kind.

Otsu's cut gives a large t, a large η² and some share of "inconsistent" facts on any sample. What
these numbers are worth shows only beside those of facts of one kind: a Beta distribution with
the mean and variance of the scores, drawn anew for every fact and cut by the same rule.

Scores are ratios of small whole numbers, and ties between them look like humps (the dip
statistic takes them so). Each drawn score is therefore rounded to the grid of its fact, 0, 1/n,
…, 1 for a union of n neurons. The Beta itself has at most one hump inside [0, 1] and none at both
ends: where mean and variance ask for a U, the widest Beta of that mean that is not one is taken.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float, Int

FACTS_AT_ONCE = 1 << 20


def fit_one_hump(scores: Float[np.ndarray, " fact"]) -> tuple[float, float] | None:
    """The parameters of the Beta with the scores' mean and variance; scores of 0 and 1 are fine.

    If both would be below 1 (a U), they are enlarged until one of them is 1. None where the
    scores do not vary.
    """
    mean, variance = float(scores.mean()), float(scores.var())
    if variance == 0:
        return None
    total = mean * (1 - mean) / variance - 1
    total = max(total, 1 / max(mean, 1 - mean))
    return mean * total, (1 - mean) * total


def simulate_counts(
    parameters: tuple[float, float],
    n_neurons: Int[np.ndarray, " fact"],
    n_simulations: int,
    draws: np.random.Generator,
) -> Iterator[Int[np.ndarray, "simulation fact"]]:
    """Shared neurons of facts of one kind, some simulations at a time.

    Args:
        parameters: Of the Beta.
        n_neurons: Neurons of any query of each fact: the grid of its score.
        n_simulations: Simulations in all.
        draws: Where chance comes from.
    """
    at_once = max(1, FACTS_AT_ONCE // len(n_neurons))
    for begin in range(0, n_simulations, at_once):
        shape = (min(at_once, n_simulations - begin), len(n_neurons))
        yield np.rint(draws.beta(*parameters, size=shape) * n_neurons).astype(np.int64)
