"""All contenders compute the same: the benchmark compares like with like."""

import numpy as np
import pytest
import torch
from tests.benchmark import library, naive
from tests.benchmark.agreement import agreement
from tests.benchmark.contenders import adaptive, exact, exact_at
from tests.benchmark.dimensions import Dimensions, random_model, random_queries
from tests.benchmark.forced import HISTOGRAMS, drawn_points, forced

from qloc.measures import integration
from qloc.measures.quadrature import nested_ladder, right_riemann
from qloc.models.methods import Rule, attribute

GPT2 = Dimensions("small", "gpt2", 2, 32, 64, 4, 4, 97, 5, 3)
LLAMA = Dimensions("small", "llama", 2, 32, 48, 4, 2, 97, 5, 3)


def test_the_library_is_the_naive_scheme_and_the_sweep_at_its_own_points():
    pytest.importorskip("knowledge_neurons", reason="make benchmark installs it")
    model, queries = random_model(GPT2, dtype=torch.float64), random_queries(GPT2, 3)
    public, rule = library.attribute(model, queries, 20), library.library_rule(20)
    assert agreement(naive.attribute(model, queries, rule), public).difference < 1e-13
    assert agreement(exact_at(rule, model, queries), public).difference < 1e-12
    assert agreement(exact(model, queries), public).difference > 1e-3


def test_the_sweep_is_the_naive_scheme():
    model, queries = random_model(GPT2, dtype=torch.float64), random_queries(GPT2, 3)
    by_the_book = naive.attribute(model, queries, right_riemann(20))
    assert agreement(exact(model, queries), by_the_book).difference < 1e-12
    assert agreement(exact(model, queries, 10), by_the_book).difference > 1e-3


def test_the_sweep_of_a_llama_is_the_naive_scheme_to_rounding():
    model, queries = random_model(LLAMA), random_queries(LLAMA, 3)
    found = agreement(exact(model, queries), naive.attribute(model, queries, right_riemann(20)))
    assert found.difference < 1e-5
    assert (found.n_queries, found.n_other_sets) == (3, 0)


def test_logits_of_other_tokens_change_nothing():
    model, queries = random_model(GPT2, dtype=torch.float64), random_queries(GPT2, 3)
    rule = right_riemann(20)
    last = naive.attribute(model, queries, rule, logits_to_keep=1)
    assert agreement(last, naive.attribute(model, queries, rule)).difference < 1e-13


def test_agreement_is_in_units_of_the_largest_score_and_counts_sets():
    reference = torch.tensor([[[4.0, 1.0], [-8.0, 0.0]], [[1.0, 0.0], [0.0, 0.0]]])
    scores = reference.clone()
    scores[0, 0, 1] = 0.5
    found = agreement(scores, reference)
    assert (found.difference, found.n_queries, found.n_other_sets) == (0.5 / 8, 2, 1)


def test_points_are_drawn_in_the_shares_of_the_histogram():
    drawn = [drawn_points({2: 3, 5: 1}, 8, seed) for seed in range(20)]
    assert all(sorted(points) == [2] * 6 + [5] * 2 for points in drawn)
    assert len({tuple(points) for points in drawn}) > 1
    rare = [drawn_points({2: 31, 5: 1}, 8, seed).tolist().count(5) for seed in range(200)]
    assert set(rare) == {0, 1}
    assert np.mean(rare) == pytest.approx(8 / 32, abs=0.1)


def test_paths_take_the_points_they_are_told_to():
    model, queries = random_model(GPT2), random_queries(GPT2, 3)
    low, high = (rule.n_points for rule in nested_ladder()[3:5])
    points = np.array([low, high, low, low, high, high])
    rule = Rule("adaptive", 20, 1e-3)
    with forced(points):
        told = attribute(model, queries, "ig", rule).checks.n_points
    left_alone = attribute(model, queries, "ig", rule).checks.n_points
    assert sorted(told) == sorted(points)
    assert sorted(told) != sorted(left_alone)


def test_all_organisms_give_the_same_scores_in_other_times():
    model, queries = random_model(GPT2), random_queries(GPT2, 3)
    first, second = (adaptive(name, model, queries, 0) for name in HISTOGRAMS)
    assert 0 < agreement(first, second).difference < 1e-3


def test_a_failure_leaves_the_adaptive_rule_as_it_was():
    before = integration._Climb
    with pytest.raises(ZeroDivisionError), forced(np.array([2])):
        raise ZeroDivisionError
    assert integration._Climb is before


@pytest.mark.parametrize("organism", HISTOGRAMS)
def test_the_histograms_are_of_the_ladder_there_is(organism):
    assert set(HISTOGRAMS[organism]) <= {rule.n_points for rule in nested_ladder()[2:]}
