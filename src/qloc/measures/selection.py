"""From scores to the neurons that matter: for one query, and for all queries of a fact.

A query's knowledge neurons are those whose score exceeds a share of the query's best score
(Dai et al. 2022). Modification later needs the exact scores of all neurons whose mean over a
fact's queries could matter, and a bound on what was left out.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int


def exceeds_share(
    scores: Float[np.ndarray, " row"], best: Float[np.ndarray, " row"], share: float
) -> Bool[np.ndarray, " row"]:
    """Whether each score exceeds a share of its query's best; never where the best is ≤ 0.

    Compared in float64, strictly, so that tables and models give the same answer.
    """
    best = best.astype(np.float64)
    is_above: Bool[np.ndarray, " row"] = (best > 0) & (scores.astype(np.float64) > share * best)
    return is_above


def selected(
    scores: Float[np.ndarray, "layer neuron"], share: float
) -> Bool[np.ndarray, "layer neuron"]:
    """Which neurons of one query exceed a share of its best score."""
    best = np.full(scores.size, scores.max())
    return exceeds_share(scores.ravel(), best, share).reshape(scores.shape)


def best_scores(
    scores: Float[np.ndarray, " row"], queries: Int[np.ndarray, " row"], n_queries: int
) -> Float[np.ndarray, " row"]:
    """The best score of each row's query.

    Args:
        scores: One row per query and neuron.
        queries: Number of each row's query, from 0.
        n_queries: How many queries there are.
    """
    best = np.full(n_queries, -np.inf)
    np.maximum.at(best, queries, scores)
    of_rows: Float[np.ndarray, " row"] = best[queries]
    return of_rows


@dataclass(frozen=True)
class FactNeurons:
    """The neurons of a fact whose scores are kept exactly.

    Attributes:
        layers: Of each kept neuron, in rising order of layer and neuron.
        neurons: Of each kept neuron.
        largest_mean_not_kept: Over the fact's queries, in units of probability; NaN if every
            neuron is kept.
    """

    layers: Int[np.ndarray, " kept"]
    neurons: Int[np.ndarray, " kept"]
    largest_mean_not_kept: float


def fact_neurons(scores: Float[np.ndarray, "query layer neuron"], mean_floor: float) -> FactNeurons:
    """Choose the neurons whose mean score reaches a share of the fact's largest mean.

    None are chosen if the largest mean is at most 0.

    Args:
        scores: Of all studied queries of one fact.
        mean_floor: Share of the largest mean that a neuron's mean must reach.
    """
    means = scores.mean(0, dtype=np.float64)
    largest = means.max()
    is_kept = (means >= mean_floor * largest) & (largest > 0)
    layers, neurons = np.nonzero(is_kept)
    left_out = means[~is_kept]
    return FactNeurons(layers, neurons, float(left_out.max()) if left_out.size else float("nan"))
