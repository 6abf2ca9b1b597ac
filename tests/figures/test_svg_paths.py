"""Paths in fewer letters lead where they led."""

import pytest

from qloc.figures.svg_paths import rounded, shorter


@pytest.mark.parametrize(
    ("data", "digits", "short"),
    [
        ("M 1 2 \nL 4 6 \nL 3 8 \nz\n", 2, "M1 2l3 4-1 2z"),
        ("M 0 180 \nL 496.8 180 \nL 496.8 0 \n", 2, "M0 180h496.8v-180"),
        ("M 1 1 \nL 2 1 \nL 3 1 \n", 0, "M1 1h1 1"),
        ("M 0.5 0.25 \nL 0.25 0.5 \n", 2, "M.5 .25l-.25 .25"),
        ("M 0 0 \nQ 1 2 3 4 \nQ 5 6 7 8 \n", 0, "M0 0q1 2 3 4 2 2 4 4"),
        ("M 0 0 \nL 1 2 \nz\nM 5 5 \nL 6 7 \nz\n", 0, "M0 0l1 2zM5 5l1 2z"),
    ],
)
def test_a_path_is_told_in_steps(data, digits, short):
    assert shorter(data, digits) == short


def test_roundings_do_not_add_up_along_a_path():
    data = "M 0 0 \n" + "".join(f"L {0.04 * step:.2f} 1 \n" for step in range(1, 101))
    steps = shorter(data, 1).removeprefix("M0 0v1h").split()
    assert sum(map(float, steps)) == pytest.approx(4)


def test_a_path_can_be_made_smaller():
    assert shorter("M 6400 64 \nL 0 64 \n", 0, 1 / 64) == "M100 1h-100"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0.0, 2, "0"), (-0.001, 2, "0"), (0.5, 1, ".5"), (-0.5, 1, "-.5"), (10.0, 0, "10")],
)
def test_a_number_has_no_zero_that_says_nothing(value, digits, text):
    assert rounded(value, digits) == text
