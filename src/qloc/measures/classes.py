"""Consistent and inconsistent facts: their shares, their means, and their differences.

A fact is consistent if its score reaches the threshold of a criterion (K_C in Chen et al. 2025,
K_I otherwise). The static threshold is given; Otsu's depends on the scores and is therefore
computed anew in every bootstrap draw.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Int

from qloc.measures.bootstrap import Draws, Statistic, weighted_means
from qloc.measures.thresholds import otsu_thresholds

Criterion = Callable[[Draws], Float[np.ndarray, " draw"]]

CLASS_STATISTICS = (
    "threshold",
    "consistent_share",
    "inconsistent_share",
    "mean_consistent",
    "mean_inconsistent",
)


def static_criterion(threshold: float) -> Criterion:
    """The same threshold in every draw."""
    return lambda draws: np.full(len(draws.facts), threshold)


def otsu_criterion(scores: Float[np.ndarray, " fact"]) -> Criterion:
    """Otsu's threshold of the scores in each draw; NaN where it is undefined."""
    return lambda draws: otsu_thresholds(scores, draws.facts)


def class_statistics(
    scores: Float[np.ndarray, " fact"],
    criterion: Criterion,
    values: Float[np.ndarray, "fact measure"],
) -> Statistic:
    """`CLASS_STATISTICS` of each draw, in that order, then the mean of each measure.

    Shares are of facts. The mean of an empty class is NaN, as is all that needs a threshold
    where the criterion has none.

    Args:
        scores: Consistency scores, which are cut in two.
        criterion: Where.
        values: Measures whose means over all facts are taken, NaN where a fact has none.
    """

    def statistic(draws: Draws) -> Float[np.ndarray, "draw estimate"]:
        thresholds = criterion(draws)
        consistent = draws.facts * (scores >= thresholds[:, None])
        n_facts, n_consistent = draws.facts.sum(axis=1), consistent.sum(axis=1)
        total, of_consistent = draws.facts @ scores, consistent @ scores
        share = _over(n_consistent, n_facts)
        by_class = [
            thresholds,
            share,
            1 - share,
            _over(of_consistent, n_consistent),
            _over(total - of_consistent, n_facts - n_consistent),
        ]
        defined = np.where(np.isnan(thresholds), np.nan, np.stack(by_class))
        return np.concatenate([defined.T, weighted_means(values, draws.facts)], axis=1)

    return statistic


def class_differences(
    scores: Float[np.ndarray, " fact"],
    criterion: Criterion,
    values: Float[np.ndarray, "fact measure"],
) -> Statistic:
    """Mean of consistent less mean of inconsistent facts, of each measure, over all facts."""

    def statistic(draws: Draws) -> Float[np.ndarray, "draw measure"]:
        thresholds = criterion(draws)[:, None]
        upper = weighted_means(values, draws.facts * (scores >= thresholds))
        lower = weighted_means(values, draws.facts * (scores < thresholds))
        return upper - lower

    return statistic


def class_differences_by_relation(
    scores: Float[np.ndarray, " fact"],
    criterion: Criterion,
    values: Float[np.ndarray, "fact measure"],
    relations: Int[np.ndarray, " fact"],
) -> Statistic:
    """`class_differences` within each relation: all measures of one, then of the next.

    The threshold is one for all relations.
    """
    n_relations = int(relations.max(initial=-1)) + 1

    def statistic(draws: Draws) -> Float[np.ndarray, "draw estimate"]:
        thresholds = criterion(draws)
        parts = [np.empty((len(thresholds), 0))]
        for relation in range(n_relations):
            members = np.flatnonzero(relations == relation)
            inside = Draws(draws.facts[:, members], draws.relations)
            within = class_differences(scores[members], lambda _: thresholds, values[members])
            parts.append(within(inside))
        return np.concatenate(parts, axis=1)

    return statistic


def _over(
    part: Float[np.ndarray, " draw"], whole: Float[np.ndarray, " draw"]
) -> Float[np.ndarray, " draw"]:
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
