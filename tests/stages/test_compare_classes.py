"""`compare-classes` compares both classes in all and by relation."""

import numpy as np
import pytest
from scipy import stats

from qloc.contracts.class_comparisons import CLASS_COMPARISONS
from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.tables import empty, read_table, write_table


@pytest.fixture
def comparisons(scored, run, tmp_path):
    """Comparisons of the small study at a static threshold of 0.17."""
    run("classify-facts", scores=scored, static_threshold=0.17, classes=tmp_path / "c.parquet")
    run("compare-classes", scores=scored, classes=tmp_path / "c.parquet", bootstrap_draws=200,
        seed=3, comparisons=tmp_path / "d.parquet")  # fmt: skip
    table = read_table(CLASS_COMPARISONS, tmp_path / "d.parquet")
    return table.set_index(["relation", "criterion", "measure"])


def test_every_measure_is_compared_in_all_and_in_each_relation(comparisons):
    assert len(comparisons) == 4 * 2 * 6


def test_all_facts_are_compared_as_scipy_does(scored, comparisons):
    scores = read_table(CONSISTENCY_SCORES, scored)
    upper = scores["consistency_score"] >= 0.17
    for measure in ("mean_jaccard", "mean_answer_probability"):
        first, second = scores.loc[upper, measure], scores.loc[~upper, measure]
        expected = stats.ttest_ind(first, second, equal_var=False)
        row = comparisons.loc[("all", "static", measure)]
        assert row["n_consistent"] == upper.sum()
        np.testing.assert_allclose(row["difference"], first.mean() - second.mean())
        np.testing.assert_allclose(row["sanity_t"], expected.statistic)
        np.testing.assert_allclose(row["sanity_degrees_of_freedom"], expected.df)
        np.testing.assert_allclose(row["sanity_p_value"], expected.pvalue)


def test_a_relation_is_compared_by_its_own_facts(scored, comparisons):
    scores = read_table(CONSISTENCY_SCORES, scored)
    own = scores[scores["relation"] == "P8"]
    upper = own["consistency_score"] >= 0.17
    row = comparisons.loc[("P8", "static", "mean_jaccard")]
    assert (row["n_consistent"], row["n_inconsistent"]) == (upper.sum(), (~upper).sum())
    means = own.loc[upper, "mean_jaccard"].mean(), own.loc[~upper, "mean_jaccard"].mean()
    np.testing.assert_allclose(row["difference"], means[0] - means[1])


def test_intervals_of_the_score_itself_hold_its_difference(comparisons):
    rows = comparisons.xs("consistency_score", level="measure").dropna(subset=["ci_low"])
    assert ("all", "otsu") in rows.index
    assert ((rows["ci_low"] <= rows["difference"]) & (rows["difference"] <= rows["ci_high"])).all()


def test_no_class_gives_no_comparison(scored, run, tmp_path):
    write_table(CONSISTENCY_CLASSES, empty(CONSISTENCY_CLASSES), tmp_path / "c.parquet")
    run("compare-classes", scores=scored, classes=tmp_path / "c.parquet", bootstrap_draws=20,
        seed=3, comparisons=tmp_path / "d.parquet")  # fmt: skip
    assert read_table(CLASS_COMPARISONS, tmp_path / "d.parquet").empty
