"""Fig. 9 shows the share of inconsistent facts under every pair of thresholds."""

import numpy as np
import pytest

from qloc.figures import sweep

CUTS = {"static": 0.1, "otsu": 0.35}


def lines_of(axes):
    """Drawn curves by their labels."""
    return {line.get_label(): line for line in axes.lines if len(line.get_xdata()) > 2}


def test_every_selection_threshold_is_a_line_of_its_shares(study):
    swept = study["threshold_sweeps"]
    figure = sweep.draw(swept, 0.2, CUTS)
    for axes, measure in zip(figure.axes, sweep.MEASURES, strict=True):
        lines = lines_of(axes)
        assert set(lines) == {"0.1", "0.2 (study)", "0.4"}
        for value, label in ((0.1, "0.1"), (0.2, "0.2 (study)"), (0.4, "0.4")):
            rows = swept[np.isclose(swept["selection_threshold"], value)]
            assert list(lines[label].get_xdata()) == rows["consistency_threshold"].tolist()
            assert list(lines[label].get_ydata()) == rows[measure].tolist()


def test_the_band_is_the_interval_of_the_studys_own_threshold(study):
    swept = study["threshold_sweeps"]
    own = sweep.of_study(swept, 0.2)
    axes = sweep.draw(swept, 0.2, CUTS).axes[1]
    (band,) = axes.collections
    heights = band.get_paths()[0].vertices[:, 1]
    assert heights.min() == pytest.approx(own["adjusted_ci_low"].min())
    assert heights.max() == pytest.approx(own["adjusted_ci_high"].max())


def test_cuts_of_the_study_are_marked_on_the_raw_scores_only(study):
    figure = sweep.draw(study["threshold_sweeps"], 0.2, CUTS)
    marked = [[line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 2]
              for axes in figure.axes]  # fmt: skip
    assert marked == [[0.1, 0.35], []]


def test_a_threshold_that_was_not_swept_has_no_line_of_its_own(study):
    figure = sweep.draw(study["threshold_sweeps"], 0.33, {})
    assert not any("study" in label for label in lines_of(figure.axes[0]))


def test_the_description_says_the_lowest_adjusted_share_and_its_place(study):
    swept = study["threshold_sweeps"]
    place = np.isclose(swept["selection_threshold"], 0.4)
    place &= np.isclose(
        swept["consistency_threshold"], swept.loc[place, "consistency_threshold"].iloc[1]
    )
    assert place.sum() == 1
    ends = ["adjusted_inconsistent_share", "adjusted_ci_low", "adjusted_ci_high"]
    swept[["adjusted_inconsistent_share", "adjusted_ci_low"]] += 0.3
    swept.loc[place, ends] = [0.11, 0.01, 0.21]
    text = sweep.describe(swept)
    assert "the lowest share of inconsistent facts is 0.11 [0.01, 0.21]," in text
    at = swept.loc[place, "consistency_threshold"].item()
    assert f"at selection threshold 0.40, consistency threshold {at:.2f} (" in text


def test_without_shares_the_description_names_the_figure(study):
    swept = study["threshold_sweeps"].assign(adjusted_inconsistent_share=np.nan)
    assert sweep.describe(swept).startswith("The share of inconsistent facts under")
