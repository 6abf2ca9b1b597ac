"""Are there two kinds? One hump must say no, also with ties; two humps must say yes."""

import diptest
import numpy as np
import pytest

from qloc.measures.diagnostics import DIAGNOSTICS, diagnose
from qloc.measures.thresholds import otsu_threshold
from qloc.measures.welch import welch


def counts_of(draw, rates, low=8, high=30):
    """Shared neurons of facts with these scores, on the grids of small unions."""
    n_any = draw.integers(low, high, len(rates))
    return np.rint(rates * n_any).astype(np.int64), n_any


def by_name(values):
    return dict(zip(DIAGNOSTICS, values.tolist(), strict=True))


def test_values_are_those_of_their_definitions():
    draw = np.random.default_rng(1)
    n_shared, n_any = counts_of(draw, draw.beta(3, 4, 60))
    found = by_name(diagnose(n_shared, n_any, 5, draw).values)
    scores = n_shared / n_any
    cut = otsu_threshold(scores)
    upper, lower = scores[scores >= cut], scores[scores < cut]
    between = len(upper) * (upper.mean() - scores.mean()) ** 2
    between += len(lower) * (lower.mean() - scores.mean()) ** 2
    assert found["otsu_eta_squared"] == pytest.approx(between / (60 * scores.var()))
    assert found["welch_t"] == pytest.approx(welch(upper, lower).t)
    assert found["inconsistent_share"] == pytest.approx((scores < cut).mean())
    assert found["dip"] == diptest.dipstat(scores)


def test_two_clear_humps_are_two_kinds_by_every_sign():
    draw = np.random.default_rng(2)
    rates = np.where(draw.random(150) < 0.5, draw.beta(20, 80, 150), draw.beta(60, 20, 150))
    n_shared, n_any = counts_of(draw, rates)
    found = diagnose(n_shared, n_any, 200, draw)
    p_values = by_name(found.p_values)
    for name in ("bic_difference", "dip", "otsu_eta_squared", "welch_t"):
        assert p_values[name] < 0.02, name
    assert by_name(found.values)["bic_difference"] > 20


@pytest.mark.slow
@pytest.mark.parametrize(("a", "b"), [(4, 6), (1.5, 9)])
def test_one_hump_is_called_two_kinds_about_as_seldom_as_the_level_says(a, b):
    """45 samples of coarse scores: fewer than 6 of 45 at the 5 % level (binomial, p > 0.99)."""
    draw = np.random.default_rng(3)
    p_values = np.array(
        [diagnose(*counts_of(draw, draw.beta(a, b, 90)), 60, draw).p_values for _ in range(45)]
    )
    for name, column in zip(DIAGNOSTICS, p_values.T, strict=True):
        assert (column < 0.05).sum() < 6, name


def test_ties_alone_are_no_second_hump():
    """Hartigan's own p calls coarse scores of one hump two kinds; the simulations do not."""
    draw = np.random.default_rng(4)
    n_shared = np.rint(draw.beta(4, 6, 300) * 6).astype(np.int64)
    n_any = np.full(300, 6)
    assert diptest.diptest(n_shared / n_any)[1] < 0.01
    assert by_name(diagnose(n_shared, n_any, 100, draw).p_values)["dip"] > 0.05


def test_what_otsu_gives_on_one_hump_lies_within_its_reference():
    draw = np.random.default_rng(5)
    found = diagnose(*counts_of(draw, draw.beta(4, 6, 200)), 100, draw)
    median, low, high = (by_name(row) for row in found.references)
    assert low["welch_t"] < by_name(found.values)["welch_t"] < high["welch_t"]
    assert median["welch_t"] > 15
    assert all(low[name] <= median[name] <= high[name] for name in DIAGNOSTICS)


def test_a_p_value_counts_the_facts_themselves():
    draw = np.random.default_rng(6)
    rates = np.where(draw.random(150) < 0.5, 0.1, 0.9)
    found = diagnose(*counts_of(draw, rates), 9, draw)
    assert by_name(found.p_values)["otsu_eta_squared"] == pytest.approx(1 / 10)


@pytest.mark.parametrize("n_shared", [[2, 2, 2, 2, 2], [1, 2, 3], []])
def test_equal_or_too_few_scores_have_no_diagnosis(n_shared):
    counts = np.array(n_shared, dtype=np.int64)
    found = diagnose(counts, np.full(len(counts), 4), 5, np.random.default_rng(0))
    for part in (found.values, found.references, found.p_values):
        assert np.isnan(part).all()
