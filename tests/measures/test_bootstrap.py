"""Resampling relations and facts: what a draw is, and how often intervals hold the truth."""

import numpy as np
import pytest

import qloc.measures.bootstrap
from qloc.measures.bootstrap import (
    PERCENTILES,
    SIMULTANEOUS_PERCENTILES,
    Draws,
    conditional_interval,
    expanded,
    observed,
    percentile_interval,
    two_stage_interval,
    weighted_means,
)

RELATIONS = np.array([0, 0, 0, 2, 1, 1, 2, 2, 2])


def record(interval, relations, n_draws, seed=0):
    """All weights that an interval asks its statistic about."""
    seen: list[Draws] = []

    def statistic(draws):
        seen.append(draws)
        return draws.facts.sum(axis=1, keepdims=True)

    interval(statistic, relations, n_draws, np.random.default_rng(seed))
    facts = np.concatenate([draws.facts for draws in seen])
    return facts, np.concatenate([draws.relations for draws in seen])


def mean_of(values):
    return lambda draws: weighted_means(values[:, None], draws.facts)


def test_a_relation_drawn_m_times_gives_m_times_its_facts():
    facts, relations = record(two_stage_interval, RELATIONS, 300)
    for number in range(3):
        sizes = facts[:, number == RELATIONS].sum(axis=1)
        np.testing.assert_array_equal(sizes, relations[:, number] * (number == RELATIONS).sum())
    np.testing.assert_array_equal(relations.sum(axis=1), 3)


def test_every_fact_is_drawn_once_on_average():
    facts, relations = record(two_stage_interval, RELATIONS, 20_000)
    np.testing.assert_allclose(facts.mean(axis=0), 1, atol=0.05)
    # one relation of three drawn with replacement: variance 3 · 1/3 · 2/3
    np.testing.assert_allclose(relations.var(axis=0), 2 / 3, atol=0.03)


def test_a_conditional_draw_has_every_relation_once():
    facts, relations = record(conditional_interval, RELATIONS, 20_000)
    assert (relations == 1).all()
    assert (facts[:, RELATIONS == 1].sum(axis=1) == 2).all()
    # two facts drawn twice with replacement: variance 2 · 1/2 · 1/2
    np.testing.assert_allclose(facts[:, 4].var(), 1 / 2, atol=0.03)


def test_facts_of_a_relation_drawn_twice_are_two_independent_samples():
    facts, relations = record(two_stage_interval, np.array([0, 0, 1, 1]), 40_000)
    twice = facts[relations[:, 0] == 2][:, 0]
    np.testing.assert_allclose(np.bincount(twice.astype(int)) / len(twice),
                               np.array([1, 4, 6, 4, 1]) / 16, atol=0.02)  # fmt: skip


def test_draws_come_in_portions_that_add_up(monkeypatch):
    monkeypatch.setattr(qloc.measures.bootstrap, "WEIGHTS_AT_ONCE", 40)
    assert record(two_stage_interval, RELATIONS, 11)[0].shape == (11, 9)


