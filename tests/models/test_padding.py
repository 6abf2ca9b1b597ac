"""Texts of several lengths as one matrix, by hand."""

from qloc.models.padding import padded


def test_shorter_texts_are_continued_with_their_last_token():
    assert padded([(3, 4, 5), (7,)]).tolist() == [[3, 4, 5], [7, 7, 7]]
