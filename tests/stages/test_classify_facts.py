"""`classify-facts` cuts the scores by both criteria."""

import pandas as pd

from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.measures.thresholds import otsu_threshold
from qloc.tables import read_table, write_table


def test_facts_at_the_threshold_are_consistent_under_both_criteria(scored, run, tmp_path):
    scores = read_table(CONSISTENCY_SCORES, scored)
    cut = float(scores["consistency_score"].iloc[4])
    run("classify-facts", scores=scored, static_threshold=cut, classes=tmp_path / "c.parquet")
    classes = read_table(CONSISTENCY_CLASSES, tmp_path / "c.parquet")
    assert len(classes) == 2 * len(scores)
    otsu = otsu_threshold(scores["consistency_score"].to_numpy())
    for criterion, threshold in (("static", cut), ("otsu", otsu)):
        group = classes[classes["criterion"] == criterion]
        assert (group["threshold"] == threshold).all()
        assert (group["is_consistent"] == (group["consistency_score"] >= threshold)).all()
        assert 0 < group["is_consistent"].sum() < len(group)


def test_facts_without_a_score_and_equal_scores_have_no_otsu_class(scored, run, tmp_path):
    scores = read_table(CONSISTENCY_SCORES, scored).assign(consistency_score=0.25)
    scores.loc[:5, "consistency_score"] = float("nan")
    write_table(CONSISTENCY_SCORES, scores, tmp_path / "s.parquet")
    classes = tmp_path / "c.parquet"
    run("classify-facts", scores=tmp_path / "s.parquet", static_threshold=0.4, classes=classes)
    found = read_table(CONSISTENCY_CLASSES, classes)
    assert found["criterion"].unique().tolist() == ["static"]
    assert len(found) == len(scores) - 6
    assert not found["is_consistent"].any()


def test_no_fact_gives_no_class(scored, run, tmp_path):
    scores = read_table(CONSISTENCY_SCORES, scored).iloc[:0]
    write_table(CONSISTENCY_SCORES, scores, tmp_path / "s.parquet")
    classes = tmp_path / "c.parquet"
    run("classify-facts", scores=tmp_path / "s.parquet", static_threshold=0.4, classes=classes)
    assert pd.read_parquet(classes).empty
