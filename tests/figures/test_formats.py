"""Numbers as a reader sees them: no `nan`, true minus signs, digits that mean something."""

import math

import pandas as pd
import pytest

from qloc.figures import formats

NAN = math.nan


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.126, 2, "0.13"),
        (-7.25, 1, "−7.2"),
        (-0.0004, 2, "0.00"),
        (12345.6, 0, "12,346"),
        (NAN, 2, "not defined"),
    ],
)
def test_a_number_is_words_where_there_is_none(value, digits, text):
    assert formats.number(value, digits) == text


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((0.5, 0.25, 0.75), "0.50 [0.25, 0.75]"),
        ((-0.5, -0.75, 0.25), "−0.50 [−0.75, 0.25]"),
        ((0.5, NAN, NAN), "0.50 [not estimable]"),
        ((NAN, 0.25, 0.75), "not defined"),
    ],
)
def test_an_interval_never_prints_what_is_not_there(ends, text):
    assert formats.interval(*ends) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "< 1e−300"),
        (1e-301, "< 1e−300"),
        (3e-7, "3e−07"),
        (0.0042, "0.004"),
        (0.42, "0.42"),
        (NAN, "not defined"),
    ],
)
def test_a_p_value_is_never_zero(value, text):
    assert formats.p_value(value) == text


@pytest.mark.parametrize(
    ("value", "noun", "text"),
    [(1, "query", "1 query"), (2, "query", "2 queries"), (1064, "fact", "1,064 facts")],
)
def test_nouns_follow_their_number(value, noun, text):
    assert formats.counted(value, noun) == text


def test_relations_stand_in_the_order_of_their_numbers():
    rows = pd.DataFrame({"relation": ["P103", "P36", "all", "P101"]})
    ordered = rows.sort_values("relation", key=formats.in_order)
    assert ordered["relation"].tolist() == ["all", "P36", "P101", "P103"]


def test_a_csv_leaves_gaps_empty_and_ends_its_lines_alike():
    rows = pd.DataFrame({"a": [1 / 3, None], "b": ["x,y", 'q"']})
    assert formats.csv(rows) == b'a,b\n0.333333,"x,y"\n,"q"""\n'


def test_the_first_row_with_a_value_or_none():
    rows = pd.DataFrame({"name": ["a", "b", "b"], "size": [1, 2, 3]})
    found = formats.first(rows, "name", "b")
    assert found is not None
    assert found.size == 2
    assert formats.first(rows, "name", "c") is None
