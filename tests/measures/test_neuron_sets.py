"""Counting neurons of groups of queries: by hand, and against Python sets."""

from collections import Counter

import numpy as np
import pytest

import qloc.measures.neuron_sets
from qloc.measures.neuron_sets import count_overlaps, neuron_sets, ratio


def by_python_sets(sets, members, groups, n_groups):
    counts = np.zeros((3, n_groups), dtype=int)
    for group in range(n_groups):
        chosen = [sets[m] for m, g in zip(members, groups, strict=True) if g == group]
        times = Counter(neuron for one in chosen for neuron in one)
        counts[:, group] = (
            len(times),
            sum(n > 1 for n in times.values()),
            sum(n == len(chosen) for n in times.values()),
        )
    return counts


def test_three_queries_counted_by_hand(make_sets):
    sets = make_sets([{1, 2, 3}, {2, 3, 14}, {3, 25}])
    found = count_overlaps(sets, np.arange(3), np.zeros(3, dtype=int), 1)
    assert (found.n_any, found.n_shared, found.n_common) == (5, 2, 1)


def test_an_empty_set_empties_the_intersection_only(make_sets):
    sets = make_sets([{4, 5}, set(), {5}])
    found = count_overlaps(sets, np.arange(3), np.zeros(3, dtype=int), 1)
    assert (found.n_any, found.n_shared, found.n_common) == (2, 1, 0)


def test_groups_without_members_or_neurons_count_nothing(make_sets):
    sets = make_sets([set(), {7}])
    found = count_overlaps(sets, np.array([0, 1]), np.array([1, 3]), 5)
    assert found.n_any.tolist() == [0, 0, 0, 1, 0]
    assert found.n_common.tolist() == [0, 0, 0, 1, 0]


@pytest.mark.parametrize("entries_at_once", [1, 7, 1 << 18])
def test_counts_are_those_of_python_sets_whatever_is_counted_at_once(
    make_sets, monkeypatch, entries_at_once
):
    monkeypatch.setattr(qloc.measures.neuron_sets, "ENTRIES_AT_ONCE", entries_at_once)
    draw = np.random.default_rng(5)
    sets = [set(draw.choice(40, draw.integers(0, 12), replace=False).tolist()) for _ in range(30)]
    members = draw.integers(0, 30, 80)
    groups = np.sort(draw.integers(0, 25, 80))
    repeated = np.unique(np.stack([groups, members]), axis=1)  # no query twice in a group
    groups, members = repeated
    found = count_overlaps(make_sets(sets), members, groups, 25)
    expected = by_python_sets(sets, members, groups, 25)
    np.testing.assert_array_equal([found.n_any, found.n_shared, found.n_common], expected)


def test_neurons_of_different_layers_are_different():
    layers = np.array([0, 1], dtype=np.int16)
    neurons = np.array([6, 6], dtype=np.int32)
    sets = neuron_sets(np.array([0, 1]), layers, neurons, 2)
    found = count_overlaps(sets, np.arange(2), np.zeros(2, dtype=int), 1)
    assert (found.n_any, found.n_shared) == (2, 0)


def test_entries_may_come_in_any_order(make_sets):
    queries, neurons = np.array([1, 0, 1, 0]), np.array([8, 3, 2, 8])
    found = neuron_sets(queries, np.zeros(4, dtype=int), neurons, 3)
    assert found.sizes.tolist() == [2, 2, 0]
    assert sorted(found.neurons[found.starts[1] : found.starts[2]]) == [2, 8]


def test_a_ratio_to_nothing_is_undefined():
    np.testing.assert_array_equal(ratio(np.array([1, 0]), np.array([4, 0])), [0.25, np.nan])
