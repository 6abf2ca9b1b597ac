"""What consistency score chance gives: mixed facts, whose queries come from different facts.

A mixed fact keeps a fact's relation and templates; each query's neurons are replaced by those
of another studied fact of the relation, asked through the same template. What its queries still
agree on belongs to the relation, the templates and the model, not to the fact.

The donors of one mixed fact are different facts, because two sets of one donor would bring that
donor's own agreement into chance. So a mixed fact needs at least as many other facts as it
has queries; a draw that runs out of donors is dropped, and chance is missing for a fact all of
whose draws are. The donors depend on the seed, the fact and the facts that could be drawn:
not on the order of rows, nor on the neurons, so every selection threshold is held against the
same mixed facts.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from qloc.measures.consistency import consistency_scores
from qloc.measures.neuron_sets import NeuronSets, count_overlaps
from qloc.measures.studied_queries import StudiedQueries
from qloc.randomness import generator

Kind = Literal["any", "same_object", "other_object"]
KINDS: tuple[Kind, ...] = ("any", "same_object", "other_object")
NOWHERE = np.iinfo(np.int64).max


@dataclass(frozen=True)
class _Pools:
    """Queries in the order relation, template, object, fact: whoever can be drawn lies together.

    For every query: where its pool (same relation, same template) and, within it, the block of
    facts with its object begin and end; and for every fact and template its place.
    """

    order: Int[np.ndarray, " place"]
    pool: Int[np.ndarray, "query 2"]
    block: Int[np.ndarray, "query 2"]
    places: Int[np.ndarray, "fact template"]


def draw_donors(
    queries: StudiedQueries, kind: Kind, n_draws: int, seed: int
) -> Int[np.ndarray, "query draw"]:
    """For every query and draw, the query whose neurons replace it; −1 where none is left.

    Args:
        queries: The studied queries.
        kind: Which facts give: any other one, those with the same object, or with another.
        n_draws: Mixed facts drawn for every fact.
        seed: The study's seed; each fact has a generator of its own.
    """
    pools = _pools(queries)
    chances = _chances(queries, kind, n_draws, seed)
    starts = np.cumsum(queries.n_queries) - queries.n_queries
    donors = np.full(chances.shape, -1, dtype=np.int64)
    given: list[Int[np.ndarray, "fact draw"]] = []  # donor facts of the queries before
    for position in range(int(queries.n_queries.max(initial=0))):
        facts = np.flatnonzero(queries.n_queries > position)
        asked = starts[facts] + position
        taken = np.stack(
            [np.broadcast_to(facts[:, None], (len(facts), n_draws)), *(g[facts] for g in given)]
        )
        donors[asked] = _pick(pools, kind, queries.templates[asked], asked, taken, chances[asked])
        latest = np.full((queries.n_facts, n_draws), -1, dtype=np.int64)
        latest[facts] = np.where(donors[asked] >= 0, queries.facts[donors[asked]], -1)
        given.append(latest)
    return donors


def chance_scores(
    sets: NeuronSets, queries: StudiedQueries, donors: Int[np.ndarray, "query draw"]
) -> Float[np.ndarray, " fact"]:
    """Mean CS of each fact's mixed facts; NaN where no draw gave one.

    Draws in which a query has no donor, or no donor has a neuron, are left out.
    """
    return chance_means(mixed_scores(sets, queries, donors))[0]


def mixed_scores(
    sets: NeuronSets, queries: StudiedQueries, donors: Int[np.ndarray, "query draw"]
) -> Float[np.ndarray, "draw fact"]:
    """CS of each fact's mixed facts; NaN where a query has no donor, or no donor has a neuron."""
    scores = [np.empty((0, queries.n_facts))]
    for draw in donors.T:
        incomplete = np.bincount(queries.facts[draw < 0], minlength=queries.n_facts) > 0
        kept = np.flatnonzero(~incomplete[queries.facts])
        overlaps = count_overlaps(sets, draw[kept], queries.facts[kept], queries.n_facts)
        of_draw = consistency_scores(overlaps, np.where(incomplete, 0, queries.n_queries))
        scores.append(of_draw[None])
    return np.concatenate(scores)


