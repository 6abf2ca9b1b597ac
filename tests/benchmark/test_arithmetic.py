"""Gains, shares, operations and memory are what they are said to be."""

import pytest
import torch
from tests.benchmark import memory, work
from tests.benchmark.contenders import exact
from tests.benchmark.dimensions import Dimensions, random_model, random_queries
from tests.benchmark.timing import Spread, Timed, gains, spread, take_turns
from tests.benchmark.work import counted_operations, matrix_product, operations

from qloc.models import path_scores
from qloc.models.costs import CLEAR_REFS


def test_contenders_take_turns_and_are_measured_per_query(monkeypatch):
    seconds, called = iter([0.0, 6.0, 10.0, 11.0, 20.0, 28.0, 30.0, 33.0]), []
    monkeypatch.setattr("tests.benchmark.timing.clock", lambda _device: next(seconds))
    seats = {
        "slow": Timed(lambda number: called.append(("slow", number)), 2),
        "fast": Timed(lambda number: called.append(("fast", number)), 1),
    }
    found = take_turns(seats, 2)
    assert called == [("slow", 0), ("fast", 0), ("slow", 1), ("fast", 1)]
    assert found == {"slow": [3.0, 4.0], "fast": [1.0, 3.0]}
    assert gains(found["slow"], found["fast"]) == spread([3.0, 4 / 3])


def test_a_spread_has_the_median():
    assert spread([5.0, 1.0, 2.0]) == Spread(1.0, 2.0, 5.0)


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
@pytest.mark.parametrize("n_points", [5, 20])
def test_the_formula_counts_what_torch_counts(architecture, n_points, monkeypatch):
    monkeypatch.setattr(path_scores, "check_ends", lambda *_: None)
    sizes = Dimensions("", architecture, 3, 64, 160, 4, 2, 301, n_prompt=2, n_queries=4)
    if architecture == "gpt2":
        sizes = Dimensions("", architecture, 3, 64, 160, 4, 4, 301, n_prompt=2, n_queries=4)
    model, queries = random_model(sizes), random_queries(sizes, 4)
    counted = counted_operations(lambda: exact(model, queries, n_points)) / 4
    assert counted == pytest.approx(operations(sizes, n_points), rel=0.03)


def test_a_product_of_matrices_is_counted_right(monkeypatch):
    monkeypatch.setattr(work, "SIZE", 64)
    product, n_operations = matrix_product()
    assert counted_operations(product) == n_operations


@pytest.mark.skipif(not CLEAR_REFS.exists(), reason="only Linux tells a peak of memory")
def test_the_peak_of_memory_is_that_of_the_contender_in_mib(monkeypatch):
    held = {"greedy": lambda *_: torch.ones(60 * 2**20 // 4)}
    monkeypatch.setattr(memory, "contenders", lambda: held)
    torch.ones(200 * 2**20 // 4)
    assert memory.measured("tiny-gpt2", "greedy") == pytest.approx(60, abs=5)
