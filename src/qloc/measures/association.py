"""Do facts the model is surer of agree more? A rank correlation within strata of like facts.

Both the consistency score and the answer's probability differ between relations and grow or
fall with the number of queries k; a plain correlation would mostly show that. So facts are ranked
only against facts of their own stratum (same relation and same k, or same k within one relation);
the ranks, as shares of the stratum and centred, are pooled, and their correlation is taken: a
partial Spearman correlation given the stratum. A stratum of one fact says nothing and adds nothing.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from qloc.measures.bootstrap import Draws, Statistic

FEWEST_FACTS = 3


def rank_correlation(
    first: Float[np.ndarray, " fact"],
    second: Float[np.ndarray, " fact"],
    strata: Int[np.ndarray, " fact"],
) -> Statistic:
    """The pooled correlation of ranks within strata, in [−1, 1].

    Draws are ranked anew. NaN for fewer than three facts, and where one of the two does not
    vary within any stratum.

    Args:
        first: One variable.
        second: The other.
        strata: Facts with equal numbers are compared.
    """
    rankings = [_ranking(values, strata) for values in (first, second)]

    def statistic(draws: Draws) -> Float[np.ndarray, "draw 1"]:
        weights = draws.facts
        ranks = [_centred_ranks(ranking, weights) for ranking in rankings]
        covariance = (weights * ranks[0] * ranks[1]).sum(axis=1)
        variances = [(weights * rank**2).sum(axis=1) for rank in ranks]
        scale = np.sqrt(variances[0] * variances[1])
        defined = (scale > 0) & (weights.sum(axis=1) >= FEWEST_FACTS)
        result = np.divide(covariance, scale, out=np.full(scale.shape, np.nan), where=defined)
        return np.clip(result, -1, 1)[:, None]

    return statistic


@dataclass(frozen=True)
class _Ranking:
    """Facts sorted by stratum and value, and where ties and strata begin among them."""

    order: Int[np.ndarray, " fact"]
    ties: Int[np.ndarray, " tie"]
    tie_of_fact: Int[np.ndarray, " fact"]
    strata: Int[np.ndarray, " stratum"]
    stratum_of_tie: Int[np.ndarray, " tie"]


def _ranking(values: Float[np.ndarray, " fact"], strata: Int[np.ndarray, " fact"]) -> _Ranking:
    order = np.lexsort((values, strata))
    is_stratum = np.diff(strata[order], prepend=-1) != 0
    is_tie = is_stratum | (np.diff(values[order], prepend=np.nan) != 0)
    ties = np.flatnonzero(is_tie)
    tie_of_fact = np.empty(len(order), dtype=np.int64)
    tie_of_fact[order] = np.cumsum(is_tie) - 1
    first_ties = np.flatnonzero(is_stratum[ties])
    return _Ranking(order, ties, tie_of_fact, first_ties, np.cumsum(is_stratum[ties]) - 1)


def _centred_ranks(
    ranking: _Ranking, weights: Float[np.ndarray, "draw fact"]
) -> Float[np.ndarray, "draw fact"]:
    """Each fact's middle rank as a share of its stratum, less one half; 0 in empty strata."""
    if len(ranking.order) == 0:
        return weights
    of_tie = np.add.reduceat(weights[:, ranking.order], ranking.ties, axis=1)
    of_stratum = np.add.reduceat(of_tie, ranking.strata, axis=1)
    before = np.cumsum(of_stratum, axis=1) - of_stratum
    below = np.cumsum(of_tie, axis=1) - of_tie - before[:, ranking.stratum_of_tie]
    sizes = of_stratum[:, ranking.stratum_of_tie]
    middle = below + of_tie / 2
    shares = np.divide(middle, sizes, out=np.full(sizes.shape, 0.5), where=sizes > 0)
    return shares[:, ranking.tie_of_fact] - 0.5
