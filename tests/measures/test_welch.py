"""Welch's test: by hand, and as scipy has it."""

import math

import numpy as np
import pytest
from scipy import stats

from qloc.measures.welch import welch


def test_two_small_samples_by_hand():
    found = welch(np.array([1.0, 3.0]), np.array([0.0, 0.0, 3.0]))
    # means 2 and 1; variances 2 and 3; squared errors 1 and 1
    assert found.t == pytest.approx(1 / math.sqrt(2))
    assert found.degrees_of_freedom == pytest.approx(4 / (1 / 1 + 1 / 2))


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_test_of_scipy(seed):
    draw = np.random.default_rng(seed)
    first, second = draw.normal(0.3, 1, 7 + seed), draw.normal(0, 3, 40)
    found, expected = welch(first, second), stats.ttest_ind(first, second, equal_var=False)
    assert found.t == pytest.approx(expected.statistic, rel=1e-12)
    assert found.degrees_of_freedom == pytest.approx(expected.df, rel=1e-12)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-9)


def test_one_sample_may_be_constant():
    found = welch(np.array([1.0, 2.0, 4.0]), np.full(3, 0.1))
    assert found.t == pytest.approx((7 / 3 - 0.1) / math.sqrt(7 / 9))
    assert found.degrees_of_freedom == pytest.approx(2)


@pytest.mark.parametrize(
    ("first", "second"), [([1.0], [1.0, 2.0]), ([], [1.0, 2.0]), ([0.1] * 3, [2.0, 2.0])]
)
def test_too_few_values_or_none_that_vary_are_undefined(first, second):
    found = welch(np.array(first), np.array(second))
    assert math.isnan(found.t)
    assert math.isnan(found.degrees_of_freedom)
    assert math.isnan(found.p_value)


def test_a_p_value_too_small_for_a_float_is_0():
    draw = np.random.default_rng(0)
    found = welch(draw.normal(5, 0.1, 20_000), draw.normal(0, 0.1, 20_000))
    assert found.p_value == 0
