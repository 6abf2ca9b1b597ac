"""What all methods call inconsistent: by hand, by copying facts out, and under independence."""

import numpy as np
import pytest

from qloc.measures.bootstrap import Draws, observed
from qloc.measures.class_agreement import (
    JOINT_STATISTICS,
    class_agreement,
    scored_otsu_criterion,
)
from qloc.measures.classes import static_criterion
from qloc.measures.thresholds import otsu_threshold

N_JOINT = len(JOINT_STATISTICS)


def static(n_methods, threshold=0.5):
    return [static_criterion(threshold)] * n_methods


def of_observed(scores, criteria, relations):
    return observed(class_agreement(scores, criteria, relations), relations)


def slowly(scores, thresholds, relations):
    """The statistics of facts as they are, fact by fact."""
    kept = [fact for fact in range(scores.shape[1]) if not np.isnan(scores[:, fact]).any()]
    below = {
        fact: [s < t for s, t in zip(scores[:, fact], thresholds, strict=True)] for fact in kept
    }
    methods = range(len(scores))
    shares = [np.mean([below[fact][m] for fact in kept]) for m in methods]
    joint = np.mean([all(below[fact]) for fact in kept])
    within = 0.0
    for relation in set(relations[kept].tolist()):
        inside = [fact for fact in kept if relations[fact] == relation]
        products = [np.mean([below[fact][m] for fact in inside]) for m in methods]
        within += len(inside) / len(kept) * float(np.prod(products))
    product = float(np.prod(shares))
    return [joint, product, within, joint - product, joint - within, *shares]


def test_six_facts_of_two_relations_by_hand():
    low, high = 0.1, 0.9
    scores = np.array(
        [
            [low, low, low, high, high, low],
            [low, low, high, high, high, low],
            [low, high, low, low, high, np.nan],
        ]
    )
    relations = np.array([0, 0, 0, 1, 1, 1])
    found = of_observed(scores, static(3), relations)
    shares = [3 / 5, 2 / 5, 3 / 5]
    joint, product = 1 / 5, 18 / 125
    within = (3 * (1 * 2 / 3 * 2 / 3) + 2 * 0) / 5
    expected = [joint, product, within, joint - product, joint - within, *shares]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("criterion", ["static", "otsu"])
def test_weights_are_copies_of_facts_and_otsu_is_computed_anew(criterion):
    draw = np.random.default_rng(5)
    scores = np.round(draw.random((3, 40)), 2)
    scores[draw.random((3, 40)) < 0.1] = np.nan
    relations = np.arange(40) % 4
    weights = draw.integers(0, 3, (15, 40))
    criteria = (
        static(3, 0.4) if criterion == "static" else [scored_otsu_criterion(s) for s in scores]
    )
    found = class_agreement(scores, criteria, relations)(Draws(weights * 1.0, np.ones((15, 4))))
    for row, one in zip(weights, found, strict=True):
        copied = np.repeat(scores, row, axis=1)
        cuts = [
            0.4 if criterion == "static" else otsu_threshold(values[~np.isnan(values)])
            for values in copied
        ]
        np.testing.assert_allclose(one, slowly(copied, cuts, np.repeat(relations, row)), rtol=1e-12)


def test_one_method_agrees_with_itself_beyond_independence():
    scores = np.random.default_rng(1).random((1, 50)).repeat(3, axis=0)
    share, product, *_ = of_observed(scores, static(3, 0.3), np.zeros(50, int))
    single = (scores[0] < 0.3).mean()
    assert share == pytest.approx(single)
    assert product == pytest.approx(single**3)


def test_every_combination_of_classes_once_is_independence():
    corners = np.array(np.meshgrid([0.1, 0.9], [0.1, 0.9], [0.1, 0.9])).reshape(3, 8)
    relations = np.repeat([0, 1], 8)
    found = of_observed(np.tile(corners, 2), static(3), relations)
    np.testing.assert_allclose(found[:N_JOINT], [1 / 8, 1 / 8, 1 / 8, 0, 0], atol=1e-15)


def test_methods_that_agree_on_relations_only_exceed_independence_but_not_within_them():
    """In one relation all facts are inconsistent to all methods, in the other none."""
    scores = np.repeat([0.1, 0.9], 10)[None].repeat(3, axis=0)
    found = of_observed(scores, static(3), np.repeat([0, 1], 10))
    np.testing.assert_allclose(found[:N_JOINT], [1 / 2, 1 / 8, 1 / 2, 3 / 8, 0], atol=1e-15)


def test_the_product_within_a_relation_of_few_facts_leans_to_the_share_by_one_nth():
    """As the module says; here two methods that agree on nine facts of ten, 600 relations of 5."""
    draw, n = np.random.default_rng(7), 5
    first = draw.random(600 * n) < 0.5
    second = np.where(draw.random(600 * n) < 0.9, first, ~first)
    scores = np.where(np.stack([first, second]), 0.1, 0.9)
    share, product, within, *_ = of_observed(scores, static(2), np.repeat(np.arange(600), n))
    assert product == pytest.approx(0.25, abs=0.02)
    assert within == pytest.approx(0.25 + (share - 0.25) / n, abs=0.015)


def test_facts_that_one_method_cannot_classify_are_not_counted():
    scores = np.array([[0.1, 0.1, 0.9], [0.1, np.nan, 0.9]])
    found = of_observed(scores, static(2), np.zeros(3, int))
    assert found[0] == 1 / 2


@pytest.mark.parametrize("n_facts", [0, 3])
def test_nothing_classified_gives_nothing(n_facts):
    scores = np.full((2, n_facts), np.nan)
    relations = np.zeros(n_facts, int)
    criteria = [scored_otsu_criterion(values) for values in scores]
    for cuts in (static(2), criteria):
        assert np.isnan(of_observed(scores, cuts, relations)).all()


def test_a_method_without_a_threshold_leaves_nothing_to_intersect():
    scores = np.array([[0.1, 0.9, 0.8], [0.4, 0.4, 0.4]])
    criteria = [scored_otsu_criterion(values) for values in scores]
    assert np.isnan(of_observed(scores, criteria, np.zeros(3, int))).all()


def test_a_draw_without_a_scored_fact_has_no_threshold():
    scores = np.array([[0.1, 0.9, np.nan], [0.1, 0.9, 0.5]])
    criteria = [scored_otsu_criterion(values) for values in scores]
    draws = Draws(np.array([[0.0, 0.0, 3.0]]), np.ones((1, 1)))
    assert np.isnan(class_agreement(scores, criteria, np.zeros(3, int))(draws)).all()
