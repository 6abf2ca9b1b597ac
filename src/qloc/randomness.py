"""One study seed, many independent named generators.

A generator depends on the seed and on the names alone, so neither the order of jobs nor
the order of rows can change what is drawn.
"""

import hashlib

import numpy as np


def generator(seed: int, *names: str) -> np.random.Generator:
    """The generator that belongs to these names under this study seed."""
    return np.random.default_rng(np.frombuffer(_digest(seed, names), dtype=np.uint32))


def derived_seed(seed: int, *names: str) -> int:
    """A non-negative 63-bit seed for libraries that keep a random state of their own."""
    return int.from_bytes(_digest(seed, names)[:8], "big") >> 1


def _digest(seed: int, names: tuple[str, ...]) -> bytes:
    return hashlib.sha256(repr((seed, *names)).encode()).digest()
