"""Fourteen sets of a fact: who is in them, and how many."""

import numpy as np
import pandas as pd
import pytest

from qloc.contracts.neuron_sets import CHOSEN_SETS, EDITED_SETS, RANDOM_SETS, TOP_SETS
from qloc.measures.consistency_aware import ConsistencyRule
from qloc.measures.edit_choice import EditedFact
from qloc.measures.edit_sets import aware_sets, edit_sets, neurons_by_query, ranked_neurons
from qloc.measures.kept_scores import all_scores

ALL = 60
ROLES = {"a": "used", "b": "edited", "c": "held_out", "d": "held_out"}
OWN = {"a": {1, 2}, "b": {2, 30}, "c": {3, 59}}
RANKED = [30, 2, 7, 8, 9]


def fact(role="evaluation", roles=ROLES, name="P1/00000"):
    return EditedFact(
        fact_id=name,
        relation="P1",
        is_consistent=True,
        answer="Rome",
        queries=list(roles),
        is_all_studied=True,
        targets=["Oslo"],
        role=role,
        target="Oslo",
        query_roles=roles,
    )


def aware(edited):
    """Over all queries neuron 5 is best and 6 half as good; over the first two, 4 alone."""
    scores = np.zeros((len(edited.queries), ALL))
    scores[:, 5], scores[:, 6], scores[:2, 4] = 1, 0.5, 1.5
    scores[:2, 5:7] = 0.25
    return aware_sets(
        edited, all_scores(scores, edited.queries), ConsistencyRule(1.0, 0.0, "std", 0.3)
    )


def sets(edited, seed=3, own=OWN, ranked=RANKED, n_neurons=ALL):
    arrays = {query_id: np.array(sorted(chosen)) for query_id, chosen in own.items()}
    found = edit_sets(
        edited, arrays, aware(edited), np.array(ranked, dtype=np.int64), n_neurons, seed
    )
    assert all((np.diff(neurons) > 0).all() for neurons in found.values())
    return {name: set(neurons.tolist()) for name, neurons in found.items()}


def test_consistency_aware_sets_are_chosen_by_all_queries_and_by_those_that_are_not_held_out():
    found = aware(fact())
    # Means of all four: neuron 4 has 0.75, 5 has 0.625, 6 has 0.375.
    assert found["consistency_aware"].neurons.tolist() == [4, 5, 6]
    assert found["consistency_aware_held_out"].neurons.tolist() == [4]
    few = fact(roles={"a": "neighbor", "b": "edited"})
    assert list(aware(few)) == ["consistency_aware"]


def test_every_chosen_set_holds_what_its_queries_hold():
    found = sets(fact())
    assert found["query"] == {2, 30}
    assert found["union"] == {1, 2, 3, 30, 59}
    assert found["union_held_out"] == {1, 2, 30}
    assert found["consistency_aware"] == {4, 5, 6}
    assert found["consistency_aware_held_out"] == {4}
    assert set(found) == set(EDITED_SETS)


def test_without_held_out_queries_there_are_no_held_out_sets():
    found = sets(fact(roles={"a": "neighbor", "b": "edited"}))
    assert set(found) == {name for name in EDITED_SETS if "held_out" not in name}
    assert found["union"] == {1, 2, 30}


def test_random_controls_are_as_large_and_share_no_neuron_with_any_set():
    found = sets(fact())
    inside = set().union(*(found[name] for name in CHOSEN_SETS))
    for name in RANDOM_SETS:
        assert len(found[name]) == len(found[name.removesuffix("_random")])
        assert not found[name] & inside
        assert found[name] <= set(range(ALL))


def test_top_controls_are_the_largest_scores_of_the_edited_query():
    found = sets(fact())
    assert found["consistency_aware_top"] == {30, 2, 7}
    assert found["consistency_aware_held_out_top"] == {30}
    assert found["union_held_out_top"] == {30, 2, 7}
    assert found["union_top"] == {30, 2, 7, 8, 9}
    assert set(TOP_SETS) <= set(found)


def test_controls_have_the_neurons_there_are():
    found = sets(fact(), ranked=[30, 2], own={"b": set(range(7, 40))}, n_neurons=ALL)
    assert found["union_top"] == {30, 2}
    assert len(found["union_random"]) == ALL - 33 - 3
    assert sets(fact(), own={}, ranked=[])["query_random"] == set()


def test_what_is_drawn_depends_on_seed_fact_and_set():
    found = sets(fact())
    assert sets(fact()) == found
    assert sets(fact(), seed=4)["union_random"] != found["union_random"]
    assert sets(fact(name="P1/00001"))["union_random"] != found["union_random"]
    assert found["query_random"] != found["union_held_out_random"]


def test_facts_that_are_not_evaluated_have_no_controls():
    whole = sets(fact())
    assert sets(fact("sequence")) == {name: whole[name] for name in CHOSEN_SETS}
    assert sets(fact("calibration")) == {"query": {2, 30}}


@pytest.fixture
def rows():
    return pd.DataFrame(
        [("q1", 1, 0, 0.25), ("q1", 0, 4, 0.5), ("q2", 0, 1, 9.0), ("q1", 0, 2, 0.5)],
        columns=["query_id", "layer", "neuron", "score"],
    )


def test_neurons_are_told_by_query(rows):
    found = neurons_by_query(rows, 10)
    assert {name: sorted(own.tolist()) for name, own in found.items()} == {
        "q1": [2, 4, 10],
        "q2": [1],
    }
    assert neurons_by_query(rows[:0], 10) == {}


def test_of_equal_scores_the_lower_neuron_comes_first(rows):
    assert ranked_neurons(rows, "q1", 10).tolist() == [2, 4, 10]
    assert ranked_neurons(rows, "q3", 10).tolist() == []
