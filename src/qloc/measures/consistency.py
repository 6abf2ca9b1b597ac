"""How much the knowledge neurons of a fact's queries agree: the consistency score and its kin.

Eq. 1 of Chen et al. 2025 (https://arxiv.org/abs/2405.14117): with N_i the neurons of query i,
CS = |{n : n is in more than one N_i}| / |∪ N_i|. The strict variant has |∩ N_i| above the line.
CS grows with the number of queries k, as a neuron gets more chances to be met twice; so the mean
Jaccard index of pairs and the mean CS of subsets of a fixed number of queries stand beside it.

An empty set is a query that agrees with none: it counts in k, adds nothing to the union, empties
the intersection, and has Jaccard 0 with any set but an empty one, where Jaccard is undefined.
"""

import itertools
import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float, Int

from qloc.measures.neuron_sets import NeuronSets, Overlaps, count_overlaps, ratio
from qloc.measures.studied_queries import StudiedQueries
from qloc.randomness import generator

SUBSETS_AT_MOST = 64
NORMAL_95 = 1.96


def fact_overlaps(sets: NeuronSets, facts: Int[np.ndarray, " query"], n_facts: int) -> Overlaps:
    """The overlaps of each fact's queries; queries are given fact after fact."""
    return count_overlaps(sets, np.arange(len(facts)), facts, n_facts)


def consistency_scores(
    overlaps: Overlaps, n_queries: Int[np.ndarray, " group"]
) -> Float[np.ndarray, " group"]:
    """CS (Eq. 1): neurons of more than one query over neurons of any, in [0, 1].

    NaN where a group has fewer than two queries or its queries have no neuron.
    """
    return np.where(n_queries >= 2, ratio(overlaps.n_shared, overlaps.n_any), np.nan)


def strict_consistency_scores(
    overlaps: Overlaps, n_queries: Int[np.ndarray, " group"]
) -> Float[np.ndarray, " group"]:
    """Neurons of all queries over neurons of any; NaN as in `consistency_scores`."""
    return np.where(n_queries >= 2, ratio(overlaps.n_common, overlaps.n_any), np.nan)


def trained_consistency_scores(
    sets: NeuronSets,
    facts: Int[np.ndarray, " query"],
    was_trained: Bool[np.ndarray, " query"],
    n_facts: int,
) -> Float[np.ndarray, " fact"]:
    """CS over the queries the model was trained on."""
    members = np.flatnonzero(was_trained)
    overlaps = count_overlaps(sets, members, facts[members], n_facts)
    return consistency_scores(overlaps, np.bincount(facts[members], minlength=n_facts))


def adjusted_scores(
    scores: Float[np.ndarray, " fact"], chance: Float[np.ndarray, " fact"]
) -> Float[np.ndarray, " fact"]:
    """(CS − chance)/(1 − chance): 0 at chance, 1 for full agreement; NaN where chance is 1."""
    room = np.where(chance < 1, 1 - chance, np.nan)
    return (scores - chance) / room


def adjusted_highest(
    scores: Float[np.ndarray, " fact"],
    chance: Float[np.ndarray, " fact"],
    errors: Float[np.ndarray, " fact"],
) -> Float[np.ndarray, " fact"]:
    """Upper end of the 95 % interval of the adjusted score: with chance 1.96 errors lower.

    A fact's score is taken as it is; uncertain is the mean over the mixed facts that were drawn.

    Args:
        scores: CS.
        chance: Mean CS of the fact's mixed facts.
        errors: Standard error of that mean; NaN where it is not known.
    """
    return adjusted_scores(scores, chance - NORMAL_95 * errors)


def fixed_k_scores(
    sets: NeuronSets, facts: Int[np.ndarray, " query"], n_facts: int, size: int, seed: int
) -> Float[np.ndarray, " fact"]:
    """Mean CS over all subsets of ``size`` queries of a fact; NaN for facts with fewer queries.

    Where a fact has more than 64 such subsets, 64 of them are drawn by the study seed, the
    same for all facts with that number of queries. Subsets without a neuron are left out.
    """
    subsets = _of_facts(facts, n_facts, lambda k: _combinations(k, size, seed), size)
    n_subsets = len(subsets)
    groups = np.repeat(np.arange(n_subsets), size)
    overlaps = count_overlaps(sets, subsets.ravel(), groups, n_subsets)
    scores = consistency_scores(overlaps, np.full(n_subsets, size))
    return mean_by_fact(scores, facts[subsets[:, 0]], n_facts)


