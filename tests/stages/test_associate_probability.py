"""`associate-probability` correlates within relation and number of queries."""

import pytest
from scipy import stats

from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.probability_associations import PROBABILITY_ASSOCIATIONS
from qloc.tables import read_table, write_table


def associations(run, scores, tmp_path):
    path = tmp_path / "associations.parquet"
    run("associate-probability", scores=scores, bootstrap_draws=200, seed=3, associations=path)
    return read_table(PROBABILITY_ASSOCIATIONS, path).set_index("stratum")


def test_a_relation_with_one_number_of_queries_has_the_correlation_of_spearman(
    scored, run, tmp_path
):
    found = associations(run, scored, tmp_path)
    scores = read_table(CONSISTENCY_SCORES, scored)
    own = scores[scores["relation"] == "P9"]
    expected = stats.spearmanr(own["adjusted_consistency_score"], own["mean_answer_probability"])
    assert found.loc["P9", "correlation"] == pytest.approx(expected.statistic)
    assert found["n_facts"].to_dict() == {"P7": 8, "P8": 8, "P9": 8, "all": 24}
    assert (found["ci_low"] < found["ci_high"]).all()


def test_facts_are_compared_within_their_number_of_queries(scored, run, tmp_path):
    scores = read_table(CONSISTENCY_SCORES, scored)
    rising = scores["n_queries"] * 0.1 + scores["fact_id"].rank() / 1000
    falling = scores["n_queries"] * 0.1 - scores["fact_id"].rank() / 1000
    scores = scores.assign(
        n_queries=[2, 3] * 12, adjusted_consistency_score=rising, mean_answer_probability=falling
    )
    write_table(CONSISTENCY_SCORES, scores, tmp_path / "s.parquet")
    found = associations(run, tmp_path / "s.parquet", tmp_path)
    assert found.loc["all", "correlation"] < 0


def test_too_few_facts_have_no_correlation(scored, run, tmp_path):
    scores = read_table(CONSISTENCY_SCORES, scored)
    write_table(CONSISTENCY_SCORES, scores[:2], tmp_path / "s.parquet")
    found = associations(run, tmp_path / "s.parquet", tmp_path)
    assert found["n_facts"].tolist() == [2, 2]
    assert found[["correlation", "ci_low", "ci_high"]].isna().all(axis=None)
