"""What stands in the table of edits, by set and scorer."""

from math import isnan, nan

import numpy as np
import pytest

from qloc.columns import SCORERS
from qloc.measures.edit_plans import PlannedEdit
from qloc.measures.edit_tables import EditOutcome, edit_rows
from qloc.measures.facts_to_edit import NO_CELLS, FactToEdit, QueryOfFact

QUERIES = (QueryOfFact("P1/0/3", "edited", "A is"), QueryOfFact("P1/0/1", "held_out", "A was"))
FACT = FactToEdit("P1/0", "evaluation", True, "x", "y", QUERIES)
OUTCOME = EditOutcome(
    n_neurons=7,
    metrics={
        "reliability": np.array([1.0, 0.9, 0.8]),
        "generalization_seen": np.array([0.7, 0.6, 0.5]),
        "generalization": np.array([0.4, 0.3, 0.2]),
        "locality": np.array([nan, nan, nan]),
    },
    n_unrelated=0,
    perplexity_before=12.5,
    perplexity_after=14.0,
)


def rows_of(*names, lambdas=(0.5, 0.25)):
    edit = PlannedEdit(FACT, NO_CELLS, names, "raw", 2)
    return list(edit_rows(edit, OUTCOME, lambdas))


def test_an_edit_fills_the_rows_of_every_set_and_scorer():
    rows = rows_of("query", "query_random")
    assert [(row["neuron_set"], row["scorer"]) for row in rows] == [
        (name, scorer) for name in ("query", "query_random") for scorer in SCORERS
    ]
    assert [row["reliability"] for row in rows] == [1.0, 0.9, 0.8] * 2
    assert all(isnan(row["locality"]) for row in rows)
    same = {
        "fact_id": "P1/0",
        "preset": "raw",
        "strength": 2,
        "lambda_1": 0.5,
        "lambda_2": 0.25,
        "query_id": "P1/0/3",
        "n_neurons": 7,
        "n_unrelated": 0,
        "perplexity_before": 12.5,
        "perplexity_after": 14.0,
    }
    assert all(same.items() <= row.items() for row in rows)
    assert rows_of("query", lambdas=(None, None))[0]["lambda_1"] is None


@pytest.mark.parametrize(
    ("neuron_set", "is_scored_seen", "is_scored_held_out"),
    [
        ("query", True, True),
        ("query_random", True, True),
        ("union", True, False),
        ("consistency_aware_random", True, False),
        ("union_top", True, False),
        ("union_held_out", False, True),
        ("consistency_aware_held_out_random", False, True),
        ("consistency_aware_held_out_top", False, True),
    ],
)
def test_a_set_is_scored_on_queries_that_did_not_choose_it(
    neuron_set, is_scored_seen, is_scored_held_out
):
    rows = rows_of(neuron_set)
    expected = [0.7, 0.6, 0.5] if is_scored_seen else [nan] * 3
    assert [row["generalization_seen"] for row in rows] == pytest.approx(expected, nan_ok=True)
    expected = [0.4, 0.3, 0.2] if is_scored_held_out else [nan] * 3
    assert [row["generalization"] for row in rows] == pytest.approx(expected, nan_ok=True)
