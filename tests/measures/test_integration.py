"""The adaptive integral on functions whose integrals are known."""

import math

import pytest
import torch

from qloc.measures.integration import Words, integrate, integrate_adaptively
from qloc.measures.quadrature import left, nested_ladder, right_riemann

TOLERANCE = 1e-3
COUNTS = [rule.n_points for rule in nested_ladder()]


class Paths:
    """Two neurons per path: one follows a function of α, one is constant.

    Gradients hold the values of the function; a score is twice a gradient.
    """

    def __init__(self, *functions, constant=0.5):
        self.functions = functions
        self.constant = constant
        self.asked = []

    def _value(self, path, point):
        return [self.functions[path](point) / 2, self.constant / 2]

    def gradients(self, chosen, points):
        self.asked.append((chosen.tolist(), list(points)))
        inside = [[self._value(path, point) for point in points] for path in chosen.tolist()]
        end = [self._value(path, 1.0) for path in chosen.tolist()]
        shape = (len(chosen), len(points), 2)
        return (
            torch.tensor(inside, dtype=torch.float64).reshape(shape),
            torch.tensor(end, dtype=torch.float64).reshape(-1, 2),
        )

    def scores(self, _chosen, gradients):
        return 2 * gradients


def smooth(point):
    return 3 * point**2


def steep(point):
    return 40 * math.exp(-40 * (1 - point))


def huge(_point):
    return 1e5


def rough(point):
    return 1.0 if math.sin(1e4 * point) > 0 else -1.0


STEEP = 1 - math.exp(-40)


def words(*of_pairs, queries):
    """Paths of pairs, by the pair of each path and the query of each pair."""
    return Words(torch.tensor(of_pairs), torch.tensor(queries))


def adaptive(paths, exact, belongs, tolerance=TOLERANCE):
    """Every path's change of the answer is the integral of both neurons."""
    change = torch.tensor(exact, dtype=torch.float64) + paths.constant
    return integrate_adaptively(paths, belongs, change, tolerance)


def test_smooth_paths_settle_at_the_first_rung_that_is_exact_and_the_one_after():
    found = adaptive(Paths(smooth, smooth), [1.0, 1.0], words(0, 1, queries=[0, 0]))
    assert found.scores.tolist() == [pytest.approx([1, 0.5]), pytest.approx([1, 0.5])]
    exact = next(count for count in COUNTS if count >= 3)  # degree 2 takes three points
    after = COUNTS[COUNTS.index(exact) + 1]
    assert set(found.n_points.tolist()) <= {exact, after}
    assert found.is_settled.all()
    assert found.gap.max() < 1e-12


def test_no_gradient_is_taken_twice_and_only_where_a_path_is_not_settled():
    paths = Paths(smooth, steep, smooth)
    found = adaptive(paths, [1.0, STEEP, 1.0], words(0, 1, 2, queries=[0, 0, 1]))
    asked = [(path, point) for chosen, points in paths.asked for path in chosen for point in points]
    assert len(asked) == len(set(asked))
    assert 1.0 not in {point for _, point in asked}
    for path, n_points in enumerate(found.n_points.tolist()):
        rule = next(rule for rule in nested_ladder() if rule.n_points == n_points)
        own = {point for asking, point in asked if asking == path}
        assert own == set(rule.points) - {1.0}
    assert found.n_points[1] > found.n_points[0] == found.n_points[2]
    assert found.is_settled.all()
    assert found.scores[1, 0] == pytest.approx(STEEP, abs=1e-3)


def test_scores_are_those_of_the_rule_of_the_last_rung():
    paths = Paths(smooth, steep)
    found = adaptive(paths, [1.0, STEEP], words(0, 1, queries=[0, 1]))
    for path, n_points in enumerate(found.n_points.tolist()):
        rule = next(rule for rule in nested_ladder() if rule.n_points == n_points)
        values = [paths.functions[path](point) for point in rule.points]
        expected = math.fsum(w * v for w, v in zip(rule.weights, values, strict=True))
        assert found.scores[path, 0] == pytest.approx(expected, rel=1e-12)


def test_a_settled_path_has_gap_and_change_within_the_tolerance_of_the_largest_score():
    found = adaptive(Paths(steep, smooth), [STEEP, 1.0], words(0, 1, queries=[0, 0]))
    assert found.is_settled.all()
    assert found.gap.max() <= TOLERANCE
    assert found.score_change.max() <= TOLERANCE


@pytest.mark.parametrize("sign", [1, -1])
def test_the_unit_is_the_largest_score_of_the_query_over_all_layers(sign):
    def large(point):
        return sign * huge(point)

    beside = adaptive(Paths(large, steep), [sign * 1e5, STEEP], words(0, 1, queries=[0, 0]))
    apart = adaptive(Paths(large, steep), [sign * 1e5, STEEP], words(0, 1, queries=[0, 1]))
    assert beside.is_settled.all()
    assert apart.is_settled.all()
    assert beside.n_points[1] < apart.n_points[1]


