"""`summarize-classes` writes every statistic under both criteria, with its intervals."""

import numpy as np
import pytest

from qloc.contracts.class_summaries import CLASS_SUMMARIES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.tables import read_table, write_table

OPTIONS = {"static_threshold": 0.17, "adjusted_level": 0.1, "bootstrap_draws": 200, "seed": 3}


def summaries(run, scores, tmp_path, **changes):
    path = tmp_path / "summaries.parquet"
    run("summarize-classes", scores=scores, summaries=path, **(OPTIONS | changes))
    return read_table(CLASS_SUMMARIES, path).set_index(["criterion", "statistic"])


def test_estimates_are_those_of_the_facts(scored, run, tmp_path):
    found = summaries(run, scored, tmp_path)
    scores = read_table(CONSISTENCY_SCORES, scored)["consistency_score"]
    upper = scores >= 0.17
    static = found.loc["static", "estimate"]
    assert static["threshold"] == 0.17
    assert static["consistent_share"] == upper.mean()
    np.testing.assert_allclose(static["inconsistent_share"], 1 - upper.mean())
    np.testing.assert_allclose(static["mean_consistent"], scores[upper].mean())
    np.testing.assert_allclose(static["mean_inconsistent"], scores[~upper].mean())
    assert found.loc[("static", "mean_consistent"), "n_facts"] == upper.sum()
    assert found.loc[("static", "mean_chance"), "n_relations"] == 3


@pytest.mark.parametrize(("level", "share"), [(0.4, 3 / 7), (0.41, 4 / 7), (1, 6 / 7)])
def test_clearly_inconsistent_is_whose_highest_adjusted_score_lies_below_the_level(
    scored, run, tmp_path, level, share
):
    scores = read_table(CONSISTENCY_SCORES, scored)
    scores["adjusted_highest"] = np.nan
    scores.loc[[0, 1, 2, 9, 10, 17, 18], "adjusted_highest"] = [-0.2, 0.1, 0.4, 0.39, 0.6, 0.9, 1]
    scores["adjusted_consistency_score"] = 0.05  # What decides is how high it may be.
    write_table(CONSISTENCY_SCORES, scores, tmp_path / "known.parquet")
    found = summaries(run, tmp_path / "known.parquet", tmp_path, adjusted_level=level)
    for criterion in ("static", "otsu"):
        row = found.loc[(criterion, "clearly_inconsistent_share")]
        assert row["estimate"] == pytest.approx(share)
        assert (row["n_facts"], row["n_relations"]) == (7, 3)


def test_intervals_hold_what_they_estimate_and_the_threshold_of_otsu_varies(scored, run, tmp_path):
    found = summaries(run, scored, tmp_path)
    rows = found.drop(index=("static", "threshold"))
    for kind in ("", "simultaneous_", "conditional_"):
        assert (rows[f"{kind}ci_low"] <= rows["estimate"]).all()
        assert (rows["estimate"] <= rows[f"{kind}ci_high"]).all()
        assert (rows[f"{kind}ci_low"] < rows[f"{kind}ci_high"]).all()
    assert (rows["simultaneous_ci_low"] <= rows["ci_low"]).all()
    assert (rows["ci_high"] <= rows["simultaneous_ci_high"]).all()
    assert (rows["simultaneous_ci_low"] < rows["ci_low"]).any()
    assert np.isnan(found.loc[("static", "threshold"), "ci_low"])


def test_both_criteria_see_the_same_draws(scored, run, tmp_path):
    found = summaries(run, scored, tmp_path)
    means = ["mean_consistency_score", "mean_chance", "mean_adjusted"]
    assert found.loc["static"].loc[means].equals(found.loc["otsu"].loc[means])


def test_one_relation_has_conditional_intervals_only(scored, run, tmp_path):
    scores = read_table(CONSISTENCY_SCORES, scored)
    write_table(CONSISTENCY_SCORES, scores[scores["relation"] == "P8"], tmp_path / "one.parquet")
    found = summaries(run, tmp_path / "one.parquet", tmp_path)
    assert found["ci_low"].isna().all()
    assert np.isfinite(found.loc[("static", "mean_consistency_score"), "conditional_ci_high"])


def test_no_fact_has_no_estimates(scored, run, tmp_path):
    scores = read_table(CONSISTENCY_SCORES, scored)
    write_table(CONSISTENCY_SCORES, scores[:0], tmp_path / "none.parquet")
    found = summaries(run, tmp_path / "none.parquet", tmp_path)
    assert found.drop(index=("static", "threshold"))["estimate"].isna().all()
    assert (found["n_facts"] == 0).all()
