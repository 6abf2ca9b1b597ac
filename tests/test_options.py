"""Lists given to a stage as one text, and sizes of samples."""

from pathlib import Path

import click
import pytest

from qloc.options import NUMBERS, PATHS, SAMPLE_SIZE


def test_paths_stand_in_one_text_and_may_hold_blanks(tmp_path: Path) -> None:
    one, two = tmp_path / "one.parquet", tmp_path / "has blank.parquet"
    one.touch()
    two.touch()
    assert PATHS.convert(f"{one} '{two}'", None, None) == [one, two]
    assert PATHS.convert("", None, None) == []


def test_a_missing_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(click.BadParameter, match="gone does not exist"):
        PATHS.convert(f"{tmp_path}/gone", None, None)


def test_numbers_stand_in_one_text() -> None:
    assert NUMBERS.convert("0.1 2 3e-1", None, None) == [0.1, 2.0, 0.3]


def test_other_words_are_not_numbers() -> None:
    with pytest.raises(click.BadParameter, match="not a list of numbers"):
        NUMBERS.convert("0.1 x", None, None)


def test_a_sample_is_a_number_or_all() -> None:
    assert SAMPLE_SIZE.convert("3", None, None) == 3
    assert SAMPLE_SIZE.convert("all", None, None) is None


def test_a_sample_of_nothing_is_refused() -> None:
    with pytest.raises(click.BadParameter, match="neither `all` nor a whole number above 0"):
        SAMPLE_SIZE.convert("0", None, None)
