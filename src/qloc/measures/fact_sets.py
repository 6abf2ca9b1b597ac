"""The knowledge neurons of a query, beside those of its fact's other queries.

A neuron is one number here: that of its layer times a layer's neurons, and its own within the
layer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Int

from qloc.measures.studied_prompts import StudiedQuery
from qloc.measures.studied_queries import StudiedQueries, query_numbers


@dataclass(frozen=True)
class FactSets:
    """The knowledge neurons of a query and of its neighbor queries, by one method.

    Sets are ascending, some of them empty.
    """

    method: str
    query_id: str
    own: Int[np.ndarray, " neuron"]
    others: Sequence[Int[np.ndarray, " _"]]

    @cached_property
    def every(self) -> Int[np.ndarray, " any_neuron"]:
        """Neurons of any query of the fact."""
        return np.unique(np.concatenate([self.own, *self.others]))


class AskedQuery(NamedTuple):
    """A query, and the knowledge neurons of its fact by every method."""

    query: StudiedQuery
    sets: tuple[FactSets, ...]


def asked_queries(
    neurons: Iterable[tuple[str, pd.DataFrame]],
    prompts: Sequence[StudiedQuery],
    studied: StudiedQueries,
    chosen: Int[np.ndarray, " chosen"],
    n_neurons: int,
) -> list[AskedQuery]:
    """Some studied queries with their sets.

    Args:
        neurons: Every method with its knowledge neurons; taken one after another, so that those of
            all methods need not fit into memory at once.
        prompts: The studied queries as they are asked.
        studied: The same queries, in the same order.
        chosen: Numbers of the queries, in the order of the result.
        n_neurons: Of one layer of the model.

    Raises:
        StudyError: See `query_numbers`.
    """
    by_method = [fact_sets(rows, method, studied, chosen, n_neurons) for method, rows in neurons]
    return [
        AskedQuery(prompts[number], sets)
        for number, sets in zip(chosen.tolist(), zip(*by_method, strict=True), strict=True)
    ]


def fact_sets(
    neurons: pd.DataFrame,
    method: str,
    studied: StudiedQueries,
    chosen: Int[np.ndarray, " chosen"],
    n_neurons: int,
) -> list[FactSets]:
    """The sets of some studied queries and of their neighbors.

    Args:
        neurons: Knowledge neurons by this method, with the columns of their contract. Those of
            relations that none of the studied queries belongs to are passed over.
        method: That selected them.
        studied: The studied queries.
        chosen: Numbers of the queries, in the order of the result.
        n_neurons: Of one layer of the model.

    Raises:
        StudyError: See `query_numbers`.
    """
    asked = neurons[neurons["relation"].isin(studied.relation_names)]
    numbers = query_numbers(asked["query_id"], studied)
    codes = asked["layer"].to_numpy(np.int64) * n_neurons + asked["neuron"].to_numpy(np.int64)
    sizes = np.bincount(numbers, minlength=len(studied.query_ids))
    sets = np.split(codes[np.lexsort((codes, numbers))], np.cumsum(sizes)[:-1])
    found = []
    for query in chosen.tolist():
        members = np.flatnonzero(studied.facts == studied.facts[query]).tolist()
        others = [sets[member] for member in members if member != query]
        found.append(FactSets(method, str(studied.query_ids[query]), sets[query], others))
    return found
