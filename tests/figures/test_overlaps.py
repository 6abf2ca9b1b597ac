"""The ladder and the split by the final word show the table's means and intervals."""

import numpy as np
import pytest

from qloc.contracts.neuron_set_overlaps import NEURON_SET_OVERLAPS
from qloc.figures import overlaps


def test_rungs_are_at_their_means_with_their_intervals(study):
    ladder = study["neuron_set_overlaps"].set_index("rung").loc[list(overlaps.RUNGS)]
    figure = overlaps.draw(study["neuron_set_overlaps"], study["consistency_scores"])
    marks = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [mark.get_xdata()[0] for mark in marks] == ladder["mean_jaccard"].tolist()
    bars = [tuple(line.get_xdata()) for line in figure.axes[0].lines if len(line.get_xdata()) == 2]
    assert bars == list(zip(ladder["ci_low"], ladder["ci_high"], strict=True))
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == list(overlaps.RUNGS.values())


def test_a_rung_without_pairs_says_so(study):
    ladder = study["neuron_set_overlaps"].copy()
    lacking = ladder["rung"] == "same_object"
    ladder.loc[lacking, ["mean_jaccard", "ci_low", "ci_high"]] = np.nan
    figure = overlaps.draw(ladder, study["consistency_scores"])
    assert "no pair" in [text.get_text() for text in figure.axes[0].texts]


def test_the_split_takes_facts_with_both_kinds_of_pairs(study):
    scores = study["consistency_scores"].copy()
    scores.loc[scores["relation"] == "P1", "same_final_word_jaccard"] = np.nan
    split = overlaps.final_word_split(scores)
    assert split["relation"].tolist() == ["all", "P2", "P3"]
    assert split["n_facts"].tolist() == [24, 12, 12]
    own = scores[scores["relation"] != "P1"]
    assert split["different_final_word_jaccard"][0] == pytest.approx(
        own["different_final_word_jaccard"].mean()
    )


def test_every_relation_is_a_line_from_same_to_other_word(study):
    split = overlaps.final_word_split(study["consistency_scores"])
    axes = overlaps.draw(study["neuron_set_overlaps"], study["consistency_scores"]).axes[1]
    drawn = [tuple(line.get_ydata()) for line in axes.lines if len(line.get_xdata())]
    assert drawn == [tuple(row) for row in split[list(overlaps.SPLITS)].to_numpy()]


def test_every_rung_of_the_table_has_words():
    rungs = next(column for column in NEURON_SET_OVERLAPS.columns if column.name == "rung")
    assert set(overlaps.RUNGS) == set(rungs.choices)


def test_the_description_gives_each_group_its_interval_and_pairs(study):
    rows = study["neuron_set_overlaps"].set_index("rung")
    columns = ["mean_jaccard", "ci_low", "ci_high", "n_pairs"]
    rows.loc["same_fact", columns] = [0.27, 0.23, 0.29, 2761]
    rows.loc["same_final_word", columns] = [0.5, 0.42, 0.58, 225]
    rows.loc["other_final_word", columns] = [0.25, 0.22, 0.28, 2410]
    assert overlaps.describe(rows.reset_index()) == (
        "Two queries of a fact overlap by mean Jaccard 0.27 [0.23, 0.29] (2,761 pairs):"
        " 0.50 [0.42, 0.58] (225) with the same final word,"
        " 0.25 [0.22, 0.28] (2,410) with another."
    )
