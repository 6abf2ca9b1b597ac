"""Which classes, methods and presets a figure shows, and where an estimate stands."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from qloc.figures import estimates, style
from qloc.figures.formats import each


@pytest.fixture
def axes():
    return Figure().subplots()


def estimate(kind, mean=0.25):
    rows = pd.DataFrame(
        [(kind, mean, 0.125, 0.5)], columns=["fact_class", "mean", "ci_low", "ci_high"]
    )
    return next(each(rows))


def test_both_classes_under_otsus_threshold_are_shown(study):
    rows = estimates.shown(study["mapping_summaries"])
    assert set(rows["fact_class"]) == {"consistent", "inconsistent"}
    assert set(rows["criterion"]) == {"otsu"}
    assert len(rows) == 3 * 2 * 2 * 11


def test_the_first_method_is_the_first_that_rows_speak_of(study):
    rows = study["mapping_summaries"]
    assert set(estimates.of_first_method(rows)["method"]) == {"ig"}
    others = rows[rows["method"] != "ig"]
    pd.testing.assert_frame_equal(
        estimates.of_first_method(others), others[others["method"] == "sig"]
    )
    assert estimates.of_first_method(rows[:0]).empty


def test_all_facts_are_shown_where_there_is_no_threshold(study):
    rows = study["mapping_summaries"]
    rows.loc[rows["fact_class"] != "all", "mean"] = np.nan
    assert estimates.classes_shown(rows) == ["all"]
    assert set(estimates.shown(rows)["fact_class"]) == {"all"}


def test_a_class_without_facts_is_left_out(make_study):
    rows = make_study(1, 1)["mapping_summaries"]
    assert estimates.classes_shown(rows) == ["consistent"]


def test_the_papers_preset_and_the_first_method_come_first():
    rows = pd.DataFrame({"preset": ["lift", "zoom", "paper"], "method": ["amig", "ig", "amig"]})
    assert estimates.presets(rows) == ["paper", "lift", "zoom"]
    assert estimates.methods(rows) == ["ig", "amig"]


def test_numbers_of_facts_are_those_of_the_classes():
    rows = pd.DataFrame(
        {"fact_class": ["inconsistent", "consistent", "consistent"], "n_facts": [1200, 7, 8]}
    )
    assert estimates.numbers_of_facts(rows) == "n = 8 $K_C$, 1,200 $K_I$ facts"


@pytest.mark.parametrize(("kind", "at"), [("consistent", 2.83), ("inconsistent", 3.17), ("all", 3)])
def test_an_estimate_stands_beside_its_line_with_its_interval(axes, kind, at):
    estimates.draw_estimate(axes, 3, estimate(kind), is_control=False, far=1.0)
    interval, mark = axes.lines
    assert list(interval.get_xdata()) == [0.125, 0.5]
    assert list(interval.get_ydata()) == [pytest.approx(at)] * 2
    assert (list(mark.get_xdata()), mark.get_marker()) == ([0.25], estimates.MARK[kind])
    assert mark.get_markerfacecolor() == mark.get_markeredgecolor() == estimates.COLOUR[kind]


def test_a_control_is_hollow(axes):
    estimates.draw_estimate(axes, 0, estimate("consistent"), is_control=True, far=1.0)
    mark = axes.lines[1]
    assert to_hex(mark.get_markerfacecolor()) == "#ffffff"
    assert mark.get_markeredgecolor() == style.CLASS_COLOUR["consistent"]


def test_an_axis_reaches_beyond_what_is_to_be_seen_whole():
    rows = pd.DataFrame({"mean": [0.5, -1.0], "ci_low": [0.25, -2.0], "ci_high": [0.75, np.nan]})
    assert estimates.reach(rows) == 2.4
    assert estimates.reach(rows.iloc[:1]) == estimates.reach(rows.iloc[:0]) == 1


def test_an_interval_that_lies_too_far_ends_in_an_arrow(axes):
    estimates.draw_estimate(axes, 0, estimate("all"), is_control=False, far=0.375)
    interval, mark, arrow = axes.lines
    assert list(interval.get_xdata()) == [0.125, 0.375]
    assert (mark.get_marker(), mark.get_xdata()[0]) == ("s", 0.25)
    assert (arrow.get_marker(), arrow.get_xdata()[0]) == (">", 0.375)
    assert not axes.texts


@pytest.mark.parametrize(("mean", "arrow", "at"), [(3.5, ">", 2), (-3.5, "<", -2)])
def test_an_estimate_that_lies_too_far_is_told_in_numbers(axes, mean, arrow, at):
    row = estimate("all", mean)
    row.ci_low = row.ci_high = mean
    estimates.draw_estimate(axes, 0, row, is_control=False, far=2.0)
    assert [line.get_marker() for line in axes.lines[1:]] == [arrow]
    assert axes.lines[1].get_xdata()[0] == at
    assert axes.texts[0].get_text() == f"mean {'−' if mean < 0 else ''}350 %"


def test_every_second_group_of_lines_lies_on_a_band(axes):
    estimates.name_lines(axes, ["a", "b", "c"], [0, 1, 2], is_first=True)
    (band,) = axes.patches
    assert (band.get_y(), band.get_height()) == (0.5, 1.0)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "c"]


def test_relative_changes_are_read_in_percent(axes):
    estimates.in_percent(axes, "falls by")
    assert axes.xaxis.get_major_formatter()(-0.25, 0) == "−25"
    assert axes.get_xlabel() == "falls by (%)"
    assert axes.lines[0].get_xdata()[0] == 0
