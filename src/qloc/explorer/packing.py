"""Neurons and levels of a query as a short text: about two letters each.

Neurons stand in rising order, each as its distance from the one before, in digits of base 45,
lowest first, where all digits but the last are 45 larger; then one letter for its level. The
alphabet has no letter that JSON or HTML would have to escape.
"""

from itertools import pairwise

import numpy as np
from jaxtyping import Int

ALPHABET = "".join(chr(code) for code in range(33, 127) if chr(code) not in '"\\<')
BASE = 45


def packed(neurons: list[int], levels: list[int]) -> str:
    """The neurons of one query with their levels, which are at least 1."""
    letters = []
    for (before, neuron), level in zip(pairwise([-1, *neurons]), levels, strict=True):
        distance = neuron - before - 1
        while distance >= BASE:
            letters.append(ALPHABET[BASE + distance % BASE])
            distance //= BASE
        letters += ALPHABET[distance], ALPHABET[level - 1]
    return "".join(letters)


def n_letters(
    queries: Int[np.ndarray, " entry"], neurons: Int[np.ndarray, " entry"]
) -> Int[np.ndarray, " entry"]:
    """Letters that each entry takes; entries are sorted by query, then neuron."""
    is_first = np.diff(queries, prepend=-1) != 0
    distances = np.where(is_first, neurons, np.diff(neurons, prepend=0) - 1)
    more_digits = distances[:, None] >= BASE ** np.arange(1, 4)
    letters: Int[np.ndarray, " entry"] = 2 + more_digits.sum(axis=1)
    return letters
