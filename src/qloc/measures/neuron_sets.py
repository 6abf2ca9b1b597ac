"""Sets of neurons of many queries, and how many neurons queries have in common.

Everything the study says about agreement between queries, Eq. 1 of Chen et al. 2025 and every
Jaccard index alike, is a count of neurons that one, several or all queries of a group hold. A
group is any list of queries: those of a fact, a pair, a mixed fact that stands for chance.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

ENTRIES_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class NeuronSets:
    """One set of neurons per query, some of them empty.

    The set of query ``i`` is ``neurons[starts[i]:starts[i + 1]]``, ascending; a neuron is a whole
    number below ``n_neurons``.
    """

    starts: Int[np.ndarray, " boundary"]
    neurons: Int[np.ndarray, " entry"]
    n_neurons: int

    @property
    def sizes(self) -> Int[np.ndarray, " query"]:
        """Neurons of each query."""
        return np.diff(self.starts)


@dataclass(frozen=True)
class Overlaps:
    """For every group of queries: neurons of any query, of more than one, of all of them."""

    n_any: Int[np.ndarray, " group"]
    n_shared: Int[np.ndarray, " group"]
    n_common: Int[np.ndarray, " group"]


def neuron_sets(
    queries: Int[np.ndarray, " entry"],
    layers: Int[np.ndarray, " entry"],
    neurons: Int[np.ndarray, " entry"],
    n_queries: int,
) -> NeuronSets:
    """Gather (query, layer, neuron) entries, in any order, into one set per query.

    Args:
        queries: Which query an entry belongs to, below ``n_queries``.
        layers: Its feed-forward layer, from 0.
        neurons: Its unit within the layer, from 0.
        n_queries: Queries in all; those without an entry have an empty set.
    """
    width = int(neurons.max(initial=0)) + 1
    codes = layers.astype(np.int64) * width + neurons
    order = np.lexsort((codes, queries))
    starts = np.concatenate([[0], np.cumsum(np.bincount(queries, minlength=n_queries))])
    return NeuronSets(starts.astype(np.int64), codes[order], int(codes.max(initial=0)) + 1)


def count_overlaps(
    sets: NeuronSets,
    members: Int[np.ndarray, " member"],
    groups: Int[np.ndarray, " member"],
    n_groups: int,
) -> Overlaps:
    """Count the neurons of any, of more than one, and of all queries of each group.

    A query with an empty set adds nothing to the first two and makes the third 0.

    Args:
        sets: Sets of the queries.
        members: Queries, group after group.
        groups: The group of each member, ascending, below ``n_groups``.
        n_groups: Groups in all.
    """
    counts = np.zeros((3, n_groups), dtype=np.int64)
    n_members = np.bincount(groups, minlength=n_groups)
    for first, last, part in _parts(sets, members, n_members):
        local = groups[part] - first
        keys = _entries(sets, members[part], local)
        counts[:, first:last] = _count_runs(keys, sets.n_neurons, n_members[first:last])
    return Overlaps(*counts)


def ratio(
    part: Int[np.ndarray, " group"], whole: Int[np.ndarray, " group"]
) -> Float[np.ndarray, " group"]:
    """Part over whole; NaN where the whole is 0."""
    undefined = np.full(part.shape, np.nan)
    return np.divide(part, whole, out=undefined, where=whole > 0)


def _parts(
    sets: NeuronSets, members: Int[np.ndarray, " member"], n_members: Int[np.ndarray, " group"]
) -> Iterator[tuple[int, int, slice]]:
    """Runs of whole groups that fit the cache: first group, end, and their members."""
    member_ends = np.concatenate([[0], np.cumsum(n_members)])
    entries = np.concatenate([[0], np.cumsum(sets.sizes[members])])[member_ends]
    first, n_groups = 0, len(n_members)
    while first < n_groups:
        limit = entries[first] + ENTRIES_AT_ONCE
        last = max(first + 1, int(np.searchsorted(entries, limit, side="right")) - 1)
        last = min(last, n_groups)
        yield first, last, slice(int(member_ends[first]), int(member_ends[last]))
        first = last


def _entries(
    sets: NeuronSets, members: Int[np.ndarray, " member"], groups: Int[np.ndarray, " member"]
) -> Int[np.ndarray, " entry"]:
    """Every (group, neuron) of the members as one sorted number."""
    sizes = sets.sizes[members]
    begins = np.cumsum(sizes) - sizes
    places = np.arange(sizes.sum()) + np.repeat(sets.starts[members] - begins, sizes)
    keys = sets.neurons[places] + np.repeat(groups * sets.n_neurons, sizes)
    keys.sort(kind="stable")  # merges the sorted sets: three times as fast as the default
    return keys


def _count_runs(
    keys: Int[np.ndarray, " entry"], n_neurons: int, n_members: Int[np.ndarray, " group"]
) -> Int[np.ndarray, "3 group"]:
    """Count runs of equal keys by group: all, those longer than 1, those as long as the group."""
    begins = np.flatnonzero(np.diff(keys, prepend=-1))
    lengths = np.diff(begins, append=len(keys))
    groups = keys[begins] // n_neurons
    kinds = (lengths > 0, lengths > 1, lengths == n_members[groups])
    return np.stack([np.bincount(groups[kind], minlength=len(n_members)) for kind in kinds])
