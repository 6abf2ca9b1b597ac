"""Rank correlation within strata: by hand, as scipy has it, and under confounding."""

import numpy as np
import pytest
from scipy import stats

from qloc.measures.association import rank_correlation
from qloc.measures.bootstrap import Draws, conditional_interval, observed


def correlation(first, second, strata):
    statistic = rank_correlation(np.array(first, float), np.array(second, float), np.array(strata))
    return observed(statistic, np.zeros(len(first), dtype=int))[0]


@pytest.mark.parametrize("seed", range(5))
def test_one_stratum_has_the_correlation_of_spearman_ties_included(seed):
    draw = np.random.default_rng(seed)
    first, second = draw.integers(0, 6, 25), draw.integers(0, 9, 25)
    expected = stats.spearmanr(first, second).statistic
    assert correlation(first, second, np.zeros(25, int)) == pytest.approx(expected, rel=1e-12)


def test_two_strata_by_hand():
    # centred ranks as shares: ±1/4 in the pair; −1/3, 0, 1/3 in the triple
    found = correlation([1, 2, 30, 10, 20], [5, 6, 1, 2, 3], [0, 0, 1, 1, 1])
    first = np.array([-1 / 4, 1 / 4, 1 / 3, -1 / 3, 0])
    second = np.array([-1 / 4, 1 / 4, -1 / 3, 0, 1 / 3])
    assert found == pytest.approx(first @ second / (first @ first))


def test_what_differs_between_strata_is_no_association():
    draw = np.random.default_rng(3)
    strata = np.repeat([0, 1], 300)
    first, second = draw.random(600) + 5 * strata, draw.random(600) + 5 * strata
    assert stats.spearmanr(first, second).statistic > 0.7
    assert abs(correlation(first, second, strata)) < 0.15


def test_any_rising_scale_gives_the_same():
    draw = np.random.default_rng(4)
    first, second, strata = draw.random(40), draw.random(40), draw.integers(0, 3, 40)
    found = correlation(first, second, strata)
    assert correlation(np.exp(5 * first), -1 / second, strata) == found
    assert correlation(first, -second, strata) == pytest.approx(-found)


@pytest.mark.parametrize(
    ("first", "strata"), [([1, 2], [0, 0]), ([1, 1, 1, 1], [0] * 4), ([1, 2, 3, 4], [0, 1, 2, 3])]
)
def test_too_few_facts_or_none_to_compare_are_undefined(first, strata):
    assert np.isnan(correlation(first, range(len(first)), strata))


def test_three_facts_have_a_correlation():
    assert correlation([1, 2, 3], [2, 4, 3], [0, 0, 0]) == pytest.approx(0.5)


def test_no_fact_is_undefined():
    assert np.isnan(correlation([], [], np.array([], dtype=int)))


def test_weights_are_copies_of_facts_ranked_anew():
    draw = np.random.default_rng(6)
    first, second, strata = draw.integers(0, 9, 30), draw.random(30), draw.integers(0, 4, 30)
    weights = draw.integers(0, 4, (15, 30))
    statistic = rank_correlation(first.astype(float), second, strata)
    found = statistic(Draws(weights.astype(float), np.ones((15, 1))))[:, 0]
    expected = [
        correlation(np.repeat(first, row), np.repeat(second, row), np.repeat(strata, row))
        for row in weights
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_the_interval_holds_zero_where_there_is_no_association_about_as_often_as_it_says():
    draw = np.random.default_rng(8)
    strata = np.repeat(np.arange(6), 20)
    relations = np.zeros(120, dtype=int)
    hits = 0
    for _ in range(200):
        statistic = rank_correlation(draw.random(120), draw.random(120), strata)
        low, high = conditional_interval(statistic, relations, 300, draw)[:, 0]
        hits += low <= 0 <= high
    assert 0.88 < hits / 200 < 0.99
