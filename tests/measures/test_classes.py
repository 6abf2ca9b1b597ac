"""Shares, means and differences of the two classes: by hand and by copying facts out."""

import numpy as np
import pytest

from qloc.measures.bootstrap import Draws, observed
from qloc.measures.classes import (
    class_differences,
    class_differences_by_relation,
    class_statistics,
    otsu_criterion,
    static_criterion,
)
from qloc.measures.thresholds import otsu_threshold

SCORES = np.array([0.05, 0.1, 0.3, 0.6, 0.1])
VALUES = np.array([[1.0, 10.0], [2.0, np.nan], [3.0, 20.0], [5.0, 60.0], [9.0, 2.0]])
RELATIONS = np.array([0, 0, 1, 1, 1])


def test_five_facts_summarized_by_hand():
    found = observed(class_statistics(SCORES, static_criterion(0.1), VALUES), RELATIONS)
    expected = [0.1, 4 / 5, 1 / 5, 1.1 / 4, 0.05, 20 / 5, 92 / 4]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_an_empty_class_has_no_mean():
    found = observed(class_statistics(SCORES, static_criterion(0.01), VALUES), RELATIONS)
    np.testing.assert_allclose(found[:5], [0.01, 1, 0, 1.15 / 5, np.nan])


def test_without_a_threshold_there_are_no_classes_but_means():
    scores = np.full(5, 0.4)
    found = observed(class_statistics(scores, otsu_criterion(scores), VALUES), RELATIONS)
    np.testing.assert_array_equal(found, [np.nan] * 5 + [4, 23])


@pytest.mark.parametrize("criterion", ["static", "otsu"])
def test_weights_are_copies_of_facts_and_otsu_is_computed_anew(criterion):
    draw = np.random.default_rng(5)
    scores, values = draw.integers(0, 9, 30) / 9, draw.random((30, 2))
    values[draw.random((30, 2)) < 0.2] = np.nan
    weights = draw.integers(0, 3, (20, 30))
    rule = static_criterion(0.4) if criterion == "static" else otsu_criterion(scores)
    draws = Draws(weights.astype(float), np.ones((20, 1)))
    statistics = class_statistics(scores, rule, values)(draws)
    differences = class_differences(scores, rule, values)(draws)
    for row, one, difference in zip(weights, statistics, differences, strict=True):
        copied, others = np.repeat(scores, row), np.repeat(values, row, axis=0)
        cut = 0.4 if criterion == "static" else otsu_threshold(copied)
        upper = copied >= cut
        np.testing.assert_allclose(
            one[:5],
            [cut, upper.mean(), 1 - upper.mean(), copied[upper].mean(), copied[~upper].mean()],
        )
        np.testing.assert_allclose(one[5:], np.nanmean(others, axis=0))
        expected = np.nanmean(others[upper], axis=0) - np.nanmean(others[~upper], axis=0)
        np.testing.assert_allclose(difference, expected)


def test_differences_by_relation_use_one_threshold_for_all():
    statistic = class_differences_by_relation(SCORES, static_criterion(0.1), VALUES, RELATIONS)
    found = observed(statistic, RELATIONS)
    np.testing.assert_array_equal(found, [2 - 1, np.nan, np.nan, np.nan])
    statistic = class_differences_by_relation(SCORES, otsu_criterion(SCORES), VALUES, RELATIONS)
    found = observed(statistic, RELATIONS)  # the threshold is 0.6
    np.testing.assert_array_equal(found, [np.nan, np.nan, 5 - (3 + 9) / 2, 60 - 22 / 2])
