"""Costs of stages are sums over their jobs, beside the plan; by hand."""

import numpy as np
import pandas as pd
import pytest

from qloc.measures.stage_costs import stage_costs

JOBS = pd.DataFrame(
    [
        ("attribute_neurons", "sig", 10.0, 8.0, 300.0),
        ("attribute_neurons", "ig", 4.0, 3.0, 700.0),
        ("attribute_neurons", "sig", 30.0, None, None),
        ("answer_queries", "", 0.5, None, None),
    ],
    columns=["rule", "method", "wall_seconds", "cpu_seconds", "memory"],
)
SIZES = pd.DataFrame(
    [("attribute_neurons", "sig", 1000), ("attribute_neurons", "sig", 24), ("edit_facts", "ig", 7)],
    columns=["rule", "method", "output"],
)
PLAN = pd.DataFrame(
    [
        ("attribute_neurons", "sig", 5, 120.0, 400, 600),
        ("attribute_neurons", "sig", 7, 80.0, 900, 412),
        ("attribute_neurons", "ig", 12, 8.0, 800, 50),
        ("edit_facts", "ig", 1, 1.0, 1, 1),
    ],
    columns=["rule", "method", "n_queries", "operations", "memory_bytes", "output_bytes"],
)


@pytest.fixture
def rows():
    return stage_costs(JOBS, SIZES, PLAN, 0.75).set_index(["rule", "method"])


def test_jobs_of_a_stage_are_added_up_and_the_largest_counts(rows):
    row = rows.loc[("attribute_neurons", "sig")]
    assert (row["n_jobs"], row["wall_seconds"]) == (2, 40)
    assert (row["cpu_seconds"], row["memory"]) == (8, 300)
    assert row["output"] == 1024


def test_the_plan_of_a_stage_stands_beside_it(rows):
    row = rows.loc[("attribute_neurons", "sig")]
    assert (row["n_queries"], row["operations"]) == (12, 200)
    assert (row["planned_memory"], row["planned_output"]) == (900, 1012)
    assert row["operations_per_second"] == 200 / 40
    assert rows.loc[("attribute_neurons", "ig"), "operations_per_second"] == 8 / 4
    assert (rows["known_share"] == 0.75).all()


def test_what_was_not_planned_or_not_seen_is_missing(rows):
    row = rows.loc[("answer_queries", "")]
    assert row["wall_seconds"] == 0.5
    assert np.isnan(row[["operations", "operations_per_second", "cpu_seconds", "memory"]]).all()
    assert row["output"] == 0


def test_only_what_ran_is_a_stage(rows):
    assert ("edit_facts", "ig") not in rows.index


def test_the_order_of_jobs_changes_nothing(rows):
    again = stage_costs(JOBS[::-1], SIZES[::-1], PLAN[::-1], 0.75).set_index(["rule", "method"])
    pd.testing.assert_frame_equal(rows, again.loc[rows.index])
