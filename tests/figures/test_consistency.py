"""Fig. 3 shows every fact at its score, by relation, with mean, chance and thresholds."""

import numpy as np
import pytest

from qloc.figures import consistency, style


def drawn_points(axes, kind):
    """Scores of the points of one class, in all columns."""
    found = [
        line.get_ydata()
        for line in axes.lines
        if line.get_marker() == style.CLASS_MARK[kind] and line.get_markersize() == 1.8
    ]
    return np.sort(np.concatenate(found))


@pytest.fixture
def axes(study):
    tables = ("consistency_scores", "consistency_classes", "class_summaries")
    return consistency.draw(*(study[name] for name in tables)).axes[0]


def test_every_fact_is_a_point_of_its_class_twice_in_all_and_in_its_relation(study, axes):
    classes = study["consistency_classes"]
    otsu = classes[classes["criterion"] == "otsu"]
    for kind in style.CLASS_MARK:
        scores = otsu["consistency_score"][otsu["is_consistent"] == (kind == "consistent")]
        assert drawn_points(axes, kind) == pytest.approx(np.sort(np.repeat(scores, 2)))


def test_means_and_chance_are_those_of_the_table(study, axes):
    scores = study["consistency_scores"]
    expected = [scores, *(group for _, group in scores.groupby("relation"))]
    for mark, column in (("o", "consistency_score"), ("_", "chance_consistency_score")):
        drawn = [
            line.get_ydata()[0]
            for line in axes.lines
            if line.get_marker() == mark and line.get_markersize() != 1.8 and len(line.get_xdata())
        ]
        assert drawn == pytest.approx([group[column].mean() for group in expected])


def test_the_mean_of_all_has_its_interval(study, axes):
    summaries = study["class_summaries"].set_index("statistic")
    mean = summaries.loc["mean_consistency_score"].iloc[0]
    bars = [tuple(line.get_ydata()) for line in axes.lines if line.get_linewidth() == 2]
    assert bars == [pytest.approx((mean["ci_low"], mean["ci_high"]))]


def test_thresholds_are_lines_with_their_names(study, axes):
    found = consistency.thresholds(study["consistency_classes"])
    levels = [line.get_ydata()[0] for line in axes.lines if list(line.get_xdata()) == [0, 1]]
    assert sorted(levels) == pytest.approx(sorted([*found.values(), 0.3]))
    names = {text.get_text() for text in axes.texts}
    assert names == {"static 0.10", f"Otsu {found['otsu']:.2f}", "paper's Fig. 3 0.30"}


def test_columns_are_named_with_their_n(axes):
    names = [label.get_text() for label in axes.get_xticklabels()]
    assert names == ["all\nn=36", "P1\nn=12", "P2\nn=12", "P3\nn=12"]


def test_facts_without_a_score_are_left_out_of_the_numbers(study):
    scores = study["consistency_scores"].copy()
    scores.loc[scores["relation"] == "P1", "consistency_score"] = np.nan
    rows = consistency.by_relation(scores)
    assert rows["relation"].tolist() == ["all", "P2", "P3"]
    assert rows["n_facts"].tolist() == [24, 12, 12]


def test_numbers_of_a_relation_are_its_own(study):
    scores = study["consistency_scores"]
    rows = consistency.by_relation(scores).set_index("relation")
    own = scores.loc[scores["relation"] == "P2", "consistency_score"]
    assert rows.loc["P2", "median"] == np.median(own)
    assert rows.loc["P2", "upper_quartile"] == np.percentile(own, 75)
