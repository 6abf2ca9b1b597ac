"""The Jaccard ladder: how much the neurons of two queries overlap, by what the queries share.

The rungs exclude one another:

``same_fact``       one fact, two templates
``same_object``     two facts of a relation with the same object, two templates
``same_template``   two facts of a relation with different objects, one template
``same_relation``   two facts of a relation with different objects, two templates
``other_relation``  facts of two relations with different objects

All pairs but those of ``same_template`` differ in template, so what falls from ``same_fact`` to
``same_relation`` is what the fact, and then the object, has added. Pairs that share object and
template but not the fact are on no rung.

The unit is the fact: its pairs are averaged first, then facts. At most 40 pairs are drawn for a
fact and rung, fewer in large studies, by a generator of the fact's own. A bootstrap draw
weighs a pair by how often both its facts were taken, as the second fact varies too.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from qloc.measures.bootstrap import WEIGHTS_AT_ONCE, Draws, Statistic
from qloc.measures.consistency import query_pairs
from qloc.measures.studied_queries import StudiedQueries
from qloc.randomness import generator

Rung = Literal["same_fact", "same_object", "same_template", "same_relation", "other_relation"]
RUNGS: tuple[Rung, ...] = (
    "same_fact",
    "same_object",
    "same_template",
    "same_relation",
    "other_relation",
)
PAIRS_OF_FACT = 40
PAIRS_OF_RUNG = 100_000


@dataclass(frozen=True)
class _Relation:
    """The studied queries of one relation, and what each of them shares with others."""

    members: Int[np.ndarray, " member"]
    facts: Int[np.ndarray, " member"]
    templates: Int[np.ndarray, " member"]
    objects: Int[np.ndarray, " member"]


def ladder_pairs(queries: StudiedQueries, rung: Rung, seed: int) -> Int[np.ndarray, "pair 2"]:
    """Pairs of queries on one rung, at most 40 of each fact, which has the first query.

    ``same_fact`` has every pair of every fact.
    """
    if rung == "same_fact":
        return query_pairs(queries.facts, queries.n_facts)
    at_most = max(1, min(PAIRS_OF_FACT, PAIRS_OF_RUNG // max(queries.n_facts, 1)))
    parts = [np.empty((0, 2), dtype=np.int64)]
    relations = queries.relations[queries.facts]
    for number in range(len(queries.relation_names)):
        members = np.flatnonzero(relations == number)
        relation = _Relation(
            members,
            queries.facts[members],
            queries.templates[members],
            queries.objects[queries.facts[members]],
        )
        others = np.flatnonzero(relations != number)
        for fact in np.unique(relation.facts).tolist():
            draws = generator(seed, "ladder", rung, queries.fact_ids[fact])
            if rung == "other_relation":
                parts.append(_pairs_outside(queries, fact, members, others, at_most, draws))
            else:
                parts.append(_pairs_inside(relation, fact, rung, at_most, draws))
    return np.concatenate(parts)


def ladder_means(
    jaccards: Float[np.ndarray, " pair"],
    first: Int[np.ndarray, " pair"],
    second: Int[np.ndarray, " pair"],
    relations: Int[np.ndarray, " fact"],
) -> Statistic:
    """The mean over facts of the mean Jaccard of each fact's pairs; undefined pairs left out.

    A pair of two facts of one relation is weighed by the product of their numbers of draws over
    that of the relation, so that a relation drawn twice counts twice and not four times.

    Args:
        jaccards: Of each pair.
        first: The fact of its first query.
        second: The fact of its second query.
        relations: The relation of each fact, numbered from 0.
    """
    present = ~np.isnan(jaccards)
    pairs = np.stack([first[present], second[present]])
    (first, second), of_pair = np.unique(pairs, axis=1, return_inverse=True)
    shares = np.bincount(of_pair) / np.bincount(pairs[0], minlength=len(relations))[first]
    values = np.bincount(of_pair, weights=jaccards[present]) / np.bincount(of_pair)
    is_inside = relations[first] == relations[second]

    at_once = max(1, WEIGHTS_AT_ONCE // max(len(values), 1))

    def statistic(draws: Draws) -> Float[np.ndarray, "draw 1"]:
        rows = range(0, len(draws.facts), at_once)
        parts = [
            means(draws.facts[i : i + at_once], draws.relations[i : i + at_once]) for i in rows
        ]
        return np.concatenate(parts)[:, None]

    def means(
        facts: Float[np.ndarray, "draw fact"], taken: Float[np.ndarray, "draw relation"]
    ) -> Float[np.ndarray, " draw"]:
        weights = facts[:, first] * shares
        partner = facts[:, second]
        partner /= np.where(is_inside, np.maximum(taken[:, relations[first]], 1), 1)
        weights *= np.where(first == second, 1, partner)
        total = weights.sum(axis=1)
        undefined = np.full(total.shape, np.nan)
        return np.divide(weights @ values, total, out=undefined, where=total > 0)

    return statistic


def _pairs_inside(
    relation: _Relation, fact: int, rung: Rung, at_most: int, draws: np.random.Generator
) -> Int[np.ndarray, "pair 2"]:
    """Pairs of a fact's queries with queries of its relation: all, or some of them drawn."""
    own = np.flatnonzero(relation.facts == fact)
    rows, columns = np.nonzero(_is_on_rung(relation, own, rung))
    pairs = np.stack([relation.members[own[rows]], relation.members[columns]], axis=1)
    if len(pairs) <= at_most:
        return pairs
    return pairs[draws.choice(len(pairs), at_most, replace=False)]


def _is_on_rung(
    relation: _Relation, own: Int[np.ndarray, " own"], rung: Rung
) -> Bool[np.ndarray, "own member"]:
    """Which queries of the relation form a pair of this rung with each of a fact's own."""
    same_fact = relation.facts[own][:, None] == relation.facts
    same_object = relation.objects[own][:, None] == relation.objects
    same_template = relation.templates[own][:, None] == relation.templates
    if rung == "same_object":
        return ~same_fact & same_object & ~same_template
    if rung == "same_template":
        return ~same_object & same_template
    return ~same_object & ~same_template


def _pairs_outside(
    queries: StudiedQueries,
    fact: int,
    members: Int[np.ndarray, " member"],
    others: Int[np.ndarray, " other"],
    at_most: int,
    draws: np.random.Generator,
) -> Int[np.ndarray, "pair 2"]:
    """Pairs of a fact's queries with queries of other relations and objects, drawn."""
    if len(others) == 0:
        return np.empty((0, 2), dtype=np.int64)
    own = members[queries.facts[members] == fact]
    pairs = np.stack([draws.choice(own, at_most), draws.choice(others, at_most)], axis=1)
    objects = queries.objects[queries.facts[pairs]]
    return np.unique(pairs[objects[:, 0] != objects[:, 1]], axis=0)
