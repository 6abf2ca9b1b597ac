"""How far values move, by hand."""

import numpy as np
import pytest

from qloc.measures.synapse_values import value_change


def test_a_value_counts_towards_its_own_sign():
    before = np.array([2.0, -4.0, 0.0])
    after = np.array([[1.0, -2.0, 5.0], [3.0, -6.0, -5.0], [2.0, -4.0, 0.0]])
    found = value_change(before, after)
    assert found.size == 6
    assert found.change.tolist() == [-3, 3, 0]  # a value of 0 has no sign to grow towards
    assert found.mean_before == pytest.approx(-2 / 3)
    assert found.mean_after == pytest.approx([4 / 3, -8 / 3, -2 / 3])


def test_no_neuron_moves_by_nothing_and_has_no_mean():
    found = value_change(np.zeros(0, dtype=np.float32), np.zeros((2, 0), dtype=np.float32))
    assert (found.size, found.change.tolist()) == (0, [0, 0])
    assert np.isnan(found.mean_before)
    assert np.isnan(found.mean_after).all()


def test_sums_are_taken_in_double_precision():
    before = np.array([1e8, 1.0], dtype=np.float32)
    found = value_change(before, np.zeros((1, 2), dtype=np.float32))
    assert found.size == 100_000_001
    assert found.change.tolist() == [-100_000_001]