def test_errors_of_the_words_of_a_pair_are_added():
    """Each of ten words would do by itself on the third rung; together they miss the tolerance."""
    n_words, largest = 10, 2.0

    def bent(point):
        return (1 - point) ** 7

    def by(rule):
        return math.fsum(w * bent(p) for w, p in zip(rule.weights, rule.points, strict=True))

    second, third = nested_ladder()[1:3]
    scale = 0.3 * TOLERANCE * largest / abs(by(third) - by(second))
    paths = Paths(*[lambda p: scale * bent(p)] * n_words, lambda _: largest, constant=0.0)
    exact = [scale / 8] * n_words + [largest]
    together = adaptive(paths, exact, words(*[0] * n_words, 1, queries=[0, 0]))
    apart = adaptive(paths, exact, words(*range(n_words + 1), queries=[0] * (n_words + 1)))
    assert apart.n_points[0] <= third.n_points < together.n_points[0]
    assert apart.is_settled.all()
    assert together.is_settled.all()
    assert together.gap[:n_words].sum() <= TOLERANCE


def test_a_path_goes_as_far_beside_a_query_of_many_words_as_alone():
    def flat(point):
        return 1 + 2e-3 * point**5

    exact = 1 + 2e-3 / 6
    alone = adaptive(Paths(flat), [exact], words(0, queries=[0]))
    beside = adaptive(Paths(flat, smooth, smooth), [exact, 1, 1], words(0, 1, 1, queries=[0, 1]))
    assert beside.n_points[0] == alone.n_points[0]
    assert beside.scores[0].tolist() == pytest.approx(alone.scores[0].tolist(), abs=1e-15)


def test_words_of_one_pair_that_cancel_leave_a_smaller_unit():
    """The largest score is that of their sum."""
    paths = Paths(lambda _: 5.0, lambda _: -4.0, constant=0.0)
    change = torch.tensor([5.0, -4.001], dtype=torch.float64)
    rule = right_riemann(3)
    found = integrate(paths, words(0, 0, queries=[0]), change, rule)
    assert found.gap.tolist() == pytest.approx([0.0, 1e-3], abs=1e-12)
    apart = integrate(paths, words(0, 1, queries=[0, 0]), change, rule)
    assert apart.gap.tolist() == pytest.approx([0.0, 2e-4], abs=1e-12)


def test_a_missed_change_of_the_answer_keeps_a_path_unsettled():
    found = adaptive(Paths(smooth, smooth), [1.0, 1.002], words(0, 1, queries=[0, 0]))
    assert found.is_settled.tolist() == [True, False]
    assert found.gap[1] == pytest.approx(0.002)
    assert found.score_change[1] < 1e-12


def test_a_path_that_never_settles_keeps_the_scores_of_the_most_points():
    paths = Paths(rough, smooth)
    found = adaptive(paths, [0.0, 1.0], words(0, 1, queries=[0, 1]))
    assert found.n_points[0] == COUNTS[-1] > found.n_points[1]
    assert found.is_settled.tolist() == [False, True]


def test_points_that_agree_by_accident_are_not_trusted_beside_a_gap():
    found = adaptive(Paths(lambda _: 0.0), [1.0], words(0, queries=[0]))
    assert found.score_change[0] < 1e-14
    assert found.is_settled.tolist() == [False]


@pytest.mark.parametrize(("rule", "expected"), [(right_riemann(10), 385), (left(10), 285)])
def test_one_fixed_rule_reports_its_gap_and_no_change(rule, expected):
    change = torch.tensor([1.5, STEEP + 0.5], dtype=torch.float64)
    found = integrate(Paths(smooth, steep), words(0, 1, queries=[0, 0]), change, rule)
    assert found.scores[0, 0] == pytest.approx(3 * expected / 1000)
    assert found.score_sum[0] == pytest.approx(3 * expected / 1000 + 0.5)
    largest = float(found.scores.abs().max())
    assert found.gap[0] == pytest.approx(abs(3 * expected / 1000 - 1) / largest)
    assert found.n_points.tolist() == [10, 10]
    assert found.score_change.isnan().all()
    assert found.is_settled is None


def test_a_query_without_any_score_has_no_unit_for_its_gap():
    paths = Paths(lambda _: 0.0, smooth, constant=0.0)
    change = torch.tensor([0.0, 1.0], dtype=torch.float64)
    found = integrate(paths, words(0, 1, queries=[0, 1]), change, right_riemann(3))
    assert found.gap.isnan().tolist() == [True, False]
