"""What is known of the scores of all neurons on the queries of a fact?

Two tables keep scores. `fact_scores` has, for all studied queries of a fact, the neurons whose
mean over them is large, and the largest mean of all others. `attributions` has, for each query
alone, the neurons whose score exceeds a share of the query's largest, so that a neuron which is
not there scores at most that share. For all studied queries together the first bound is exact.
For some of them, or for scores divided by each query's largest, the second one holds.

A neuron is one number here: that of its layer times a layer's neurons, and its own within the
layer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Float64, Int

from qloc.measures.consistency_aware import Candidates


@dataclass(frozen=True)
class KeptScores:
    """Scores on the queries of a fact.

    Attributes:
        query_ids: The queries.
        neurons: Those whose scores are known, ascending.
        scores: Theirs.
        limits: No other neuron has larger scores than those of one of these columns; without a
            column there is no other neuron.
        largest_mean_elsewhere: Of other neurons over all these queries; NaN where only the limits
            are known.
        largest: Score of each query; 0 where none is positive.
    """

    query_ids: Sequence[str]
    neurons: Int[np.ndarray, " neuron"]
    scores: Float64[np.ndarray, "query neuron"]
    limits: Float64[np.ndarray, "query other"]
    largest_mean_elsewhere: float
    largest: Float64[np.ndarray, " query"]

    @property
    def normalised(self) -> "KeptScores":
        """The same divided by the largest score of each query; 0 where none is positive."""
        factors = np.zeros_like(self.largest)
        np.divide(1, self.largest, out=factors, where=self.largest > 0)
        return replace(
            self,
            scores=self.scores * factors[:, None],
            limits=self.limits * factors[:, None],
            largest_mean_elsewhere=float("nan"),
            largest=(self.largest > 0).astype(np.float64),
        )

    def candidates(self, query_ids: Sequence[str] | None = None) -> Candidates:
        """What a set is taken from.

        Args:
            query_ids: The queries that choose; all if not given.
        """
        if query_ids is None and not np.isnan(self.largest_mean_elsewhere):
            return Candidates(self.neurons, self.scores, self.largest_mean_elsewhere)
        chosen = np.isin(self.query_ids, query_ids or self.query_ids)
        means = self.limits[chosen].mean(axis=0)
        largest = float(means.max()) if means.size else float("nan")
        return Candidates(self.neurons, self.scores[chosen], largest)


def neuron_numbers(rows: pd.DataFrame, n_neurons: int) -> Int[np.ndarray, " entry"]:
    """The neuron of each row as one number."""
    return rows["layer"].to_numpy(np.int64) * n_neurons + rows["neuron"].to_numpy(np.int64)


def all_scores(scores: Float[np.ndarray, "query neuron"], query_ids: Sequence[str]) -> KeptScores:
    """Where the scores of all neurons are known."""
    exact = scores.astype(np.float64)
    return KeptScores(
        query_ids=query_ids,
        neurons=np.arange(exact.shape[1]),
        scores=exact,
        limits=np.empty((len(exact), 0)),
        largest_mean_elsewhere=float("nan"),
        largest=exact.max(axis=1).clip(min=0),
    )


def kept_scores(
    fact_scores: pd.DataFrame,
    attributions: pd.DataFrame,
    query_ids: Sequence[str],
    is_all_studied: bool,
    keep: float,
    n_neurons: int,
) -> KeptScores:
    """What the tables know of some queries of one fact.

    Args:
        fact_scores: Rows of the fact; none if no neuron has a positive mean.
        attributions: Rows of the fact.
        query_ids: The queries, in ascending order.
        is_all_studied: Whether the fact has no other studied query.
        keep: Share of a query's largest score that a score exceeds which `attributions` keeps.
        n_neurons: Of one layer.
    """
    exact = _Entries.of(fact_scores, query_ids, n_neurons)
    alone = _Entries.of(attributions, query_ids, n_neurons)
    largest = np.zeros(len(query_ids))
    np.maximum.at(largest, alone.queries, alone.scores)
    neurons = np.unique(exact.neurons)
    # One more column, of neurons in neither table: no neuron has the number -1.
    others = np.concatenate([[-1], np.setdiff1d(alone.neurons, neurons)])
    limits = alone.matrix(others, keep * largest)
    not_kept = fact_scores["largest_mean_not_kept"].max() if len(fact_scores) else 0.0
    is_everything_kept = len(fact_scores) > 0 and np.isnan(not_kept)
    return KeptScores(
        query_ids=query_ids,
        neurons=neurons,
        scores=exact.matrix(neurons, np.zeros(len(query_ids))),
        limits=limits[:, :0] if is_everything_kept else limits,
        largest_mean_elsewhere=float(not_kept) if is_all_studied else float("nan"),
        largest=largest,
    )


@dataclass(frozen=True)
class _Entries:
    """Scores of some neurons on some queries."""

    queries: Int[np.ndarray, " entry"]
    neurons: Int[np.ndarray, " entry"]
    scores: Float64[np.ndarray, " entry"]

    @classmethod
    def of(cls, rows: pd.DataFrame, query_ids: Sequence[str], n_neurons: int) -> "_Entries":
        """The entries of these queries."""
        numbers = pd.Index(query_ids).get_indexer(pd.Index(rows["query_id"]))
        own = rows[numbers >= 0]
        return cls(
            numbers[numbers >= 0],
            neuron_numbers(own, n_neurons),
            own["score"].to_numpy(np.float64),
        )

    def matrix(
        self, neurons: Int[np.ndarray, " neuron"], rest: Float64[np.ndarray, " query"]
    ) -> Float64[np.ndarray, "query neuron"]:
        """The scores of some neurons, ascending; of a query's others, the rest."""
        filled = np.repeat(rest[:, None], len(neurons), axis=1)
        is_asked: Bool[np.ndarray, " entry"] = np.isin(self.neurons, neurons)
        columns = np.searchsorted(neurons, self.neurons[is_asked])
        filled[self.queries[is_asked], columns] = self.scores[is_asked]
        return filled
