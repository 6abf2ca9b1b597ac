"""Table 6 holds medians of what was measured."""

import numpy as np
import pandas as pd
import pytest

from qloc.figures.cost_tables import cost_cells, cost_rows


def measured(operation, query, seconds, memory=(2e6, 2e6), value="activation"):
    return [
        ("m", value, operation, query, repeat, "cpu", *pair)
        for repeat, pair in enumerate(zip(seconds, memory, strict=True))
    ]


@pytest.fixture
def rows():
    """Two queries of one model, measured twice each."""
    columns = ["model", "value", "operation", "query_id", "repeat", "device", "seconds"]
    costs = pd.DataFrame(
        [
            *measured("suppress", "a", [0.012, 0.016], [3e6, 5e6]),
            *measured("suppress", "b", [0.060, 0.080], [7e6, 9e6]),
            *measured("none", "a", [0.010, 0.010]),
            *measured("none", "b", [0.030, 0.040]),
            *measured("none", "a", [1.0, 3.0], [np.nan, np.nan], "attribution"),
        ],
        columns=[*columns, "peak_memory"],
    )
    return cost_rows(costs)


def test_nothing_done_stands_first(rows):
    assert rows[["value", "operation"]].to_numpy().tolist() == [
        ["activation", "none"],
        ["activation", "suppress"],
        ["attribution", "none"],
    ]


def test_medians_are_of_repeats_then_of_queries(rows):
    row = rows.iloc[1]
    assert row["seconds"] == pytest.approx((0.014 + 0.070) / 2)
    assert row["least_seconds"] == pytest.approx(0.014)
    assert row["most_seconds"] == pytest.approx(0.070)
    assert row["relative_seconds"] == pytest.approx((1.4 + 2.0) / 2)
    assert row["peak_memory"] == pytest.approx(6e6)
    assert row["most_peak_memory"] == pytest.approx(8e6)
    assert rows["n_queries"].tolist() == [2, 2, 1]
    assert rows["n_repeats"].tolist() == [2, 2, 2]
    assert rows["relative_seconds"].tolist()[::2] == [1, 1]


def test_a_reader_sees_milliseconds_and_megabytes(rows):
    cells = cost_cells(rows)
    assert cells.iloc[1].to_dict() == {
        "model, values read": "m, activation",
        "synapses": "suppress",
        "ms per query [least, most]": "42.0 [14.0, 70.0]",
        "relative to none": "1.70 ×",
        "peak memory, MB": "6.0",
        "at most, MB": "8.0",
        "measured": "2 queries × 2",
        "device": "cpu",
    }
    assert cells["peak memory, MB"].iloc[2] == "not defined"


def test_every_model_stands_in_the_order_of_the_study(study):
    costs = study["manipulation_costs"]
    both = pd.concat([costs.assign(model=name) for name in ("z", "a")])
    rows = cost_rows(both)
    assert rows["model"].tolist() == ["z"] * 6 + ["a"] * 6
    assert rows["operation"].tolist() == ["none", "suppress", "enhance"] * 4
