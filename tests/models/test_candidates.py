"""The tokens that compete with an answer among the objects of its relation."""

from qloc.models.candidates import is_shared, other_first_tokens
from qloc.models.prompting import EncodedQuery


def _query(*answer_tokens):
    return EncodedQuery((1, 2), answer_tokens, None if answer_tokens else "token_boundary")


ANSWERS = ["Oslo", "Rome", "Oslo", "Osaka", "Bonn"]
QUERIES = [_query(5), _query(7, 8), _query(6), _query(5, 9), _query()]


def test_candidates_are_the_first_tokens_of_the_other_objects():
    others = other_first_tokens(ANSWERS, QUERIES)
    assert others == [(5, 7), (5, 6), (5, 7), (5, 6, 7), (5, 6, 7)]


def test_a_first_token_is_shared_if_another_object_has_it():
    assert is_shared(QUERIES, other_first_tokens(ANSWERS, QUERIES)) == [
        True,
        False,
        False,
        True,
        None,
    ]


def test_an_only_object_has_no_competitor():
    assert other_first_tokens(["Oslo"], [_query(5)]) == [()]
