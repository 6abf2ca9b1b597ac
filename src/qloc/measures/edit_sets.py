"""The neurons whose value vectors an edit changes: chosen sets, and controls as large.

The neurons of one query (N_i), those of any query of the fact (N_u), and the consistency-aware
ones (N_CAS) are what Chen et al. 2025 (section 3.3, https://arxiv.org/abs/2405.14117) compare.
As printed, the last two are chosen with the very queries that the edit is then scored on; held
out, they are chosen with some and scored on the others.

Whatever a set does may be its size. So beside each stand as many neurons drawn from all that no
set of the fact holds (``_random``), and as many of the largest scores of the edited query
(``_top``), which the query's own set has anyway.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from jaxtyping import Int

from qloc.contracts.neuron_sets import TOP_SETS
from qloc.measures.consistency_aware import (
    ConsistencyAwareSet,
    ConsistencyRule,
    consistency_aware_set,
)
from qloc.measures.edit_choice import EditedFact
from qloc.measures.kept_scores import KeptScores, neuron_numbers
from qloc.randomness import generator

Neurons = Int[np.ndarray, " _"]

NO_NEURONS = np.array([], dtype=np.int64)


def aware_sets(
    fact: EditedFact, kept: KeptScores, rule: ConsistencyRule
) -> dict[str, ConsistencyAwareSet]:
    """The consistency-aware sets of a fact by name; a held-out one if queries are held out.

    Args:
        fact: That is edited.
        kept: What is known of the scores on its queries.
        rule: How neurons are taken.
    """
    found = {"consistency_aware": consistency_aware_set(kept.candidates(), rule)}
    if fact.having("held_out"):
        chosen = kept.candidates(fact.having("edited", "used"))
        found["consistency_aware_held_out"] = consistency_aware_set(chosen, rule)
    return found


def neurons_by_query(rows: pd.DataFrame, n_neurons: int) -> dict[str, Neurons]:
    """The neurons of each query that has any, as one number each.

    Args:
        rows: Knowledge neurons of some queries.
        n_neurons: Of one layer.
    """
    numbers = neuron_numbers(rows, n_neurons)
    return {str(name): numbers[at] for name, at in rows.groupby("query_id").indices.items()}


def ranked_neurons(rows: pd.DataFrame, query_id: str, n_neurons: int) -> Neurons:
    """The neurons of one query, those of the largest scores first; of equal ones, the lower number.

    Args:
        rows: Scores of neurons on some queries.
        query_id: The query.
        n_neurons: Of one layer.
    """
    own = rows[rows["query_id"] == query_id]
    numbers = neuron_numbers(own, n_neurons)
    return numbers[np.lexsort((numbers, -own["score"].to_numpy()))]


def edit_sets(
    fact: EditedFact,
    own: Mapping[str, Neurons],
    aware: Mapping[str, ConsistencyAwareSet],
    ranked: Neurons,
    n_neurons: int,
    seed: int,
) -> dict[str, Neurons]:
    """The sets that a fact is edited with, by name; held-out ones if queries are held out.

    Strengths are picked with the query's own set alone, and in sequences there are no controls.
    What is drawn depends on the seed, the fact, its sets and their names alone. Where there are
    fewer neurons than a set should have, it has those there are.

    Args:
        fact: That is edited.
        own: Knowledge neurons of each of its queries that has any; a neuron is one number.
        aware: Its consistency-aware sets, see `aware_sets`.
        ranked: Neurons of the edited query, those of the largest scores first.
        n_neurons: Of the model.
        seed: Of the study.
    """

    def union(*roles: str) -> Neurons:
        found = [own[query_id] for query_id in fact.having(*roles) if query_id in own]
        return np.unique(np.concatenate([*found, NO_NEURONS]))

    sets = {"query": union("edited")}
    if fact.role == "calibration":
        return sets
    sets["union"] = union(*fact.query_roles.values())
    if fact.having("held_out"):
        sets["union_held_out"] = union("edited", "used")
    sets |= {name: one.neurons for name, one in aware.items()}
    if fact.role == "evaluation":
        sets |= _controls(fact, sets, ranked, n_neurons, seed)
    return sets


def _controls(
    fact: EditedFact, sets: Mapping[str, Neurons], ranked: Neurons, n_neurons: int, seed: int
) -> dict[str, Neurons]:
    """As many neurons as each of a fact's chosen sets has, see `edit_sets`."""
    found = {}
    outside = np.delete(np.arange(n_neurons), np.unique(np.concatenate([*sets.values()])))
    for name, chosen in sets.items():
        size = min(len(chosen), len(outside))
        random = generator(seed, "choose_edits", fact.fact_id, f"{name}_random")
        found[f"{name}_random"] = np.sort(random.choice(outside, size, replace=False))
        if f"{name}_top" in TOP_SETS:
            found[f"{name}_top"] = np.sort(ranked[: len(chosen)])
    return found
