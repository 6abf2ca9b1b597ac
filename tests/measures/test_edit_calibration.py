"""Which strength is picked."""

from math import isnan, nan

import pandas as pd
import pytest

from qloc.errors import StudyError
from qloc.measures.edit_calibration import calibrated, chosen_strengths


@pytest.mark.parametrize(
    ("wanted", "chosen"), [(0.0, 0), (0.25, 0), (0.3, 1), (0.75, 1), (0.76, 2), (1.0, 2)]
)
def test_the_first_strength_that_is_reliable_enough_is_chosen_else_the_last(wanted, chosen):
    shares = [[0.0, 0.0, 0.0, 1.0], [1.0, 1.0, 0.0, 1.0], [1.0, 0.0, 0.0, 1.0]]
    rows = calibrated(shares, wanted)
    assert [row["reliability"] for row in rows] == [0.25, 0.75, 0.5]
    assert [row["n_facts"] for row in rows] == [4, 4, 4]
    assert [row["is_chosen"] for row in rows] == [strength == chosen for strength in range(3)]


def test_facts_that_cannot_be_asked_do_not_count():
    rows = calibrated([[1.0, nan, 0.0, nan], [nan] * 4], 0.6)
    assert [row["n_facts"] for row in rows] == [2, 0]
    assert rows[0]["reliability"] == 0.5
    assert isnan(rows[1]["reliability"])
    assert [row["is_chosen"] for row in rows] == [False, True]


def test_without_facts_the_last_strength_is_chosen():
    assert [row["is_chosen"] for row in calibrated([[], [], []], 0.0)] == [False, False, True]


CALIBRATIONS = pd.DataFrame(
    [
        ("erase", "raw", 0, True),
        ("update", "raw", 0, False),
        ("update", "raw", 1, True),
        ("update", "long", 0, True),
        ("erase", "long", 0, False),
        ("erase", "long", 2, True),
    ],
    columns=["operation", "preset", "strength", "is_chosen"],
)


def test_chosen_strengths_are_those_of_the_operation():
    assert chosen_strengths(CALIBRATIONS, "erase", ["long", "raw"]) == {"raw": 0, "long": 2}
    assert chosen_strengths(CALIBRATIONS, "update", ["long", "raw"]) == {"raw": 1, "long": 0}


def test_other_presets_than_those_calibrated_are_refused():
    with pytest.raises(StudyError) as refused:
        chosen_strengths(CALIBRATIONS, "erase", ["raw", "short"])
    assert str(refused.value).startswith(
        "Presets ['raw', 'short'] are to be edited, but ['long', 'raw'] were calibrated: "
    )
