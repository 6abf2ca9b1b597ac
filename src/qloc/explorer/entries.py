"""The neurons of the asked queries under one model and one method, as arrays."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from jaxtyping import Float, Int, Shaped

from qloc.errors import StudyError
from qloc.explorer.packing import n_letters, packed
from qloc.explorer.stops import levels
from qloc.measures.neuron_sets import NeuronSets, count_overlaps
from qloc.measures.selection import best_scores


@dataclass(frozen=True)
class Asked:
    """Queries that some model is studied with, sorted by their id, and their facts, likewise."""

    query_ids: Shaped[np.ndarray, " query"]
    facts: Int[np.ndarray, " query"]
    fact_ids: Shaped[np.ndarray, " fact"]

    @classmethod
    def of(cls, answers: pd.DataFrame, fact_ids: Iterable[str]) -> "Asked":
        """The studied queries of these facts.

        Args:
            answers: Of all models.
            fact_ids: In any order.
        """
        is_asked = answers["is_studied"] & answers["fact_id"].isin(list(fact_ids))
        asked = answers.loc[is_asked, ["query_id", "fact_id"]].drop_duplicates()
        asked = asked.sort_values("query_id")
        facts, names = pd.factorize(asked["fact_id"], sort=True)
        return cls(asked["query_id"].to_numpy(dtype=object), facts, np.asarray(names, dtype=object))


@dataclass(frozen=True)
class Entries:
    """Neurons of queries, sorted by query and neuron.

    Attributes:
        queries: Numbers of asked queries.
        neurons: Layer times the width of a layer, and the unit.
        levels: How many stops the score exceeds; at least 1.
    """

    queries: Int[np.ndarray, " entry"]
    neurons: Int[np.ndarray, " entry"]
    levels: Int[np.ndarray, " entry"]

    @classmethod
    def of(
        cls, attributions: Iterable[pd.DataFrame], asked: Asked, width: int, shares: list[float]
    ) -> "Entries":
        """Those that exceed the lowest stop.

        Args:
            attributions: Of one model and method, relation after relation.
            asked: Queries.
            width: Neurons of a layer.
            shares: The stops.
        """
        parts = [cls._of_one(rows, asked, width, shares) for rows in attributions]
        queries, neurons, found = (
            np.concatenate([getattr(part, name) for part in parts] or [np.zeros(0, dtype=np.int32)])
            for name in ("queries", "neurons", "levels")
        )
        order = np.lexsort((neurons, queries))
        return cls(queries[order], neurons[order], found[order])

    @classmethod
    def _of_one(
        cls, rows: pd.DataFrame, asked: Asked, width: int, shares: list[float]
    ) -> "Entries":
        numbers = pd.Index(asked.query_ids).get_indexer(rows["query_id"])
        own, numbers = rows[numbers >= 0], numbers[numbers >= 0]
        scores = own["score"].to_numpy()
        best = best_scores(scores, numbers, len(asked.query_ids))
        found = levels(scores, best, shares)
        neurons = own["layer"].to_numpy(dtype=np.int32) * width + own["neuron"].to_numpy()
        some = found > 0
        return cls(numbers[some].astype(np.int32), neurons[some], found[some])

    def above(self, stop: int) -> "Entries":
        """Those that exceed this stop, which is the lowest from now on."""
        some = self.levels > stop
        return Entries(self.queries[some], self.neurons[some], self.levels[some] - stop)

    def cost(self, asked: Asked) -> Float[np.ndarray, " fact"]:
        """Letters that each fact takes."""
        letters = n_letters(self.queries, self.neurons)
        facts = asked.facts[self.queries]
        return np.bincount(facts, letters, minlength=len(asked.fact_ids)).astype(float)

    def texts(self, n_queries: int) -> list[str]:
        """The entries of every query, packed; empty for a query without any."""
        starts = np.searchsorted(self.queries, np.arange(n_queries + 1))
        neurons, found = self.neurons.tolist(), self.levels.tolist()
        return [packed(neurons[first:last], found[first:last]) for first, last in pairwise(starts)]

    def check(self, asked: Asked, stop: int, scores: pd.DataFrame) -> None:
        """Hold these entries against the consistency scores of the same model and method.

        Raises:
            StudyError: At the study's stop a fact has other neurons than the table says.
        """
        own = self.above(stop)
        counts = np.bincount(own.queries, minlength=len(asked.query_ids))
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        neurons = own.neurons.astype(np.int64)
        sets = NeuronSets(starts, neurons, int(neurons.max(initial=0)) + 1)
        n_facts = len(asked.fact_ids)
        found = count_overlaps(sets, np.arange(len(asked.facts)), asked.facts, n_facts)
        said = scores.set_index("fact_id").reindex(asked.fact_ids)
        for column, count in (("n_neurons_any", found.n_any), ("n_neurons_shared", found.n_shared)):
            wrong = said[column].notna().to_numpy() & (said[column].to_numpy() != count)
            if wrong.any():
                raise StudyError(
                    f"The attributions and the consistency scores of fact"
                    f" {asked.fact_ids[wrong][0]} do not agree: the files are of different runs."
                    " Give files of one run, or run `snakemake`."
                )