def test_the_same_generator_gives_the_same_interval():
    values = np.random.default_rng(1).random(9)
    first, second, other = (
        two_stage_interval(mean_of(values), RELATIONS, 200, np.random.default_rng(seed))
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


def test_percentiles_leave_out_few_undefined_draws_and_refuse_many():
    draws = np.tile(np.arange(1000.0)[:, None], 3)
    draws[:50, 1] = np.nan
    draws[:51, 2] = np.nan
    low, high = percentile_interval(draws)
    np.testing.assert_allclose(low[:2], [24.975, 50 + 0.025 * 949])
    np.testing.assert_allclose(high[:2], [974.025, 50 + 0.975 * 949])
    assert np.isnan([low[2], high[2]]).all()


def test_ten_intervals_at_once_leave_out_a_tenth_of_what_one_does():
    assert SIMULTANEOUS_PERCENTILES == (0.25, 99.75)
    ends = percentile_interval(np.arange(1001.0)[:, None], SIMULTANEOUS_PERCENTILES)
    np.testing.assert_allclose(ends, [[2.5], [997.5]])


def test_both_two_stage_intervals_are_percentiles_of_the_same_draws():
    """Of so few relations they are far out; both ends of both."""
    values, seen = np.random.default_rng(1).random(9), []

    def statistic(draws):
        seen.append(mean_of(values)(draws))
        return seen[-1]

    ends = two_stage_interval(statistic, RELATIONS, 2001, np.random.default_rng(3))
    ordered = np.sort(np.concatenate(seen), axis=0)
    assert len(ordered) == 2001
    taken = [expanded(end, 3) for end in (*PERCENTILES, *SIMULTANEOUS_PERCENTILES)]
    np.testing.assert_allclose(ends[:, 0], np.percentile(ordered[:, 0], taken), rtol=1e-12)
    low, high, lowest, highest = ends[:, 0]
    assert lowest < low < high < highest


def test_percentiles_of_few_relations_are_more_extreme():
    # t(7) at 2.5 % is 2.365, by the root of 8/7 2.528: 0.573 % of normal values lie beyond.
    assert expanded(2.5, 8) == pytest.approx(0.573, abs=0.001)
    assert expanded(97.5, 8) == pytest.approx(99.427, abs=0.001)
    assert expanded(2.5, 36) == pytest.approx(1.98, abs=0.01)
    assert expanded(2.5, 100_000) == pytest.approx(2.5, abs=0.001)
    assert 0 < expanded(0.25, 8) < 0.01


def test_one_relation_has_a_conditional_interval_only():
    values, one = np.random.default_rng(1).random(9), np.zeros(9, dtype=int)
    draws = np.random.default_rng(0)
    ends = two_stage_interval(mean_of(values), one, 50, draws)
    assert ends.shape == (4, 1)
    assert np.isnan(ends).all()
    low, high = conditional_interval(mean_of(values), one, 500, draws)[:, 0]
    assert low < values.mean() < high


def test_no_fact_has_no_interval():
    nothing = np.array([], dtype=int)
    statistic, draws = mean_of(np.array([])), np.random.default_rng(0)
    ends = two_stage_interval(statistic, nothing, 50, draws)
    assert ends.shape == (4, 1)
    assert np.isnan(ends).all()
    assert np.isnan(conditional_interval(statistic, nothing, 50, draws)).all()
    assert np.isnan(observed(statistic, nothing)).all()


def test_weighted_means_leave_out_undefined_values():
    values = np.array([[1.0, np.nan], [2.0, 5.0], [6.0, 7.0]])
    weights = np.array([[1.0, 2.0, 1.0], [4.0, 0.0, 0.0]])
    np.testing.assert_array_equal(
        weighted_means(values, weights), [[11 / 4, 17 / 3], [1.0, np.nan]]
    )


def test_the_width_is_that_of_the_two_stages():
    """Of equal relations: var/R between their means, and again their facts' var/n."""
    draw = np.random.default_rng(12)
    effects, n = draw.normal(0, 1, 40), 25
    values = np.repeat(effects, n) + draw.normal(0, 2, 40 * n)
    relations = np.repeat(np.arange(40), n)
    by_relation = values.reshape(40, n)
    between = by_relation.mean(axis=1).var() / 40
    within = by_relation.var(axis=1).mean() / n / 40
    statistic = mean_of(values)
    low, high, lowest, highest = two_stage_interval(statistic, relations, 6000, draw)[:, 0]
    # of 40 relations: t(39) at 2.5 %, 2.023, by the root of 40/39
    assert (high - low) / (2 * 2.023 * np.sqrt(40 / 39)) == pytest.approx(
        np.sqrt(between + within), rel=0.04
    )
    # and at 0.25 %, 2.976
    assert (highest - lowest) / (2 * 2.976 * np.sqrt(40 / 39)) == pytest.approx(
        np.sqrt(between + within), rel=0.06
    )
    low, high = conditional_interval(statistic, relations, 6000, draw)[:, 0]
    assert (high - low) / 3.92 == pytest.approx(np.sqrt(within), rel=0.04)


@pytest.mark.parametrize(
    ("n_relations", "between", "low", "high"),
    [(8, 0.45, 0.91, 0.99), (8, 0.1, 0.94, 1.0), (30, 0.45, 0.91, 0.99)],
)
def test_the_two_stage_interval_covers_the_truth_about_as_often_as_it_says(
    n_relations, between, low, high
):
    """Bounds: three standard errors of 300 repetitions about the shares in the docstring."""
    draw = np.random.default_rng(21)
    relations = np.repeat(np.arange(n_relations), 30)
    hits = 0
    for _ in range(300):
        effects = np.sqrt(between) * draw.normal(size=n_relations)
        values = effects[relations] + np.sqrt(1 - between) * draw.normal(size=len(relations))
        ends = two_stage_interval(mean_of(values), relations, 300, draw)[:, 0]
        hits += ends[0] <= 0 <= ends[1]
    assert low < hits / 300 < high


def test_the_conditional_interval_covers_the_mean_of_these_relations():
    draw = np.random.default_rng(22)
    relations = np.repeat(np.arange(8), 30)
    effects = draw.normal(size=8)
    hits = 0
    for _ in range(300):
        values = effects[relations] + draw.normal(size=240)
        ends = conditional_interval(mean_of(values), relations, 300, draw)[:, 0]
        hits += ends[0] <= effects.mean() <= ends[1]
    assert 0.90 < hits / 300 < 0.985


def test_draws_that_never_vary_give_no_interval():
    draws = np.stack([np.zeros(201), np.linspace(0, 1, 201)], axis=1)
    low, high = percentile_interval(draws)
    assert np.isnan([low[0], high[0]]).all()
    np.testing.assert_allclose([low[1], high[1]], [0.025, 0.975])
