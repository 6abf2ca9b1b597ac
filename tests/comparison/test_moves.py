"""What moved is told from what rounding explains."""

import numpy as np
import pandas as pd
import pytest

from qloc.comparison.moves import ROUNDING, Scales, Tally, moved, plain
from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.edit_comparisons import EDIT_COMPARISONS
from qloc.contracts.edited_queries import EDITED_QUERIES
from qloc.contracts.query_mappings import QUERY_MAPPINGS
from qloc.tables import Column

FLOAT = Column("score", "float32", "a score", unit="probability")


def test_a_number_moves_beyond_2e_5_of_the_largest_of_its_kind():
    old = pd.Series([0.5, 0.5, 0.5, 0.5])
    new = old + np.array([0.0, 1.9e-5, 2.1e-5, -2.1e-5])
    sizes, is_moved = moved(old, new, np.ones(4))
    assert is_moved.tolist() == [False, False, True, True]
    np.testing.assert_allclose(sizes, [0.0, 1.9e-5, 2.1e-5, 2.1e-5])
    assert ROUNDING == 2e-5


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([1, 2], [1, 3], [False, True]),
        ([True, False], [True, True], [False, True]),
        (["a", None], ["a", None], [False, False]),
        (["a", None], ["b", "a"], [True, True]),
        ([0.5, np.nan], [np.nan, np.nan], [True, False]),
    ],
)
def test_whole_numbers_texts_claims_and_gaps_do_not_round(old, new, expected):
    assert moved(pd.Series(old), pd.Series(new), None)[1].tolist() == expected


def test_numbers_are_of_one_kind_that_differ_in_what_they_were_measured_on_only():
    assert Scales(ATTRIBUTIONS, ["score"]).kinds == []
    assert Scales(QUERY_MAPPINGS, []).kinds == ["method", "neuron_set", "manipulation"]


def test_the_largest_magnitude_is_that_of_all_rows_of_a_kind():
    rows = pd.DataFrame(
        {
            "method": "ig",
            "neuron_set": ["self", "self", "refined"],
            "manipulation": "suppress",
            "answer_probability_after": [0.25, -0.5, 0.125],
        }
    )
    scales = Scales(QUERY_MAPPINGS, ["answer_probability_after"])
    scales.add(rows.iloc[:1])
    scales.add(rows.iloc[1:])
    asked = rows.iloc[[2, 0, 1]]
    assert scales.of(asked)["answer_probability_after"].tolist() == [0.125, 0.5, 0.5]


def test_an_estimate_and_the_ends_of_its_intervals_are_of_one_kind():
    scales = Scales(EDIT_COMPARISONS, ["difference", "ci_low", "p_value"])
    row = dict.fromkeys(EDIT_COMPARISONS.key, "x")
    scales.add(pd.DataFrame([row | {"difference": 0.01, "ci_low": -0.5, "p_value": 0.03}]))
    found = scales.of(pd.DataFrame([row])).iloc[0]
    assert (found["difference"], found["ci_low"], found["p_value"]) == (0.5, 0.5, 0.03)


def test_a_table_without_floats_has_no_magnitudes():
    scales = Scales(EDITED_QUERIES, ["fact_id", "role"])
    rows = pd.DataFrame({"query_id": ["a", "b"], "fact_id": "f", "role": "edited"})
    scales.add(rows)
    assert scales.of(rows).shape == (2, 0)


def tallied(*parts):
    tally = Tally(FLOAT)
    for old, new in parts:
        frames = [pd.DataFrame({"query_id": ["a", "b"][: len(v)], "score": v}) for v in (old, new)]
        tally.add(*frames, np.ones(len(old)), ["query_id"], {"model": "tiny"})
    return tally.change()


def test_the_largest_move_is_told_with_its_place():
    found = tallied(([0.5, 0.5], [0.5, 0.625]), ([0.5, 0.25], [0.25, 0.250001]))
    assert (found.n_moved, found.n_rounding) == (2, 1)
    assert found.largest is not None
    assert found.largest.place == {"model": "tiny", "query_id": "a"}
    assert (found.largest.first, found.largest.second) == (0.5, 0.25)


def test_a_move_is_told_before_larger_rounding_and_rounding_where_nothing_moved():
    frame = pd.DataFrame({"query_id": ["a", "b"], "score": [0.0, 0.0]})
    other = frame.assign(score=[1e-3, 1e-4])
    tally = Tally(FLOAT)
    tally.add(frame, other, np.array([1e3, 1.0]), ["query_id"], {})
    found = tally.change()
    assert (found.n_moved, found.n_rounding) == (1, 1)
    assert found.largest is not None
    assert found.largest.place == {"query_id": "b"}
    rounding = tallied(([0.5], [0.500001]))
    assert rounding.largest is not None
    assert (rounding.n_moved, rounding.largest.second) == (0, 0.500001)


def test_values_are_told_as_json_has_them():
    given = [np.int16(3), np.float32(0.5), np.bool_(True), None, np.nan, "a"]
    assert [plain(value) for value in given] == [3, 0.5, True, None, None, "a"]
    assert type(plain(np.bool_(True))) is bool
