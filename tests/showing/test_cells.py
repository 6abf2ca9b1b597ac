"""Values in a terminal: short, aligned, harmless."""

import pandas as pd
import pytest

from qloc.showing.cells import columns_that_fit, shown, side_by_side, width


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (pd.NA, "–"),
        ("", '""'),
        (True, "true"),
        (0.123456, "0.1235"),
        (1234567, "1234567"),
        ("a\nb\x1b[0m", "a�b�[0m"),
    ],
)
def test_a_value_is_one_line(value, text):
    assert shown(value) == text


def test_a_long_text_is_cut_where_that_is_asked_for():
    assert shown("x" * 9, 5) == "xxxx…"
    assert shown("x" * 5, 5) == "xxxxx"
    assert shown("x" * 99) == "x" * 99


def test_numbers_stand_to_the_right_and_texts_to_the_left():
    rows = pd.DataFrame({"name": ["a", "long"], "n": [5, 123], "is": [True, False]})
    assert list(side_by_side(rows)) == [
        "  name    n  is",
        "  a       5  true",
        "  long  123  false",
    ]


def test_wide_letters_take_two_columns():
    assert [width(text) for text in ("ab", "日本", "e\u0301")] == [2, 4, 1]


def test_columns_are_taken_while_there_is_room_but_at_least_one():
    rows = pd.DataFrame({name * 30: [1] for name in "abc"})
    assert columns_that_fit(rows) == ["a" * 30, "b" * 30]
    assert columns_that_fit(pd.DataFrame({"a" * 99: [1]})) == ["a" * 99]
