"""Scores of edits, by hand."""

import numpy as np
import pytest

from qloc.columns import METRICS, SCORERS
from qloc.measures.edit_quality import agreement, edit_metrics, mean_shares, success


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


SAID = [[7], [7], [1, 7], [3, 4], [7], [2, 2], [6]]
EXPECTED = [(7,), (5,), (1, 5), (3, 4), (7,), (2, 1), (6,)]
ROLES = ["edited", "used", "held_out", "held_out", "unrelated", "unrelated", "unrelated"]


def metrics_of(operation, numbers):
    said = [np.array(SAID[number]) for number in numbers]
    roles, expected = [ROLES[n] for n in numbers], [EXPECTED[n] for n in numbers]
    return edit_metrics(operation, roles, said, expected)


def test_metrics_of_an_update_by_hand():
    found = metrics_of("update", range(7))
    assert found["reliability"].tolist() == [1, 1, 1]
    assert found["generalization_seen"].tolist() == pytest.approx([2 / 3, 0.5, 1 / 3])
    assert found["generalization"].tolist() == [1, 0.75, 0.5]
    assert found["locality"].tolist() == pytest.approx([1, 2.5 / 3, 2 / 3])


def test_erasing_turns_all_but_locality_round():
    found = metrics_of("erase", range(7))
    assert found["reliability"].tolist() == [0, 0, 0]
    assert found["generalization_seen"].tolist() == pytest.approx([1 / 3, 0.5, 2 / 3])
    assert found["generalization"].tolist() == [0, 0.25, 0.5]
    assert found["locality"].tolist() == pytest.approx([1, 2.5 / 3, 2 / 3])


def test_neighbors_count_as_seen_and_the_order_of_questions_does_not_matter():
    said = [np.array([1]), np.array([2]), np.array([3])]
    asked = ["neighbor", "edited", "neighbor"]
    found = edit_metrics("update", asked, said, [(1,), (2,), (9,)])
    assert found["generalization_seen"].tolist() == [0.5, 0.5, 0.5]
    assert found["reliability"].tolist() == [1, 1, 1]


def test_a_metric_of_which_nothing_was_asked_is_missing():
    found = metrics_of("update", [0, 1])
    assert np.isnan(found["generalization"]).all()
    assert np.isnan(found["locality"]).all()
    assert np.isnan(metrics_of("erase", [])["reliability"]).all()
    assert list(found) == list(METRICS[:4])