def chance_means(
    scores: Float[np.ndarray, "draw fact"],
) -> tuple[Float[np.ndarray, " fact"], Float[np.ndarray, " fact"]]:
    """Mean CS of each fact's mixed facts, and the standard error of that mean.

    NaN where there is no mixed fact; the error also where there is one only.
    """
    present = ~np.isnan(scores)
    counts = present.sum(axis=0)
    undefined = np.full(counts.shape, np.nan)
    means = np.divide(
        np.where(present, scores, 0).sum(axis=0), counts, out=undefined.copy(), where=counts > 0
    )
    squares = np.where(present, (scores - means) ** 2, 0).sum(axis=0)
    variances = np.divide(squares, counts - 1, out=undefined.copy(), where=counts > 1)
    return means, np.sqrt(np.divide(variances, counts, out=undefined, where=counts > 1))


def _chances(
    queries: StudiedQueries, kind: Kind, n_draws: int, seed: int
) -> Float[np.ndarray, "query draw"]:
    """Numbers in [0, 1) that decide the donors, from each fact's own generator."""
    parts = [
        generator(seed, "chance", kind, fact_id).random((k, n_draws))
        for fact_id, k in zip(queries.fact_ids, queries.n_queries, strict=True)
    ]
    return np.concatenate([np.empty((0, n_draws)), *parts])


def _pools(queries: StudiedQueries) -> _Pools:
    relations, objects = queries.relations[queries.facts], queries.objects[queries.facts]
    order = np.lexsort((queries.facts, objects, queries.templates, relations))
    columns = np.stack([relations, queries.templates, objects], axis=1)[order]
    changes = np.diff(columns, axis=0) != 0
    places = np.full((queries.n_facts, int(queries.templates.max(initial=0)) + 1), -1)
    places[queries.facts[order], queries.templates[order]] = np.arange(len(order))
    pool, block = np.empty((len(order), 2), np.int64), np.empty((len(order), 2), np.int64)
    pool[order] = _spans(changes[:, :2].any(axis=1), len(order))
    block[order] = _spans(changes.any(axis=1), len(order))
    return _Pools(order, pool, block, places)


def _spans(is_change: Bool[np.ndarray, " step"], n: int) -> Int[np.ndarray, "place 2"]:
    """Begin and end of the run that each of ``n`` places lies in, given where runs change."""
    bounds = np.concatenate([[0], np.flatnonzero(is_change) + 1, [n]])
    runs = np.searchsorted(bounds, np.arange(n), side="right") - 1
    return np.stack([bounds[runs], bounds[runs + 1]], axis=1)


def _pick(
    pools: _Pools,
    kind: Kind,
    templates: Int[np.ndarray, " asked"],
    asked: Int[np.ndarray, " asked"],
    taken: Int[np.ndarray, "fact_taken asked draw"],
    chances: Float[np.ndarray, "asked draw"],
) -> Int[np.ndarray, "asked draw"]:
    """Draw, for each asked query, one of the queries of its pool whose fact is not taken.

    Candidates are numbered as if the facts left out by ``kind`` were cut out of the pool;
    the taken ones are then stepped over in ascending order.
    """
    span = pools.block[asked] if kind == "same_object" else pools.pool[asked]
    cut = pools.block[asked] if kind == "other_object" else np.repeat(span[:, 1:], 2, axis=1)
    gap = cut[:, 1] - cut[:, 0]
    places = np.where(taken >= 0, pools.places[taken, templates[:, None]], -1)
    is_inside = (places >= span[:, :1]) & (places < span[:, 1:])
    is_cut = (places >= cut[:, :1]) & (places < cut[:, 1:])
    excluded = is_inside & ~is_cut
    closed = places - np.where(places >= cut[:, 1:], gap[:, None], 0)
    steps = np.sort(np.where(excluded, closed, NOWHERE), axis=0)
    n_left = (span[:, 1] - span[:, 0] - gap)[:, None] - excluded.sum(axis=0)
    chosen = span[:, :1] + np.floor(chances * n_left).astype(np.int64)
    for step in steps:
        chosen = chosen + (step <= chosen)
    chosen = chosen + np.where(chosen >= cut[:, :1], gap[:, None], 0)
    possible = n_left > 0
    return np.where(possible, pools.order[np.where(possible, chosen, 0)], -1)
