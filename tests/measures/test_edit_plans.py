"""Which edits are made, and that none is made twice."""

import numpy as np
import pytest

from qloc.contracts.neuron_sets import CHOSEN_SETS, EDITED_SETS
from qloc.measures.edit_plans import planned_edits, sets_to_edit
from qloc.measures.facts_to_edit import Cells, FactToEdit, QueryOfFact


def make_fact(*roles):
    queries = tuple(QueryOfFact(f"P1/0/{n}", role, "A is") for n, role in enumerate(roles))
    return FactToEdit("P1/0", "evaluation", True, "x", "y", queries)


def make_cells(*places):
    layers, neurons = np.array(places, dtype=np.int64).reshape(-1, 2).T
    return Cells(layers, neurons)


FACT = make_fact("edited", "used", "held_out", "held_out")


def test_a_fact_without_held_out_queries_has_no_held_out_sets():
    assert sets_to_edit(FACT) == EDITED_SETS
    assert sets_to_edit(make_fact("edited", "neighbor", "neighbor")) == (
        "query", "union", "consistency_aware",
        "query_random", "union_random", "consistency_aware_random",
        "union_top", "consistency_aware_top",
    )  # fmt: skip


def test_chosen_sets_are_edited_at_all_strengths_and_controls_at_the_chosen_one():
    cells = {("P1/0", name): make_cells((0, n)) for n, name in enumerate(EDITED_SETS)}
    edits = planned_edits(FACT, EDITED_SETS, cells, {"a": 3, "b": 1}, {"a": 2, "b": 0})
    found = {(name, edit.preset, edit.strength) for edit in edits for name in edit.neuron_sets}
    assert found == {
        (name, preset, strength)
        for name in EDITED_SETS
        for preset, strength in [("a", 0), ("a", 1), ("a", 2), ("b", 0)]
        if name in CHOSEN_SETS or (preset, strength) in [("a", 2), ("b", 0)]
    }
    assert len(edits) == len(found) == 5 * 4 + 9 * 2
    assert all(edit.fact is FACT for edit in edits)
    for edit in edits:
        assert edit.cells is cells["P1/0", edit.neuron_sets[0]]


def test_equal_sets_are_edited_once():
    same = make_cells((0, 3), (1, 3))
    cells = {
        ("P1/0", "query"): same,
        ("P1/0", "union"): make_cells((0, 3), (1, 4)),
        ("P1/0", "union_held_out"): make_cells((0, 3), (1, 3)),
        ("P1/0", "union_top"): same,
        ("P1/1", "consistency_aware"): same,
    }
    names = ["query", "union", "consistency_aware", "union_held_out", "union_top"]
    edits = planned_edits(FACT, names, cells, {"a": 2}, {"a": 1})
    assert {(edit.neuron_sets, edit.strength) for edit in edits} == {
        (("query", "union_held_out"), 0),
        (("query", "union_held_out", "union_top"), 1),
        (("union",), 0),
        (("union",), 1),
        (("consistency_aware",), 0),
        (("consistency_aware",), 1),
    }
    sizes = {edit.neuron_sets[0]: len(edit.cells.layers) for edit in edits}
    assert sizes == {"query": 2, "union": 2, "consistency_aware": 0}


@pytest.mark.parametrize("other", [make_cells((3, 0), (3, 1)), make_cells((0, 3))])
def test_layers_and_neurons_are_not_mixed_up(other):
    cells = {("P1/0", "query"): make_cells((0, 3), (1, 3)), ("P1/0", "union"): other}
    assert len(planned_edits(FACT, ["query", "union"], cells, {"a": 1}, {})) == 2
