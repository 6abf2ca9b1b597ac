"""Facts of one kind: the fitted Beta and what is drawn from it."""

import numpy as np
import pytest

from qloc.measures.beta import fit_one_hump, simulate_counts


def test_the_beta_has_the_mean_and_variance_of_the_scores():
    scores = np.array([0.2, 0.3, 0.4, 0.5, 0.35])
    a, b = fit_one_hump(scores)
    assert a / (a + b) == pytest.approx(scores.mean())
    assert a * b / ((a + b) ** 2 * (a + b + 1)) == pytest.approx(scores.var())


def test_scores_of_a_beta_give_its_parameters_back():
    a, b = fit_one_hump(np.random.default_rng(1).beta(2, 5, 200_000))
    assert (a, b) == (pytest.approx(2, rel=0.03), pytest.approx(5, rel=0.03))


def test_where_a_u_would_fit_the_widest_beta_that_is_none_is_taken():
    a, b = fit_one_hump(np.array([0.0] * 6 + [1.0] * 4))
    assert (a, b) == (pytest.approx(0.4 / 0.6), pytest.approx(1))


def test_scores_of_0_and_1_are_fine_and_equal_scores_have_no_beta():
    assert fit_one_hump(np.array([0.0, 0.5, 0.4, 0.5, 1.0])) is not None
    assert fit_one_hump(np.full(9, 0.1)) is None


def test_every_fact_keeps_its_own_grid():
    n_neurons = np.array([1, 4, 50])
    parts = list(simulate_counts((2.0, 3.0), n_neurons, 4000, np.random.default_rng(2)))
    counts = np.concatenate(parts)
    assert counts.shape == (4000, 3)
    assert set(counts[:, 0]) == {0, 1}
    assert set(counts[:, 1]) == {0, 1, 2, 3, 4}
    np.testing.assert_allclose((counts / n_neurons)[:, 1:].mean(axis=0), 0.4, atol=0.02)
