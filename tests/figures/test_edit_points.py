"""Edits as points: one row for each, all its metrics beside each other."""

import numpy as np
import pandas as pd
import pytest

from qloc.figures.edit_points import points, set_judged

KEY = ["method", "operation", "preset", "strength", "fact_class", "neuron_set"]


@pytest.fixture
def summaries(study):
    return study["edit_summaries"]


def test_every_edit_of_a_class_is_one_row_by_the_first_token(summaries):
    found = points(summaries)
    # Five chosen sets at five strengths of two presets, nine controls at the two chosen ones.
    assert len(found) == 2 * 2 * (5 * 5 + 9 * 2)
    assert set(found["scorer"]) == {"first_token"}
    assert set(found["fact_class"]) == {"consistent", "inconsistent"}


def test_metrics_stand_beside_each_other_with_their_intervals(summaries):
    rows = points(summaries).set_index(KEY).sort_index()
    place = ("ig", "update", "calibrated", 1, "inconsistent", "union_held_out")
    row = rows.loc[place]
    long = summaries[summaries["scorer"] == "first_token"].set_index([*KEY, "metric"]).sort_index()
    for metric in ("reliability", "generalization", "locality", "perplexity_change"):
        own = long.loc[(*place, metric)]
        assert (row[metric], row[f"{metric}_n_facts"]) == (own["mean"], own["n_facts"])
        assert row[f"{metric}_ci_low"] == own["ci_low"]
        assert row[f"{metric}_ci_high"] == own["ci_high"]
    assert (row["lambda_1"], row["lambda_2"]) == (0.5, 0.5)
    assert not row["is_chosen"]
    assert pd.isna(row["generalization_seen"])


def test_a_perplexity_too_large_for_a_number_is_noticed(summaries):
    assert not points(summaries)["is_perplexity_partial"].any()
    is_rise = summaries["metric"] == "perplexity_change"
    is_union = (summaries["neuron_set"] == "union") & (summaries["preset"] == "paper")
    summaries.loc[is_rise & is_union, "n_facts"] -= 1
    found = points(summaries)
    assert set(found.loc[found["is_perplexity_partial"], "neuron_set"]) == {"union"}
    assert set(found.loc[found["is_perplexity_partial"], "preset"]) == {"paper"}
    nothing_left = summaries["mean"].mask(is_rise & is_union, np.nan)
    found = points(summaries.assign(mean=nothing_left))
    assert set(found.loc[found["is_perplexity_partial"], "neuron_set"]) == {"union"}


@pytest.mark.parametrize(
    ("name", "gain", "judged"),
    [
        ("query", "generalization", "query"),
        ("union", "generalization", "union_held_out"),
        ("union", "generalization_seen", "union"),
    ],
)
def test_held_out_queries_judge_sets_that_they_did_not_choose(name, gain, judged):
    assert set_judged(name, gain) == judged
