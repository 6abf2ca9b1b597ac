"""One normal or two: against scikit-learn, by invariance, by simulation."""

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from qloc.measures.mixture import bic_differences, empirical_logits


def two_humps(draw, n=200, distance=4.0):
    return draw.normal(0, 1, n) + distance * (draw.random(n) < 0.4)


def test_logits_are_finite_and_antisymmetric():
    found = empirical_logits(np.array([0, 2, 4]), np.array([4, 4, 4]))
    np.testing.assert_allclose(found, [-np.log(9), 0, np.log(9)])


@pytest.mark.parametrize("seed", range(4))
def test_two_clear_humps_differ_in_bic_as_in_scikit_learn(seed):
    values = two_humps(np.random.default_rng(seed))
    column = values[:, None]
    one, two = (
        GaussianMixture(n, tol=1e-9, max_iter=2000, n_init=5, random_state=0).fit(column)
        for n in (1, 2)
    )
    expected = one.bic(column) - two.bic(column)
    assert bic_differences(values[None])[0] == pytest.approx(expected, abs=0.5)


def test_one_hump_favours_one_and_two_humps_favour_two():
    draw = np.random.default_rng(1)
    one = bic_differences(draw.normal(3, 2, (200, 150)))
    assert (one < 0).mean() > 0.95
    two = bic_differences(np.stack([two_humps(draw) for _ in range(50)]))
    assert (two > 0).all()


def test_scale_and_origin_do_not_matter():
    values = two_humps(np.random.default_rng(2))[None]
    np.testing.assert_allclose(bic_differences(7 * values - 3), bic_differences(values), rtol=1e-6)


def test_samples_fitted_together_are_fitted_as_if_alone():
    draw = np.random.default_rng(3)
    values = np.stack([two_humps(draw) for _ in range(5)])
    alone = [bic_differences(row[None])[0] for row in values]
    np.testing.assert_allclose(bic_differences(values), alone, atol=0.5)


def test_many_ties_do_not_make_a_component_without_width():
    values = [
        np.concatenate([np.zeros(12), np.random.default_rng(seed).normal(0, 1, 188)])
        for seed in range(5)
    ]
    assert (bic_differences(np.stack(values)) < 20).all()


def test_equal_values_have_no_mixture():
    values = np.stack([np.full(20, 1.5), np.linspace(0, 3, 20)])
    found = bic_differences(values)
    assert np.isnan(found[0])
    assert np.isfinite(found[1])
    assert np.isnan(bic_differences(values[:1])[0])
