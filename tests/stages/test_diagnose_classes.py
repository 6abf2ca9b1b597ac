"""`diagnose-classes` writes the five diagnostics beside those of one hump."""

from qloc.contracts.class_diagnostics import CLASS_DIAGNOSTICS
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.measures.thresholds import otsu_threshold
from qloc.tables import read_table, write_table


def diagnostics(run, scores, tmp_path):
    path = tmp_path / "diagnostics.parquet"
    run("diagnose-classes", scores=scores, simulations=40, seed=3, diagnostics=path)
    return read_table(CLASS_DIAGNOSTICS, path).set_index("diagnostic")


def test_facts_are_diagnosed_beside_their_reference(scored, run, tmp_path):
    found = diagnostics(run, scored, tmp_path)
    scores = read_table(CONSISTENCY_SCORES, scored)["consistency_score"]
    share = (scores < otsu_threshold(scores.to_numpy())).mean()
    assert found.loc["inconsistent_share", "value"] == share
    assert (found["n_facts"] == 24).all()
    assert (found["reference_low"] < found["reference_high"]).all()
    assert found["p_value"].between(1 / 41, 1).all()


def test_scores_that_do_not_vary_have_missing_diagnostics(scored, run, tmp_path):
    scores = read_table(CONSISTENCY_SCORES, scored)
    scores = scores.assign(n_neurons_any=4, n_neurons_shared=1, consistency_score=0.25)
    write_table(CONSISTENCY_SCORES, scores, tmp_path / "s.parquet")
    found = diagnostics(run, tmp_path / "s.parquet", tmp_path)
    assert found[["value", "reference_median", "p_value"]].isna().all(axis=None)
