"""Strengths and changes of perplexity read well."""

from types import SimpleNamespace

import numpy as np
import pytest

from qloc.figures.edit_formats import change_in_percent, change_interval, lambdas_in_words


@pytest.mark.parametrize(
    ("lambdas", "text"),
    [
        ((1.0, 0.25), "λ₁ = 1, λ₂ = 0.25"),
        ((2.0, np.nan), "λ₁ = 2"),
        ((np.nan, np.nan), "set to 0"),
    ],
)
def test_a_strength_is_said_by_the_lambdas_that_it_has(lambdas, text):
    row = SimpleNamespace(lambda_1=lambdas[0], lambda_2=lambdas[1])
    assert lambdas_in_words(row) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0849, "8.5"),
        (-0.02, "−2.0"),
        (-0.9949, "−99.5"),
        (42.7, "4,270"),
        (9999.9, "999,990"),
        (4.2e5, "4e+07"),
        (-4.2e5, "−4e+07"),
        (np.nan, "not defined"),
    ],
)
def test_a_change_is_in_percent_however_large(share, text):
    assert change_in_percent(share) == text


def test_an_interval_of_a_change_is_in_percent():
    assert change_interval(0.0849, -0.0125, 4.2e5) == "8.5 [−1.2, 4e+07]"
    assert change_interval(0.0849, np.nan, np.nan) == "8.5 [not estimable]"
