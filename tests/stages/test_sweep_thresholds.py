"""`sweep-thresholds` counts inconsistent facts at every pair of thresholds."""

import numpy as np
import pytest

from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.threshold_sweeps import THRESHOLD_SWEEPS
from qloc.tables import read_table


@pytest.fixture
def sweep(attributed, run, tmp_path):
    """A sweep over three selection thresholds; 0.3 is the study's own."""
    inputs = {key: attributed[key] for key in ("attributions", "answers", "queries")}
    run("sweep-thresholds", **inputs, selection_thresholds="0.5 0.1 0.3", consistency_start=0.1,
        consistency_stop=0.5, consistency_step=0.05, chance_draws=9, bootstrap_draws=100, seed=5,
        sweep=tmp_path / "sweep.parquet")  # fmt: skip
    return read_table(THRESHOLD_SWEEPS, tmp_path / "sweep.parquet")


def test_every_pair_of_thresholds_has_a_row(sweep):
    assert len(sweep) == 3 * 9
    assert sweep["selection_threshold"].unique().tolist() == [0.1, 0.3, 0.5]
    assert sweep["consistency_threshold"].unique().tolist() == [
        0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5
    ]  # fmt: skip


def test_at_the_studys_own_threshold_it_says_what_the_scores_say(scored, sweep):
    scores = read_table(CONSISTENCY_SCORES, scored)
    own = sweep[sweep["selection_threshold"] == 0.3]
    for row in own.itertuples():
        cut = row.consistency_threshold
        assert row.n_facts == 24
        assert row.inconsistent_share == pytest.approx((scores["consistency_score"] < cut).mean())
        adjusted = scores["adjusted_consistency_score"]
        assert row.adjusted_inconsistent_share == pytest.approx((adjusted < cut).mean())
        assert row.mean_consistency_score == pytest.approx(scores["consistency_score"].mean())
        assert row.mean_adjusted_consistency_score == pytest.approx(adjusted.mean())


def test_shares_rise_with_the_consistency_threshold_and_lie_in_their_intervals(sweep):
    for _, group in sweep.groupby("selection_threshold"):
        assert (np.diff(group["inconsistent_share"]) >= 0).all()
        assert (np.diff(group["adjusted_inconsistent_share"]) >= 0).all()
    for share, low, high in (
        ("inconsistent_share", "ci_low", "ci_high"),
        ("adjusted_inconsistent_share", "adjusted_ci_low", "adjusted_ci_high"),
    ):
        has_interval = sweep[low].notna()
        assert has_interval.any()
        assert sweep[share][~has_interval].isin([0, 1]).all()
        inside = (sweep[low] <= sweep[share]) & (sweep[share] <= sweep[high])
        assert inside[has_interval].all()
    assert (sweep["ci_low"] < sweep["ci_high"]).any()


def test_intervals_of_ten_claims_hold_those_of_one(sweep):
    low, high, lowest, highest = (
        sweep[f"adjusted_{name}"]
        for name in ("ci_low", "ci_high", "simultaneous_ci_low", "simultaneous_ci_high")
    )
    assert lowest.notna().equals(low.notna())
    has_interval = low.notna()
    assert ((lowest <= low) & (high <= highest))[has_interval].all()
    assert (lowest < low).any()
    assert (high < highest).any()


def test_a_lower_selection_threshold_gives_other_scores(sweep):
    means = sweep.groupby("selection_threshold")["mean_consistency_score"].first()
    assert means.nunique() == 3
