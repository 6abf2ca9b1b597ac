"""Which neurons matter to all queries of a fact? The consistency-aware set.

A neuron's consistency-aware score rewards a high mean of its scores over the queries of a fact
and punishes their spread (Eq. 5 of Chen et al. 2025, https://arxiv.org/abs/2405.14117):

    CAS = beta_1 * mean - beta_2 * spread

The set holds the neurons whose score exceeds a share of the fact's largest. Not all neurons'
scores are kept, but of those that are not, a bound on the mean is known; as a score is at most
beta_1 times the mean, no neuron is missing where that bound cannot reach the cut.
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float64, Int

Spread = Literal["std", "variance"]
SPREADS: tuple[str, ...] = get_args(Spread)


@dataclass(frozen=True)
class ConsistencyRule:
    """How neurons are scored and which are taken.

    Attributes:
        mean_factor: beta_1, not negative.
        spread_factor: beta_2, not negative.
        spread: Of all queries, not of a sample: divided by their number.
        cut: Share of the largest score that a neuron must exceed, below 1.
    """

    mean_factor: float
    spread_factor: float
    spread: Spread
    cut: float

    def scores(self, scores: Float64[np.ndarray, "query neuron"]) -> Float64[np.ndarray, " neuron"]:
        """The consistency-aware score of each neuron, in units of its scores."""
        spread = scores.std(axis=0) if self.spread == "std" else scores.var(axis=0)
        return self.mean_factor * scores.mean(axis=0) - self.spread_factor * spread


@dataclass(frozen=True)
class Candidates:
    """The neurons that can be taken, and what is known of all others.

    Attributes:
        neurons: Ascending.
        scores: Over the queries that choose.
        largest_mean_elsewhere: No other neuron has a larger mean over these queries; NaN if there
            is no other neuron.
    """

    neurons: Int[np.ndarray, " neuron"]
    scores: Float64[np.ndarray, "query neuron"]
    largest_mean_elsewhere: float


@dataclass(frozen=True)
class ConsistencyAwareSet:
    """The neurons taken, empty where the largest score is 0 or less.

    Attributes:
        neurons: Ascending.
        scores: Their consistency-aware scores.
        largest_score: Of all candidates; 0 if there is none.
        largest_score_elsewhere: Bound on the score of any neuron that was no candidate; NaN if
            there is none.
        is_exact: No neuron is missing.
        sufficient_floor: Share of the largest mean that a neuron's mean need only reach to be a
            candidate, if the set is to be exact; 0 if there is no candidate.
    """

    neurons: Int[np.ndarray, " taken"]
    scores: Float64[np.ndarray, " taken"]
    largest_score: float
    largest_score_elsewhere: float
    is_exact: bool
    sufficient_floor: float


def consistency_aware_set(candidates: Candidates, rule: ConsistencyRule) -> ConsistencyAwareSet:
    """The neurons whose score exceeds the rule's share of the largest, if that is positive."""
    scores = rule.scores(candidates.scores)
    largest = float(scores.max()) if scores.size else 0.0
    is_taken = (scores > rule.cut * largest) & (largest > 0)
    least = rule.cut * max(largest, 0.0)
    elsewhere = rule.mean_factor * candidates.largest_mean_elsewhere
    largest_mean = float(candidates.scores.mean(axis=0).max()) if scores.size else 0.0
    return ConsistencyAwareSet(
        neurons=candidates.neurons[is_taken],
        scores=scores[is_taken],
        largest_score=largest,
        largest_score_elsewhere=elsewhere,
        is_exact=math.isnan(elsewhere) or elsewhere <= least,
        sufficient_floor=least / (rule.mean_factor * largest_mean) if least > 0 else 0.0,
    )
