"""What it cost, as a reader sees it: stages in the order of the study, sums below; by hand."""

import numpy as np
import pandas as pd
import pytest

from qloc.contracts.stage_costs import STAGE_COSTS
from qloc.figures.stage_cost_tables import space_cells, stage_cost_rows, work_cells
from qloc.tables import empty


@pytest.fixture
def rows(study):
    costs = study["stage_costs"]
    return stage_cost_rows(pd.concat([costs.assign(model=name) for name in ("z", "a")]))


def test_stages_stand_in_the_order_of_the_study_and_all_of_them_last(rows):
    stages = [
        ("train_tiny_model", ""),
        ("answer_queries", ""),
        ("attribute_neurons", "ig"),
        ("attribute_neurons", "sig"),
        ("attribute_neurons", "amig"),
        ("all", ""),
    ]
    expected = [(model, *stage) for model in ("z", "a") for stage in stages]
    assert list(zip(rows["model"], rows["rule"], rows["method"], strict=True)) == expected


def test_all_stages_together_are_sums_and_the_largest(rows):
    row = rows.iloc[5]
    assert row["n_jobs"] == 1 + 3 * 4
    assert row["wall_seconds"] == 60 + 12 + 20 + 50 + 30
    assert row["cpu_seconds"] == 40 + 18 + 45 + 27
    assert row["operations"] == 2e12 + 4e12 + 9e12 + 6e12
    assert row["memory"] == 600_000_000
    assert row["planned_memory"] == 900_000_000
    assert row["output"] == 5_000_000 + 40_000 + 3 * 2_000_000
    assert np.isnan(row["n_queries"])


def test_the_rate_of_all_stages_leaves_out_time_that_was_not_planned(rows):
    assert rows["operations_per_second"].iloc[5] == pytest.approx(21e12 / (60 + 20 + 50 + 30))


def test_a_reader_sees_work_and_time(rows):
    cells = work_cells(rows)
    assert cells.iloc[3].to_dict() == {
        "model, stage": "z: attribute neurons, SIG",
        "jobs": "3",
        "queries": "1,152",
        "planned work, TFLOP": "9.000",
        "wall time of the jobs, s": "50.0",
        "CPU time seen, s": "45.0",
        "GFLOP/s": "180.0",
    }
    assert cells.iloc[1].to_dict() == {
        "model, stage": "z: answer queries",
        "jobs": "3",
        "queries": "not planned",
        "planned work, TFLOP": "not planned",
        "wall time of the jobs, s": "12.0",
        "CPU time seen, s": "not seen",
        "GFLOP/s": "not planned",
    }
    assert (cells != "").all(axis=None)
    assert cells["model, stage"].iloc[-1] == "a: all stages"


def test_a_reader_sees_memory_and_disk_beside_their_plan(rows):
    cells = space_cells(rows)
    assert cells.iloc[3].to_dict() == {
        "model, stage": "z: attribute neurons, SIG",
        "planned memory, MB": "900",
        "seen, MB": "600",
        "planned / seen": "1.50 ×",
        "planned files, MB": "1.00",
        "written, MB": "2.00",
        "planned / written": "0.50 ×",
    }
    assert cells["seen, MB"].iloc[1] == "not seen"
    assert cells["planned / seen"].iloc[1] == "not defined"


def test_no_costs_are_no_rows():
    rows = stage_cost_rows(empty(STAGE_COSTS).assign(model=""))
    assert len(rows) == 0
