"""Which neurons are manipulated to learn whether they belong to a query or to its fact?

If knowledge neurons belong to the fact, those of its other queries move the answer as its own do
(query-KN mapping, section 3.1 of Chen et al. 2025, https://arxiv.org/abs/2405.14117). So a
query's own set (``self``) stands beside what its neighbor queries hold: any of them
(``neighbor_union``), all (``intersection``), more than one (``refined``).

A larger set moves more and a smaller one less, whoever's it is, and facts are called inconsistent
*because* their sets share little. Hence sets of equal size: part of ``self`` as large as the
``intersection`` or as ``refined``, part of ``refined`` or of the ``neighbor_union`` as large as
``self``. A part of the union is thinned out, strong neurons too; the whole set of one ``neighbor``
is not, and on average over the queries of a fact is as large as ``self``. What any neurons would
do, as many as ``self`` show that lie outside all sets of the fact: drawn from the whole model
(``unrelated``), or those of the same layers whose values are nearest in size
(``unrelated_matched``), because KNs are neither small nor in any layer. Where there are fewer
neurons than a set should have, it has those there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from qloc.measures.fact_sets import FactSets
from qloc.measures.studied_queries import StudiedQueries
from qloc.randomness import generator

# With two queries, `refined` would be empty and `neighbor_union` the same as `intersection`.
MIN_QUERIES = 3


@dataclass(frozen=True)
class MappingSet:
    """A set of neurons to be manipulated on a query; named as in the table `query_mappings`."""

    method: str
    neuron_set: str
    draw: int
    neurons: Int[np.ndarray, " neuron"]


def mapped_queries(studied: StudiedQueries) -> Int[np.ndarray, " mapped"]:
    """Which studied queries belong to facts with enough of them, as numbers."""
    return np.flatnonzero(studied.n_queries[studied.facts] >= MIN_QUERIES)


def mapping_sets(
    sets: FactSets, values: Float[np.ndarray, "layer neuron"], n_draws: int, seed: int
) -> Iterator[MappingSet]:
    """All sets that are manipulated on a query; every draw of those that are drawn.

    What is drawn depends on the seed, the method, the query, the name of the set and the number
    of the draw alone.

    Args:
        sets: Of the query and its neighbors.
        values: Of the neurons at the prompt's last token, nothing manipulated.
        n_draws: Of every set that is drawn at random.
        seed: Of the study.
    """
    union, n_holders = np.unique(np.concatenate(sets.others), return_counts=True)
    outside = np.delete(np.arange(values.size), sets.every)
    fixed = {
        "self": sets.own,
        "neighbor_union": union,
        "intersection": union[n_holders == len(sets.others)],
        "refined": union[n_holders > 1],
        "unrelated_matched": _matched(sets.own, outside, values),
    }
    for name, neurons in fixed.items():
        yield MappingSet(sets.method, name, 0, neurons)
    drawn = {
        "unrelated": (outside, len(sets.own)),
        "self_sample_intersection": (sets.own, len(fixed["intersection"])),
        "self_sample_refined": (sets.own, len(fixed["refined"])),
        "neighbor_union_sample": (union, len(sets.own)),
        "refined_sample": (fixed["refined"], len(sets.own)),
    }
    neighbors = sorted(sets.others, key=tuple)  # in whatever order they come
    for draw in range(n_draws):
        for name, (source, size) in drawn.items():
            random = generator(seed, "map_queries", sets.method, sets.query_id, name, str(draw))
            neurons = random.choice(source, min(size, len(source)), replace=False)
            yield MappingSet(sets.method, name, draw, np.sort(neurons))
        random = generator(seed, "map_queries", sets.method, sets.query_id, "neighbor", str(draw))
        yield MappingSet(sets.method, "neighbor", draw, neighbors[random.integers(len(neighbors))])


def _matched(
    own: Int[np.ndarray, " member"],
    outside: Int[np.ndarray, " other"],
    values: Float[np.ndarray, "layer neuron"],
) -> Int[np.ndarray, " matched"]:
    """For each neuron one of its layer that lies outside and is nearest in size of value.

    Each stands for one only. Those of large values, to which few come near, choose first;
    of neurons equally near, the lower number is taken.
    """
    sizes = np.abs(values).astype(np.float64)
    n_neurons = values.shape[1]
    found = []
    for layer in np.unique(own // n_neurons).tolist():
        free = outside[outside // n_neurons == layer]
        wanted = np.sort(sizes.flat[own[own // n_neurons == layer]])[::-1]
        distances = np.abs(wanted[:, None] - sizes.flat[free])  # neuron free
        for distance in distances[: len(free)]:
            nearest = int(distance.argmin())
            found.append(int(free[nearest]))
            distances[:, nearest] = np.inf
    return np.array(sorted(found), dtype=np.int64)
