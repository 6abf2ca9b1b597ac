"""Estimates by class: by hand, and by copying facts out as often as a draw took them."""

import numpy as np
import pandas as pd
import pytest

from qloc.measures.bootstrap import conditional_interval, two_stage_interval
from qloc.measures.effects import (
    class_estimates,
    class_rows,
    class_sums,
    comparison_rows,
    relative,
)
from qloc.measures.scored_facts import ScoredFacts
from qloc.measures.signed_ranks import holm, signed_rank
from qloc.measures.thresholds import otsu_threshold

STATIC = 0.35


def sample(n_facts=30, n_relations=5, seed=5):
    """Facts, some without a score, and two values of most of them."""
    draw = np.random.default_rng(seed)
    scores = draw.integers(0, 9, n_facts) / 9
    scores[draw.random(n_facts) < 0.1] = np.nan
    relations = np.arange(n_facts) % n_relations
    ids = np.array([f"P{r}/{n}" for n, r in enumerate(relations)], dtype=object)
    values = draw.normal(1, 1, (n_facts, 2))
    values[draw.random((n_facts, 2)) < 0.2] = np.nan
    return ScoredFacts(ids, scores, relations, STATIC), values


def slow_means(facts, values):
    """The means of every class, from facts copied out as often as they were taken."""

    def statistic(draws):
        rows = []
        for weights in draws.facts.astype(int):
            scores = np.repeat(facts.scores, weights)
            copies = np.repeat(values, weights, axis=0)
            row = []
            for cut in (STATIC, otsu_threshold(scores[~np.isnan(scores)])):
                upper, lower = copies[scores >= cut], copies[scores < cut]
                means = [mean_by_column(part) for part in (copies, upper, lower)]
                row += [*means, means[2] - means[1]]
            rows.append(np.concatenate(row))
        return np.stack(rows)

    return statistic


def mean_by_column(values):
    return np.array([np.mean(own) if len(own := column[~np.isnan(column)]) else np.nan
                     for column in values.T])  # fmt: skip


def test_means_and_intervals_are_those_of_facts_copied_out():
    facts, values = sample()
    found = class_estimates(values, facts, 60, np.random.default_rng(3))
    draws, statistic = np.random.default_rng(3), slow_means(facts, values)
    low, high, lowest, highest = two_stage_interval(statistic, facts.relations, 60, draws)
    given_low, given_high = conditional_interval(statistic, facts.relations, 60, draws)
    np.testing.assert_allclose(found.ci_low.ravel(), low, rtol=1e-10)
    np.testing.assert_allclose(found.ci_high.ravel(), high, rtol=1e-10)
    np.testing.assert_allclose(found.simultaneous_ci_low.ravel(), lowest, rtol=1e-10)
    np.testing.assert_allclose(found.simultaneous_ci_high.ravel(), highest, rtol=1e-10)
    np.testing.assert_allclose(found.conditional_ci_low.ravel(), given_low, rtol=1e-10)
    np.testing.assert_allclose(found.conditional_ci_high.ravel(), given_high, rtol=1e-10)
    assert np.isfinite(found.ci_low).all()
    for place in np.ndindex(2, 3, 2):
        own = values[facts.members[place[:2]], place[2]]
        assert found.mean[place] == pytest.approx(np.nanmean(own))
        assert found.median[place] == np.nanmedian(own)
    np.testing.assert_allclose(found.mean[:, 3], found.mean[:, 2] - found.mean[:, 1])
    assert np.isnan(found.median[:, 3]).all()


def test_six_facts_by_hand():
    scores = np.array([0.1, 0.2, 0.9, 0.4, np.nan, 0.0])
    ids = np.array(list("abcdef"), dtype=object)
    facts = ScoredFacts(ids, scores, np.array([0, 0, 1, 1, 2, 2]), STATIC)
    values = np.array([[1.0], [np.nan], [5.0], [2.0], [12.0], [3.0]])
    found = class_estimates(values, facts, 5, np.random.default_rng(0))
    # Otsu cuts at 0.9: 4/5 · 1/5 · 0.725² is more than 3/5 · 2/5 · 0.55² at 0.4.
    static, otsu = found.mean[..., 0]
    np.testing.assert_array_equal(static, [23 / 5, 3.5, 2, -1.5])
    np.testing.assert_array_equal(otsu, [23 / 5, 5, 2, -3])
    np.testing.assert_array_equal(found.n_facts[..., 0], [[5, 2, 2, 4], [5, 1, 3, 4]])
    np.testing.assert_array_equal(found.n_relations[..., 0], [[3, 1, 2, 3], [3, 1, 3, 3]])
    np.testing.assert_array_equal(found.median[..., 0], [[3, 3.5, 2, np.nan], [3, 5, 2, np.nan]])


