"""Points are facts; beside them every stratum's correlation with its interval."""

import numpy as np

from qloc.figures import probability


def test_every_fact_with_an_adjusted_score_is_a_point(study):
    scores = study["consistency_scores"].copy()
    scores.loc[0, "adjusted_consistency_score"] = np.nan
    axes = probability.draw(scores, study["probability_associations"]).axes[0]
    points = axes.lines[0]
    assert list(points.get_xdata()) == scores["mean_answer_probability"].tolist()[1:]
    assert list(points.get_ydata()) == scores["adjusted_consistency_score"].tolist()[1:]
    assert axes.get_title(loc="left") == "35 facts"


def test_all_stands_first_and_relations_follow_with_their_intervals(study):
    found = study["probability_associations"].set_index("stratum")
    axes = probability.draw(study["consistency_scores"], study["probability_associations"]).axes[1]
    names = [label.get_text().split()[0] for label in axes.get_yticklabels()]
    assert names == ["all", "P1", "P2", "P3"]
    marks = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
    assert marks == found.loc[names, "correlation"].tolist()
    bars = [tuple(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2]
    assert bars[:4] == list(
        zip(found.loc[names, "ci_low"], found.loc[names, "ci_high"], strict=True)
    )


def test_strata_without_a_correlation_are_left_out(study):
    found = study["probability_associations"].copy()
    found.loc[found["stratum"] != "all", "correlation"] = np.nan
    axes = probability.draw(study["consistency_scores"], found).axes[1]
    assert len(axes.get_yticklabels()) == 1
