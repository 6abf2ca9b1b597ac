"""Edited facts are read with their queries, and sets with their neurons."""

import pandas as pd
import pytest

from qloc.errors import StudyError
from qloc.measures.facts_to_edit import QueryOfFact, cells_by_set, facts_to_edit

QUERIES = pd.DataFrame(
    [
        ("P2/1/00", "Two lies in"),
        ("P1/7/02", "The land of One is"),
        ("P1/7/00", "One lies in"),
        ("P1/7/01", "One finds One in"),
        ("P1/8/00", "not edited"),
    ],
    columns=["query_id", "prompt"],
)
EDITED = pd.DataFrame(
    [
        ("P2/1", "evaluation", True, "Oslo", "Rome", 4),
        ("P1/7", "sequence", False, "Lyon", "Nice", 3),
    ],
    columns=["fact_id", "role", "is_consistent", "answer", "target", "n_queries"],
)
ASKED = pd.DataFrame(
    [
        ("P1/7/02", "P1/7", "neighbor"),
        ("P1/7/01", "P1/7", "edited"),
        ("P2/1/00", "P2/1", "edited"),
        ("P1/7/00", "P1/7", "neighbor"),
    ],
    columns=["query_id", "fact_id", "role"],
)


def test_the_edited_query_stands_first_and_the_others_are_sorted():
    one, two = facts_to_edit(EDITED, ASKED, QUERIES)
    assert (one.fact_id, one.role, one.is_consistent) == ("P1/7", "sequence", False)
    assert (one.answer, one.target) == ("Lyon", "Nice")
    assert one.queries == (
        QueryOfFact("P1/7/01", "edited", "One finds One in"),
        QueryOfFact("P1/7/00", "neighbor", "One lies in"),
        QueryOfFact("P1/7/02", "neighbor", "The land of One is"),
    )
    assert two.queries == (QueryOfFact("P2/1/00", "edited", "Two lies in"),)
    assert two.is_consistent is True


def test_files_of_different_runs_are_refused():
    with pytest.raises(StudyError, match="The edited queries hold query P1/7/00, which"):
        facts_to_edit(EDITED, ASKED, QUERIES.drop(index=2))


def test_every_set_that_is_not_empty_has_its_neurons_in_order():
    rows = [
        ("P1/7", "union", 1, 5),
        ("P1/7", "query", 1, 5),
        ("P1/7", "union", 0, 9),
        ("P2/1", "union", 0, 3),
        ("P1/7", "union", 1, 2),
    ]
    sets = pd.DataFrame(rows, columns=["fact_id", "neuron_set", "layer", "neuron"])
    found = {
        place: list(zip(cells.layers.tolist(), cells.neurons.tolist(), strict=True))
        for place, cells in cells_by_set(sets).items()
    }
    assert found == {
        ("P1/7", "query"): [(1, 5)],
        ("P1/7", "union"): [(0, 9), (1, 2), (1, 5)],
        ("P2/1", "union"): [(0, 3)],
    }