def mean_jaccards(
    sets: NeuronSets, facts: Int[np.ndarray, " query"], n_facts: int
) -> Float[np.ndarray, " fact"]:
    """Mean Jaccard index of the pairs of a fact's queries; NaN where no pair has a neuron."""
    pairs = query_pairs(facts, n_facts)
    return mean_by_fact(pair_jaccards(sets, pairs), facts[pairs[:, 0]], n_facts)


def final_word_jaccards(
    sets: NeuronSets, queries: StudiedQueries
) -> tuple[Float[np.ndarray, " fact"], Float[np.ndarray, " fact"]]:
    """Mean Jaccard index of pairs whose templates end in the same word, and in different words.

    NaN for facts without such a pair, and where all studied templates of the relation end in one
    word, as the relation then has nothing to compare with.
    """
    relations = queries.relations[queries.facts]
    words = np.unique(np.stack([relations, queries.final_words]), axis=1)[0]
    has_many = np.bincount(words)[queries.relations] > 1
    pairs = query_pairs(queries.facts, queries.n_facts)
    facts = queries.facts[pairs[:, 0]]
    jaccards = np.where(has_many[facts], pair_jaccards(sets, pairs), np.nan)
    is_same = queries.final_words[pairs[:, 0]] == queries.final_words[pairs[:, 1]]
    same = mean_by_fact(jaccards[is_same], facts[is_same], queries.n_facts)
    return same, mean_by_fact(jaccards[~is_same], facts[~is_same], queries.n_facts)


def pair_jaccards(sets: NeuronSets, pairs: Int[np.ndarray, "pair 2"]) -> Float[np.ndarray, " pair"]:
    """|∩|/|∪| of the neurons of two queries; NaN where both sets are empty."""
    groups = np.repeat(np.arange(len(pairs)), 2)
    overlaps = count_overlaps(sets, pairs.ravel(), groups, len(pairs))
    return ratio(overlaps.n_common, overlaps.n_any)


def query_pairs(facts: Int[np.ndarray, " query"], n_facts: int) -> Int[np.ndarray, "pair 2"]:
    """Every pair of queries of the same fact; queries are given fact after fact."""
    return _of_facts(facts, n_facts, lambda k: np.stack(np.triu_indices(k, 1), axis=1), 2)


def mean_by_fact(
    values: Float[np.ndarray, " item"], facts: Int[np.ndarray, " item"], n_facts: int
) -> Float[np.ndarray, " fact"]:
    """The mean of each fact's values that are not NaN; NaN where there is none."""
    present = ~np.isnan(values)
    sums = np.bincount(facts[present], weights=values[present], minlength=n_facts)
    counts = np.bincount(facts[present], minlength=n_facts)
    undefined = np.full(n_facts, np.nan)
    return np.divide(sums, counts, out=undefined, where=counts > 0)


def means_by_fact(
    values: Float[np.ndarray, "item measure"], facts: Int[np.ndarray, " item"], n_facts: int
) -> Float[np.ndarray, "fact measure"]:
    """The same of several measures, each over the values that it has."""
    return np.stack([mean_by_fact(column, facts, n_facts) for column in values.T], axis=1)


def _of_facts(
    facts: Int[np.ndarray, " query"],
    n_facts: int,
    places: Callable[[int], Int[np.ndarray, "subset size"]],
    size: int,
) -> Int[np.ndarray, "group size"]:
    """The same subsets of places for all facts with k queries, as subsets of queries."""
    n_queries = np.bincount(facts, minlength=n_facts)
    starts = np.cumsum(n_queries) - n_queries
    parts = [np.empty((0, size), dtype=np.int64)]
    for k in np.unique(n_queries[n_queries >= size]):
        of_facts = starts[n_queries == k][:, None, None] + places(int(k))  # fact subset query
        parts.append(of_facts.reshape(-1, size))
    return np.concatenate(parts)


def _combinations(n: int, size: int, seed: int) -> Int[np.ndarray, "subset size"]:
    """Subsets of ``size`` of ``n`` places: all, or 64 different ones drawn for this ``n``."""
    if math.comb(n, size) <= SUBSETS_AT_MOST:
        return np.array(list(itertools.combinations(range(n), size)), dtype=np.int64)
    draws = generator(seed, "query_subsets", str(n), str(size))
    chosen: set[tuple[int, ...]] = set()
    while len(chosen) < SUBSETS_AT_MOST:
        chosen.add(tuple(sorted(draws.permutation(n)[:size].tolist())))
    return np.array(sorted(chosen), dtype=np.int64)
