"""Estimates are compared with both intervals, those that moved most first."""

import pytest

from qloc.comparison.estimates import ESTIMATES, INTERVAL, estimates_change
from qloc.comparison.runs import find_run, known_tables


@pytest.fixture
def compared(write_run, study):
    """The change of class summaries whose estimates are shifted: row by row, with their ends."""

    def compare(shifts, most=10, ends=True):
        rows = study["class_summaries"].reset_index(drop=True)
        columns = ["estimate", *INTERVAL] if ends else ["estimate"]
        for row, shift in shifts.items():
            rows.loc[row, columns] += shift
        runs = write_run("a"), write_run("b", class_summaries=rows)
        return estimates_change("class_summaries", *map(find_run, runs), most)

    return compare


def test_every_table_of_estimates_has_them_with_an_interval():
    for name, column in ESTIMATES.items():
        assert {column, *INTERVAL} <= set(known_tables()[name].names)


def test_an_estimate_is_told_with_both_intervals(compared, study):
    row = study["class_summaries"].reset_index(drop=True).loc[4]
    found = compared({4: 0.03125})
    assert (found.table, found.column) == ("class_summaries", "estimate")
    assert (found.n_both, found.n_moved, found.n_outside) == (20, 1, 0)
    (move,) = found.largest
    assert move.place == {
        "model": "tiny-gpt2",
        "method": "ig",
        "criterion": row["criterion"],
        "statistic": row["statistic"],
    }
    expected = tuple(row[["estimate", "ci_low", "ci_high"]])
    assert (move.first.value, move.first.low, move.first.high) == pytest.approx(expected, abs=0)
    assert move.second.value == pytest.approx(row["estimate"] + 0.03125)
    assert move.second.high == pytest.approx(row["ci_high"] + 0.03125)


def test_those_beyond_the_others_interval_are_counted(compared):
    found = compared({0: 0.04, 4: 0.06, 5: -0.2})
    assert (found.n_moved, found.n_outside) == (3, 2)
    assert [move.is_outside for move in found.largest] == [True, True, False]


@pytest.mark.parametrize(("shift", "half"), [(0.06, 0.25), (0.03, 0.01), (0.03, 0.25)])
def test_one_of_both_that_lies_beyond_is_enough(write_run, study, shift, half):
    rows = study["class_summaries"].reset_index(drop=True)
    estimate = rows.loc[4, "estimate"] + shift
    rows.loc[4, ["estimate", *INTERVAL]] = estimate, estimate - half, estimate + half
    runs = write_run("a"), write_run("b", class_summaries=rows)
    found = estimates_change("class_summaries", *map(find_run, runs), 1)
    assert found is not None
    assert found.n_outside == (shift > 0.05 or shift > half)


def test_rounding_moves_no_estimate(compared):
    found = compared({0: 1e-6, 4: 1e-7})
    assert (found.n_both, found.n_moved, found.largest) == (20, 0, ())


def test_those_that_moved_most_by_their_intervals_come_first_and_no_more_than_asked(compared):
    found = compared({0: 0.01, 4: -0.03, 5: 0.02}, most=2)
    assert found.n_moved == 3
    moved = [move.second.value - move.first.value for move in found.largest]
    assert moved == pytest.approx([-0.03, 0.02])


def test_runs_that_share_no_file_have_no_estimates_to_compare(write_run):
    runs = write_run("a"), write_run("b", class_summaries=None)
    assert estimates_change("class_summaries", *map(find_run, runs), 3) is None
