"""Do two methods of attribution find the same neurons?

A query's neuron sets under two methods are compared by their Jaccard index |∩|/|∪|. What it means
shows beside the same index with the other method's set of another query, a *partner*:

``same_query``      the query itself
``neighbor_query``  the other queries of its fact
``other_fact``      other facts of the relation, asked through the same template: the mixed facts
                    by which chance is known (see ``chance``)

What methods share on other facts belongs to the relation, the template and the model. What they
share on neighbor queries and no more belongs to the fact; if they share more on the same query
than on its neighbors, then both see something of that very query. Sets drawn at random from all
neurons would share next to nothing, whatever the methods do, so they are no yardstick.

Two methods that select 5 and 20 neurons cannot reach an index above 1/4: the mean of smaller
over larger set, what sets of these sizes can reach, stands beside it. Each pair is taken in both
orders, so that neither method comes first. A query's pairs are averaged first, then the queries
of a fact, then facts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from qloc.measures.chance import draw_donors
from qloc.measures.consistency import mean_by_fact, pair_jaccards, query_pairs
from qloc.measures.neuron_sets import NeuronSets, neuron_sets, ratio
from qloc.measures.studied_queries import StudiedQueries, query_numbers

Partner = Literal["same_query", "neighbor_query", "other_fact"]
PARTNERS: tuple[Partner, ...] = ("same_query", "neighbor_query", "other_fact")


@dataclass(frozen=True)
class Agreement:
    """How much two methods agree on each query; NaN where no pair has a neuron.

    Attributes:
        jaccards: Mean |∩|/|∪| with the sets of each kind of partner.
        attainable: Mean of the smaller over the larger of the same sets.
    """

    jaccards: Float[np.ndarray, "query partner"]
    attainable: Float[np.ndarray, "query partner"]


def stacked_sets(neurons: Sequence[pd.DataFrame], queries: StudiedQueries) -> NeuronSets:
    """The neuron sets of all studied queries under one method, then under the next.

    Args:
        neurons: Knowledge neurons of each method, with the columns of their contract.
        queries: The studied queries, in whose order the sets of a method are.

    Raises:
        StudyError: See `query_numbers`.
    """
    n_queries = len(queries.query_ids)
    entries = pd.concat([rows[["query_id", "layer", "neuron"]] for rows in neurons])
    methods = np.repeat(np.arange(len(neurons)), [len(rows) for rows in neurons])
    return neuron_sets(
        query_numbers(entries["query_id"], queries) + methods * n_queries,
        entries["layer"].to_numpy(),
        entries["neuron"].to_numpy(),
        len(neurons) * n_queries,
    )


def partner_pairs(
    queries: StudiedQueries, n_draws: int, seed: int
) -> dict[Partner, Int[np.ndarray, "pair 2"]]:
    """Each query with its partners of every kind.

    Args:
        queries: The studied queries.
        n_draws: Mixed facts drawn for every fact.
        seed: The study's seed.
    """
    every = np.arange(len(queries.query_ids))
    neighbors = query_pairs(queries.facts, queries.n_facts)
    donors = draw_donors(queries, "any", n_draws, seed)
    others = np.stack([np.repeat(every, n_draws), donors.ravel()], axis=1)
    return {
        "same_query": np.stack([every, every], axis=1),
        "neighbor_query": np.concatenate([neighbors, neighbors[:, ::-1]]),
        "other_fact": others[others[:, 1] >= 0],
    }


def agreement(
    sets: NeuronSets,
    n_queries: int,
    methods: tuple[int, int],
    pairs: Mapping[Partner, Int[np.ndarray, "pair 2"]],
) -> Agreement:
    """How much two methods agree on each query and its partners.

    Args:
        sets: Of all methods, as `stacked_sets` gives them.
        n_queries: Studied queries.
        methods: The two methods, by their numbers in ``sets``.
        pairs: Each query with its partners, by kind.
    """
    starts = n_queries * np.array(methods)
    columns = [_query_means(sets, n_queries, starts, pairs[partner]) for partner in PARTNERS]
    jaccards, attainable = np.stack(columns, axis=-1)
    return Agreement(jaccards, attainable)


def _query_means(
    sets: NeuronSets,
    n_queries: int,
    starts: Int[np.ndarray, "2"],
    pairs: Int[np.ndarray, "pair 2"],
) -> Float[np.ndarray, "2 query"]:
    """Mean Jaccard and mean attainable index of each query's pairs, in both orders of methods."""
    places = np.concatenate([pairs, pairs[:, ::-1]]) + starts
    asked = np.tile(pairs[:, 0], 2)
    sizes = sets.sizes[places]
    attainable = ratio(sizes.min(axis=1), sizes.max(axis=1))
    found = (pair_jaccards(sets, places), attainable)
    return np.stack([mean_by_fact(values, asked, n_queries) for values in found])
