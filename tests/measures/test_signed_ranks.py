"""The signed-rank test by counting signs, and Holm's method by its definition."""

import itertools

import numpy as np
import pytest
from scipy import stats

from qloc.measures.signed_ranks import holm, signed_rank, signed_ranks


def p_of_all_signs(differences):
    """Among all signs that the non-zero differences could have: ranks as extreme as these."""
    ranks = stats.rankdata(np.abs(differences))[differences != 0]
    signs = np.sign(differences[differences != 0])
    sums = [ranks @ np.array(s) for s in itertools.product([-1, 1], repeat=len(ranks))]
    return np.mean(np.abs(sums) >= abs(ranks @ signs) - 1e-9)


@pytest.mark.parametrize("zeros", [0, 1, 4])
def test_few_facts_are_tested_exactly_with_zeros_ranked_and_dropped(zeros):
    values = np.random.default_rng(zeros).normal(0.4, 1, 8)
    differences = np.concatenate([np.zeros(zeros), values])
    assert signed_rank(differences) == pytest.approx(p_of_all_signs(differences))


@pytest.mark.parametrize("n_facts", [2, 7, 50])
def test_without_ties_and_zeros_p_is_that_of_scipy(n_facts):
    differences = np.random.default_rng(n_facts).normal(0.2, 1, n_facts)
    expected = stats.wilcoxon(differences, method="exact").pvalue
    assert signed_rank(differences) == pytest.approx(expected, rel=1e-10)


def test_tied_differences_share_their_ranks():
    """Ranks 1.5, 1.5, 3: of eight sums two are as far from 3 as 6 is, and six as 4.5."""
    assert signed_rank(np.array([0.2, 0.2, 0.5])) == 2 / 8
    assert signed_rank(np.array([0.2, -0.2, 0.5])) == 6 / 8


def test_few_tied_facts_are_tested_exactly():
    draw = np.random.default_rng(8)
    for _ in range(20):
        differences = draw.integers(-1, 3, 8) / 10
        assert signed_rank(differences) == pytest.approx(p_of_all_signs(differences))


def test_many_facts_by_hand():
    """Forty positive differences after five zeros, less the nine smallest that are negative."""
    values = np.arange(1, 50) / 10
    differences = np.concatenate([np.zeros(5), -values[:9], values[9:]])
    plus, expected = np.arange(15, 55).sum(), (54 * 55 - 5 * 6) / 4
    deviation = np.sqrt((54 * 55 * 109 - 5 * 6 * 11) / 24)
    assert signed_rank(differences) == pytest.approx(
        2 * stats.norm.sf((plus - expected) / deviation), rel=1e-9
    )


def test_exact_and_approximate_p_meet_at_fifty_facts():
    differences = np.random.default_rng(3).normal(0.35, 1, 50)
    differences[:6] = 0
    more = np.append(differences, 1e-9)
    assert signed_rank(more) == pytest.approx(signed_rank(differences), rel=0.2)
    assert signed_rank(more) != signed_rank(differences)


def test_a_clear_difference_of_two_facts_is_not_significant():
    assert signed_rank(np.array([0.5, 0.7])) == 0.5


def test_rounding_is_no_difference():
    exact = np.array([0.0, 0.0, 0.0, 0.3, 0.4, -0.2, 0.5])
    rounded = exact + np.array([3e-8, -9e-7, 2e-8, 0, 0, 0, 0])
    assert signed_rank(rounded) == signed_rank(exact)
    assert np.isnan(signed_rank(rounded[:3]))


def test_undefined_differences_are_left_out():
    assert signed_rank(np.array([np.nan, 0.5, np.nan, 0.7])) == 0.5


@pytest.mark.parametrize("differences", [[], [0.3], [0.3, np.nan], [0.0, 0.0, 0.0], [np.nan] * 3])
def test_nothing_to_test_gives_no_p(differences):
    assert np.isnan(signed_rank(np.array(differences, dtype=float)))


def test_every_class_is_tested_by_its_own_facts_and_the_difference_not_at_all():
    draw = np.random.default_rng(4)
    differences = draw.normal(size=(12, 3))
    members = draw.random((2, 4, 12)) < 0.7
    found = signed_ranks(differences, members)
    for place in np.ndindex(2, 3, 3):
        own = differences[members[place[:2]], place[2]]
        assert found[place] == signed_rank(own)
    assert np.isnan(found[:, 3]).all()


def test_holm_by_hand():
    found = holm(np.array([0.01, 0.04, np.nan, 0.03, 0.005]))
    np.testing.assert_allclose(found, [0.03, 0.06, np.nan, 0.06, 0.02])


def test_holm_stays_within_one_and_needs_no_test():
    np.testing.assert_array_equal(holm(np.array([0.6, 0.7])), [1, 1])
    assert np.isnan(holm(np.array([np.nan]))).all()
