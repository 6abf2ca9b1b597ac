"""Integrated gradients equal what one full run per query, layer and point gives."""

import numpy as np
import pytest
import torch

from qloc.models.architectures import ARCHITECTURES
from qloc.models.methods import Rule
from qloc.models.methods.ig import attribute

STEPS = 7
RIEMANN = Rule("riemann_right", STEPS, 0.0)
ADAPTIVE = Rule("adaptive", 0, 1e-3)
POINTS = [step / STEPS for step in range(1, STEPS + 1)]
GAUSS = [(values + 1) / 2 for values in np.polynomial.legendre.leggauss(64)[:1]] + [
    np.polynomial.legendre.leggauss(64)[1] / 2
]


@pytest.fixture(scope="module", params=sorted(ARCHITECTURES))
def exact_model(request, random_model):
    return random_model(request.param, torch.float64)


@pytest.fixture(scope="module")
def exact_scores(exact_model, mixed_queries, naive_scores):
    """By the book, in float64."""
    scores = [naive_scores(exact_model, q, POINTS, [1 / STEPS] * STEPS) for q in mixed_queries]
    return torch.stack(scores).numpy()


def in_units_of_best(difference, scores):
    return np.abs(difference).max((1, 2)) / np.abs(scores).max((1, 2))


@pytest.mark.parametrize("batch_size", [1, 3, 6])
def test_float64_scores_equal_the_naive_loop(exact_model, exact_scores, mixed_queries, batch_size):
    parts = [
        attribute(exact_model, mixed_queries[start : start + batch_size], RIEMANN).scores
        for start in range(0, len(mixed_queries), batch_size)
    ]
    errors = in_units_of_best(np.concatenate(parts) - exact_scores, exact_scores)
    assert errors.max() < 1e-10
    print(errors)
