"""Texts of several lengths as one matrix, by hand."""

import pytest

from qloc.models import padding
from qloc.models.padding import padded, runs


def test_shorter_texts_are_continued_with_their_last_token():
    assert padded([(3, 4, 5), (7,)]).tolist() == [[3, 4, 5], [7, 7, 7]]


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([], []),
        ([4, 4, 4], [[4, 4, 4]]),
        ([3, 5, 3], [[3, 5], [3]]),  # three of five tokens are too many
        ([2, 30, 2, 2], [[2], [30], [2, 2]]),
        ([6, 6, 1, 1], [[6, 6], [1, 1]]),
    ],
)
def test_texts_that_fit_once_padded_share_a_run(lengths, expected, monkeypatch):
    monkeypatch.setattr(padding, "TOKENS_PER_RUN", 12)
    assert [lengths[chosen] for chosen in runs(lengths)] == expected
    monkeypatch.setattr(padding, "TOKENS_PER_RUN", 2048)
    assert [lengths[chosen] for chosen in runs(lengths, 12)] == expected