def test_facts_without_values_move_the_threshold_of_otsu_but_no_count():
    scores = np.array([0.4, 0.5, 0.6, 0.0, 0.02, 0.04])
    ids, relations = np.array(list("abcdef"), dtype=object), np.zeros(6, dtype=int)
    values = np.array([[1.0], [2.0], [3.0], [np.nan], [np.nan], [np.nan]])
    found = class_estimates(
        values, ScoredFacts(ids, scores, relations, STATIC), 5, np.random.default_rng(0)
    )
    np.testing.assert_array_equal(found.n_facts[..., 0], [[3, 3, 0, 3], [3, 3, 0, 3]])
    alone = ScoredFacts(ids[:3], scores[:3], relations[:3], STATIC)
    found = class_estimates(values[:3], alone, 5, np.random.default_rng(0))
    np.testing.assert_array_equal(found.n_facts[..., 0], [[3, 3, 0, 3], [3, 2, 1, 3]])


def test_no_fact_and_no_value_have_no_estimates():
    facts, values = sample()
    nothing = ScoredFacts(facts.fact_ids[:0], facts.scores[:0], facts.relations[:0], STATIC)
    for values_of, those in ((np.full_like(values, np.nan), facts), (values[:0], nothing)):
        found = class_estimates(values_of, those, 5, np.random.default_rng(0))
        assert (found.n_facts == 0).all()
        assert np.isnan([found.mean, found.median, found.ci_low, found.conditional_ci_low]).all()


def test_an_effect_that_is_always_zero_has_no_interval():
    facts, values = sample()
    found = class_estimates(values * 0, facts, 50, np.random.default_rng(0))
    assert (found.mean == 0).all()
    assert np.isnan(found.ci_low).all()


def test_a_value_of_one_relation_of_five_has_no_two_stage_interval():
    """A third of the draws misses that relation."""
    facts, values = sample()
    values[facts.relations != 2] = np.nan
    found = class_estimates(values, facts, 200, np.random.default_rng(0))
    assert np.isnan(found.ci_low).all()
    assert np.isfinite(found.conditional_ci_low[:, 0]).all()


def test_relative_changes_from_nothing_are_undefined():
    found = relative(np.array([0.2, -0.3, 0.1, 0.0]), np.array([0.4, 0.6, 0.0, 0.0]))
    np.testing.assert_allclose(found, [0.5, -0.5, np.nan, np.nan])


def test_sums_over_the_queries_of_each_class():
    facts, _ = sample()
    draw = np.random.default_rng(1)
    of_queries, values = draw.integers(0, 30, 80), draw.random((80, 3))
    found = class_sums(values, of_queries, facts)
    for criterion, of_class in np.ndindex(2, 4):
        inside = [facts.members[criterion, of_class, fact] for fact in of_queries]
        np.testing.assert_allclose(found[criterion, of_class], values[inside].sum(axis=0))


def test_rows_name_what_their_numbers_are_of():
    numbers = np.arange(24.0).reshape(2, 4, 3)
    found = class_rows(pd.DataFrame({"set": list("abc")}, index=[7, 7, 9]), {"mean": numbers})
    found = found.set_index(["criterion", "fact_class", "set"])["mean"]
    assert len(found) == 24
    assert found["otsu", "difference", "b"] == numbers[1, 3, 1]
    assert found["static", "inconsistent", "c"] == numbers[0, 2, 2]
    assert found["static", "consistent", "a"] == numbers[0, 1, 0]


def test_comparisons_are_adjusted_within_criterion_class_and_family():
    facts, values = sample()
    values = np.concatenate([values, values + 0.5, -values / 3], axis=1)
    measures = pd.DataFrame({"family": list("xyxyxy"), "set": range(6)})
    found = comparison_rows(measures, values, facts, ["family"], 40, np.random.default_rng(3))
    found = found.set_index(["criterion", "fact_class", "family", "set"]).sort_index()
    inside = values[facts.members[1, 2]]
    p_values = np.array([signed_rank(inside[:, column]) for column in (1, 3, 5)])
    own = found.loc["otsu", "inconsistent", "y"]
    np.testing.assert_array_equal(own["p_value"], p_values)
    np.testing.assert_array_equal(own["p_holm"], holm(p_values))
    estimates = class_estimates(values, facts, 40, np.random.default_rng(3))
    np.testing.assert_array_equal(own["difference"], estimates.mean[1, 2, 1::2])
    np.testing.assert_array_equal(own["ci_high"], estimates.ci_high[1, 2, 1::2])
    highest = estimates.simultaneous_ci_high[1, 2, 1::2]
    np.testing.assert_array_equal(own["simultaneous_ci_high"], highest)
    assert (highest > own["ci_high"]).all()
    assert found.loc[(slice(None), "difference"), ["p_value", "p_holm"]].isna().all(axis=None)
