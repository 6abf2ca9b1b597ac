"""Scores of edits, by hand."""

import numpy as np
import pytest

from qloc.columns import SCORERS
from qloc.measures.edit_quality import agreement, mean_shares, success


@pytest.mark.parametrize(
    ("said", "expected", "first_token", "token_accuracy", "exact_match"),
    [
        ([7], [7], 1, 1, 1),
        ([8], [7], 0, 0, 0),
        ([7, 8, 9, 5], [7, 8, 9, 6], 1, 0.75, 0),
        ([6, 8, 9], [7, 8, 9], 0, 2 / 3, 0),
        ([7, 8], [7, 8], 1, 1, 1),
    ],
)
def test_each_scorer_looks_at_its_own_tokens(
    said, expected, first_token, token_accuracy, exact_match
):
    found = agreement(np.array(said), np.array(expected))
    by_name = dict(zip(SCORERS, found.tolist(), strict=True))
    assert by_name == {
        "first_token": first_token,
        "token_accuracy": token_accuracy,
        "exact_match": exact_match,
    }


def test_an_update_should_say_its_object_and_erasing_should_not():
    said, expected = np.array([7, 8, 1]), np.array([7, 8, 9])
    assert success("update", said, expected).tolist() == [1, 2 / 3, 0]
    assert success("erase", said, expected).tolist() == [0, 1 - 2 / 3, 1]


def test_a_mean_is_taken_by_scorer_and_of_nothing_is_missing():
    shares = [np.array([1.0, 0.5, 0.0]), np.array([0.0, 0.0, 0.0]), np.array([1.0, 1.0, 1.0])]
    assert mean_shares(shares).tolist() == pytest.approx([2 / 3, 0.5, 1 / 3])
    assert np.isnan(mean_shares([])).all()
    assert len(mean_shares([])) == len(SCORERS)
