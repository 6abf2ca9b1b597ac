"""What is packed is short, and has no letter that JSON or HTML would escape."""

import json

import numpy as np
import pytest

from qloc.explorer.packing import ALPHABET, BASE, n_letters, packed


def unpacked(text):
    """Read by hand: digits of base 45, all but the last 45 larger, then the level."""
    found, neuron, letters = [], -1, iter(text)
    for letter in letters:
        distance, unit, digit = 0, 1, ALPHABET.index(letter)
        while digit >= BASE:
            distance += (digit - BASE) * unit
            unit *= BASE
            digit = ALPHABET.index(next(letters))
        neuron += distance + digit * unit + 1
        found.append((neuron, ALPHABET.index(next(letters)) + 1))
    return found


@pytest.mark.parametrize(
    "neurons", [[], [0], [44], [45], [46], [0, 1, 2], [7, 52, 53, 2079, 93_204, 352_255]]
)
def test_neurons_and_levels_come_back(neurons):
    levels = [1 + (17 * number) % len(ALPHABET) for number, _ in enumerate(neurons)]
    text = packed(neurons, levels)
    assert unpacked(text) == list(zip(neurons, levels, strict=True))
    lengths = n_letters(np.zeros(len(neurons), dtype=np.int32), np.array(neurons, dtype=np.int32))
    assert lengths.sum() == len(text)


def test_lengths_begin_anew_with_every_query():
    queries, neurons = np.array([0, 0, 2, 2], dtype=np.int32), np.array([5, 90, 3, 50])
    texts = [packed([5, 90], [1, 1]), packed([3, 50], [1, 1])]
    assert n_letters(queries, neurons.astype(np.int32)).tolist() == [2, 3, 2, 3]
    assert [len(text) for text in texts] == [5, 5]


def test_no_letter_needs_an_escape():
    assert len(set(ALPHABET)) == len(ALPHABET) == 91
    assert len(ALPHABET) >= 2 * BASE
    assert json.dumps(ALPHABET) == f'"{ALPHABET}"'
    assert "<" not in ALPHABET
