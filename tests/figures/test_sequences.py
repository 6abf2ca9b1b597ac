"""Edits one after another: means over runs along the way, and what is beyond any number."""

import re

import numpy as np
import pytest
from tests import edits

from qloc.figures import sequences, style
from qloc.figures.sequences import along

KEY = ["method", "operation", "preset", "neuron_set", "n_edited"]


@pytest.fixture
def edited(study):
    return study["edit_sequences"].assign(method="ig")


@pytest.fixture
def found(edited):
    return along(edited)


@pytest.fixture(scope="module")
def panels(make_study):
    rows = make_study(3, 12)["edit_sequences"].assign(method="ig")
    return np.array(sequences.draw(along(rows)).axes).reshape(4, 4)


def test_means_and_deviations_are_over_runs_by_the_first_token(edited):
    at = (edited["n_edited"] == 4) & (edited["scorer"] == "first_token") & (edited["run"] < 3)
    place = (edited["operation"] == "erase") & (edited["preset"] == "paper")
    place &= edited["neuron_set"] == "query"
    for run, value in enumerate((0.25, 0.5, 0.6)):
        edited.loc[at & place & (edited["run"] == run), "reliability"] = value
        edited.loc[at & place & (edited["run"] == run), "perplexity_after"] = 80 * (1 + value)
    row = along(edited).set_index(KEY).loc["ig", "erase", "paper", "query", 4]
    assert row["reliability"] == pytest.approx(0.45)
    assert row["perplexity_change"] == pytest.approx(0.45)
    deviation = np.sqrt((0.2**2 + 0.05**2 + 0.15**2) / 2)
    assert row["reliability_sd"] == pytest.approx(deviation)
    assert row["perplexity_change_sd"] == pytest.approx(deviation)
    assert (row["n_runs"], row["runs_without_perplexity"]) == (3, 0)


def test_what_is_missing_in_a_run_is_missing_in_the_mean(edited):
    is_first = (edited["run"] == 0) & (edited["n_edited"] == 1)
    is_chosen = (edited["neuron_set"] == "query") & (edited["operation"] == "update")
    edited.loc[is_first & is_chosen, ["locality", "perplexity_after"]] = np.nan
    row = along(edited).set_index(KEY).loc["ig", "update", "paper", "query", 1]
    assert row[["locality", "perplexity_change", "perplexity_change_sd"]].isna().all()
    assert row["runs_without_perplexity"] == 1
    assert not np.isnan(row["reliability"])


def test_of_one_run_there_is_no_deviation(edited):
    rows = along(edited[edited["run"] == 1])
    assert rows[["reliability_sd", "reliability_low", "reliability_high"]].isna().all(axis=None)
    panels = sequences.draw(rows).axes
    assert [len(bars.get_paths()) for axes in panels for bars in axes.collections] == [0] * 48


def test_every_set_has_a_line_through_its_means(found, panels):
    rows = found.set_index(KEY).sort_index()
    heads = [("update", "calibrated"), ("update", "paper"), ("erase", "calibrated")]
    for line, (operation, preset) in enumerate(heads):
        for axes, metric in zip(panels[line], list(sequences.METRICS)[:3], strict=False):
            for place, (name, shape) in enumerate(style.SET_MARK.items(), start=-1):
                (drawn,) = (found for found in axes.lines if found.get_marker() == shape)
                expected = rows.loc["ig", operation, preset, name][metric]
                edited = drawn.get_xdata() / sequences.APART**place
                np.testing.assert_allclose(edited, expected.index)
                np.testing.assert_array_equal(drawn.get_ydata(), expected)


def test_a_bar_leads_from_the_lowest_to_the_highest_run(make_study, panels):
    rows = make_study(3, 12)["edit_sequences"]
    at = rows[(rows["operation"] == "update") & (rows["scorer"] == "first_token")]
    at = at[(at["preset"] == "calibrated") & (at["neuron_set"] == "query") & (at["n_edited"] == 1)]
    ends = panels[0, 0].collections[0].get_paths()[0].vertices[:, 1]
    np.testing.assert_allclose(ends, [at["reliability"].min(), at["reliability"].max()])
    assert at["reliability"].nunique() > 1


def test_bars_stay_within_what_a_share_can_be(panels):
    for axes in panels[:, :3].ravel():
        for bars in axes.collections:
            ends = np.array([path.vertices[:, 1] for path in bars.get_paths()])
            assert ((ends >= 0) & (ends <= 1)).all()


def test_a_perplexity_beyond_any_number_stands_at_the_end_with_an_arrow(panels):
    arrows = [[line.get_marker() for line in axes.lines].count("^") for axes in panels.ravel()]
    assert arrows == [0] * 7 + [1] + [0] * 7 + [1]
    (union,) = (line for line in panels[1, 3].lines if line.get_marker() == "s")
    assert union.get_ydata()[-1] == panels[1, 3].get_ylim()[1]
    assert [len(bars.get_paths()) for bars in panels[1, 3].collections] == [3, 2, 3]


def test_the_axis_names_every_number_of_edits(panels):
    assert list(panels[-1, -1].get_xticks()) == [1, 4, 28]
    assert panels[-1, -1].get_xscale() == "log"


def test_the_description_says_what_is_left_after_the_last_edit(found):
    left = edits.quality("union", "update", "calibrated", 2)["reliability"].mean()
    text = sequences.describe(found, "calibrated")
    assert text.startswith("After 28 updates (preset calibrated, ")
    assert re.search(rf"{left / (1 + np.log(28)):.2f} ± 0\.\d\d \(0\.\d\d\) of the union", text)
    assert sequences.describe(found[:0], "paper") == "No facts were edited one after another."
