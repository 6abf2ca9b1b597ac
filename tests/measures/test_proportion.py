"""Wilson's interval: by hand and by its definition."""

import math

import pytest

from qloc.measures.proportion import wilson_interval

CASES = [(0, 1), (1, 1), (0, 100), (3, 100), (58, 100), (100, 100), (2, 2558)]


def test_where_nothing_counts_the_upper_end_is_known_by_hand():
    z_squared = 3.841458820694124  # of chi-squared with one degree of freedom, at 95 %
    assert wilson_interval(0, 100) == pytest.approx((0, z_squared / (100 + z_squared)), abs=1e-15)
    low, high = wilson_interval(100, 100)
    assert high == 1
    assert low == pytest.approx(100 / (100 + z_squared), abs=1e-15)


@pytest.mark.parametrize(("n_counted", "n"), CASES)
def test_ends_are_shares_from_which_the_observed_one_is_just_not_rejected(n_counted, n):
    for end in wilson_interval(n_counted, n):
        if 0 < end < 1:
            deviation = abs(n_counted / n - end) / math.sqrt(end * (1 - end) / n)
            assert deviation == pytest.approx(1.959963984540054, rel=1e-9)
