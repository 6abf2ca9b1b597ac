"""What becomes of the classes when the two thresholds move.

The selection threshold decides which neurons a query has, and so every score; the consistency
threshold decides which facts are called inconsistent. Chance grows as the selection threshold
falls, so it is computed anew at each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from jaxtyping import Float, Int

from qloc.measures.bootstrap import Draws, Statistic, weighted_means
from qloc.measures.chance import chance_scores, draw_donors
from qloc.measures.consistency import adjusted_scores, consistency_scores, fact_overlaps
from qloc.measures.neuron_sets import neuron_sets
from qloc.measures.selection import best_scores, exceeds_share
from qloc.measures.studied_queries import StudiedQueries


@dataclass(frozen=True)
class ScoredNeurons:
    """Neurons that may be selected: whose query, which neuron, and its attribution."""

    queries: Int[np.ndarray, " entry"]
    layers: Int[np.ndarray, " entry"]
    neurons: Int[np.ndarray, " entry"]
    scores: Float[np.ndarray, " entry"]


def scores_by_selection(
    queries: StudiedQueries,
    neurons: ScoredNeurons,
    selection_thresholds: Sequence[float],
    n_draws: int,
    seed: int,
) -> tuple[Float[np.ndarray, "fact setting"], Float[np.ndarray, "fact setting"]]:
    """CS and adjusted CS of every fact at every selection threshold.

    At the threshold that selected the study's knowledge neurons these are the scores of the
    table of consistency scores, bit for bit, given its seed and number of draws.
    """
    donors = draw_donors(queries, "any", n_draws, seed)
    best = best_scores(neurons.scores, neurons.queries, len(queries.query_ids))
    scores, adjusted = [], []
    for threshold in selection_thresholds:
        chosen = exceeds_share(neurons.scores, best, threshold)
        sets = neuron_sets(
            neurons.queries[chosen],
            neurons.layers[chosen],
            neurons.neurons[chosen],
            len(queries.query_ids),
        )
        overlaps = fact_overlaps(sets, queries.facts, queries.n_facts)
        scores.append(consistency_scores(overlaps, queries.n_queries))
        adjusted.append(adjusted_scores(scores[-1], chance_scores(sets, queries, donors)))
    return np.stack(scores, axis=1), np.stack(adjusted, axis=1)


def defined_means(scores: Float[np.ndarray, "fact setting"]) -> Float[np.ndarray, " setting"]:
    """The mean over facts in each setting, of those that are not NaN; NaN for none."""
    return weighted_means(scores, np.ones((1, len(scores))))[0]


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
