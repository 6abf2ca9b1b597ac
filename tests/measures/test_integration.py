"""The adaptive integral on functions whose integrals are known."""

import math

import pytest
import torch

from qloc.measures.integration import POINT_COUNTS, integrate, integrate_adaptively
from qloc.measures.quadrature import right_riemann

TOLERANCE = 1e-3


class Paths:
    """Two neurons per (query, layer): one follows a function of α, one is constant 0.5."""

    def __init__(self, functions, exact):
        self.functions = functions
        self.exact = torch.tensor(exact, dtype=torch.float64)
        self.asked = []

    @property
    def answer_change(self):
        return self.exact + 0.5

    def __call__(self, pairs, rule):
        self.asked.append((pairs.tolist(), rule.n_points))
        rows = []
        for query, layer in torch.nonzero(pairs).tolist():
            values = [self.functions[query][layer](point) for point in rule.points]
            rows.append([math.fsum(w * v for w, v in zip(rule.weights, values, strict=True)), 0.5])
        return torch.tensor(rows, dtype=torch.float64)


def smooth(point):
    return 3 * point**2


def steep(point):
    return 40 * math.exp(-40 * (1 - point))


STEEP = 1 - math.exp(-40)


def test_smooth_paths_settle_at_the_second_number_of_points_and_are_exact():
    paths = Paths([[smooth, smooth]], [[1.0, 1.0]])
    found = integrate_adaptively(paths, paths.answer_change, TOLERANCE)
    assert found.scores.tolist() == [[pytest.approx([1, 0.5]), pytest.approx([1, 0.5])]]
    assert found.n_points.tolist() == [[POINT_COUNTS[1]] * 2]
    assert found.is_settled.all()
    assert found.gap.max() < 1e-12
    assert found.score_change.max() < 1e-12


def test_only_the_pair_that_is_not_settled_is_repeated():
    paths = Paths([[smooth, steep], [smooth, smooth]], [[1.0, STEEP], [1.0, 1.0]])
    found = integrate_adaptively(paths, paths.answer_change, TOLERANCE)
    every, alone = [[True, True], [True, True]], [[False, True], [False, False]]
    counts = [count for _, count in paths.asked]
    assert [pairs for pairs, _ in paths.asked] == [every, every] + [alone] * (len(counts) - 2)
    assert counts == list(POINT_COUNTS[: len(counts)])
    assert len(counts) > 2
    assert found.n_points.tolist() == [[POINT_COUNTS[1], counts[-1]], [POINT_COUNTS[1]] * 2]
    assert found.is_settled.all()
    assert found.scores[0, 1, 0] == pytest.approx(STEEP, abs=1e-5)


def test_a_settled_pair_has_gap_and_change_within_the_tolerance_of_the_largest_score():
    paths = Paths([[steep, smooth]], [[STEEP, 1.0]])
    found = integrate_adaptively(paths, paths.answer_change, TOLERANCE)
    assert found.gap.max() <= TOLERANCE
    assert found.score_change.max() <= TOLERANCE


def test_the_unit_is_the_largest_score_of_the_query_over_all_layers():
    paths = Paths([[lambda _: 1e5, steep]], [[1e5, STEEP]])
    found = integrate_adaptively(paths, paths.answer_change, TOLERANCE)
    assert found.n_points.tolist() == [[POINT_COUNTS[1]] * 2]
    assert found.is_settled.all()


def test_a_large_negative_score_is_a_unit_as_well():
    paths = Paths([[lambda _: -1e5, steep]], [[-1e5, STEEP]])
    found = integrate_adaptively(paths, paths.answer_change, TOLERANCE)
    assert found.n_points.tolist() == [[POINT_COUNTS[1]] * 2]
    assert found.is_settled.all()


def test_a_missed_change_of_the_answer_keeps_a_pair_unsettled():
    paths = Paths([[smooth, smooth]], [[1.0, 1.0]])
    off = paths.answer_change + torch.tensor([[0.0, 0.002]])
    found = integrate_adaptively(paths, off, TOLERANCE)
    assert found.is_settled.tolist() == [[True, False]]
    assert found.gap[0, 1] == pytest.approx(0.002)
    assert found.score_change[0, 1] < 1e-12


def test_a_pair_that_never_settles_keeps_the_scores_of_the_most_points():
    def rough(point):
        return 1.0 if math.sin(1e4 * point) > 0 else -1.0

    paths = Paths([[rough, smooth]], [[0.0, 1.0]])
    found = integrate_adaptively(paths, paths.answer_change, TOLERANCE)
    assert found.n_points.tolist() == [[POINT_COUNTS[-1], POINT_COUNTS[1]]]
    assert found.is_settled.tolist() == [[False, True]]
    assert paths.asked[-1][1] == POINT_COUNTS[-1]


def test_two_numbers_of_points_that_agree_by_accident_are_not_trusted_beside_a_gap():
    paths = Paths([[lambda _: 0.0]], [[1.0]])
    found = integrate_adaptively(paths, paths.answer_change, TOLERANCE)
    assert found.score_change.tolist() == [[0.0]]
    assert found.is_settled.tolist() == [[False]]


def test_one_fixed_rule_reports_its_gap_and_no_change():
    paths = Paths([[smooth, steep]], [[1.0, STEEP]])
    found = integrate(paths, paths.answer_change, right_riemann(10))
    assert found.scores[0, 0, 0] == pytest.approx(3 * 385 / 1000)
    assert found.score_sum[0, 0] == pytest.approx(3 * 385 / 1000 + 0.5)
    largest = float(found.scores.abs().max())
    assert found.gap[0, 0] == pytest.approx((3 * 385 / 1000 - 1) / largest)
    assert found.n_points.tolist() == [[10, 10]]
    assert found.score_change.isnan().all()
    assert found.is_settled is None


def test_a_query_without_any_score_has_no_unit_for_its_gap():
    found = integrate(
        lambda pairs, rule: torch.zeros((int(pairs.sum()), 3), dtype=torch.float64),
        torch.zeros((1, 2), dtype=torch.float64),
        right_riemann(3),
    )
    assert found.gap.isnan().all()
