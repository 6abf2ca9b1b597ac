"""Table 7 holds means and deviations over runs, after the last edit."""

import numpy as np
import pandas as pd
import pytest

from qloc.figures.sequence_tables import sequence_rows, sequence_tables

METRICS = ["reliability", "generalization_seen", "locality"]


def sequence(run, metrics, after, scorer="first_token", **changed):
    """One run's last look."""
    return {
        "model": "m",
        "method": "ig",
        "operation": "update",
        "run": run,
        "neuron_set": "union",
        "preset": "calibrated",
        "n_edited": 100,
        "scorer": scorer,
        "strength": 1,
        "lambda_1": 0.5,
        "lambda_2": 0.5,
        "is_last": True,
        "no_edit_share": 0.125 * run,
        **dict(zip(METRICS, metrics, strict=True)),
        "perplexity_before": 80.0,
        "perplexity_after": after,
    } | changed


@pytest.fixture
def sequences():
    """Two runs; a look on the way, too."""
    return pd.DataFrame(
        [
            sequence(0, [0.9, 0.6, 0.3], 100),
            sequence(1, [0.7, 0.2, 0.6], 140),
            sequence(0, [1, 1, 1], 80, n_edited=30, is_last=False),
        ]
    )


def test_metrics_are_means_and_deviations_over_runs_after_the_last_edit(sequences):
    [row] = sequence_rows(sequences).to_dict("records")
    assert (row["n_runs"], row["n_facts"], row["runs_without_perplexity"]) == (2, 100, 0)
    assert row["reliability"] == pytest.approx(0.8)
    assert row["reliability_sd"] == pytest.approx(np.sqrt(2 * 0.1**2))
    assert row["generalization_seen"] == pytest.approx(0.4)
    assert row["locality"] == pytest.approx(0.45)
    assert row["average"] == pytest.approx((0.6 + 0.5) / 2)
    assert row["average_sd"] == pytest.approx(np.sqrt(2 * 0.05**2))
    assert row["perplexity_change"] == pytest.approx((0.25 + 0.75) / 2)
    assert row["perplexity_change_sd"] == pytest.approx(np.sqrt(2 * 0.25**2))
    assert row["no_edit_share"] == pytest.approx(0.0625)


def test_a_reader_sees_deviations_and_percent(sequences):
    [table] = sequence_tables(sequence_rows(sequences))
    assert table.caption == "m, IG: update, by first token"
    assert table.cells.to_dict("records") == [
        {
            "preset, set": "calibrated, union",
            "strength": "λ₁ = 0.5, λ₂ = 0.5",
            "Rel": "0.80 ± 0.14",
            "Gen": "0.40 ± 0.28",
            "Loc": "0.45 ± 0.21",
            "Avg": "0.55 ± 0.07",
            "ΔPPL, %": "50.0 ± 35.4",
            "empty sets, %": "6.2",
            "edited": "100 facts × 2 runs",
        }
    ]


def test_a_perplexity_beyond_numbers_is_said_and_not_left_out_of_the_mean(sequences):
    sequences.loc[1, "perplexity_after"] = np.nan
    rows = sequence_rows(sequences)
    assert rows["perplexity_change"].isna().all()
    [table] = sequence_tables(rows)
    assert table.cells["ΔPPL, %"].tolist() == ["beyond numbers in 1 of 2 runs"]


def test_a_metric_that_a_run_lacks_is_missing_and_one_run_has_no_deviation(sequences):
    sequences.loc[1, "locality"] = np.nan
    [table] = sequence_tables(sequence_rows(sequences))
    assert table.cells[["Loc", "Avg"]].to_numpy().tolist() == [["not defined"] * 2]
    [table] = sequence_tables(sequence_rows(sequences[:1]))
    assert table.cells.loc[0, ["Rel", "ΔPPL, %", "edited"]].tolist() == [
        "0.90",
        "25.0",
        "100 facts × 1 run",
    ]


def test_a_scorer_is_shown_where_it_says_what_no_other_says(sequences):
    same = sequences.assign(scorer="token_accuracy")
    other = sequences.assign(scorer="exact_match", reliability=0.25)
    rows = sequence_rows(pd.concat([other, same, sequences]))
    tables = sequence_tables(rows)
    assert len(rows) == 3
    assert [table.caption for table in tables] == [
        "m, IG: update, by first token",
        "m, IG: update, by exact match",
    ]
    assert tables[1].cells["Rel"].tolist() == ["0.25 ± 0.00"]


def test_sets_stand_in_the_order_of_the_paper_and_its_preset_first(study):
    every = study["edit_sequences"]
    both = pd.concat([every.assign(model=name, method="ig") for name in ("z", "a")])
    rows = sequence_rows(both)
    assert rows["model"].drop_duplicates().tolist() == ["z", "a"]
    tables = sequence_tables(rows)
    assert tables[0].cells["preset, set"].tolist() == [
        f"{preset}, {name}"
        for preset in ("paper", "calibrated")
        for name in ("query", "union", "consistency aware")
    ]
    erased = tables[0].cells.set_index("preset, set")["strength"]
    assert erased.iloc[0] == "set to 0"
