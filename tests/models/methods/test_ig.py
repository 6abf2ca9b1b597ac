"""Integrated gradients are in units of probability, and are what one run at a time gives."""

import numpy as np
import pytest
import torch

STEPS = 7
POINTS = [step / STEPS for step in range(1, STEPS + 1)]


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def architecture(request):
    """Those that the study trains."""
    return request.param


def test_scores_equal_those_of_one_run_for_every_layer_and_point(
    architecture, random_model, mixed_queries, naive_scores, worst_error, attributed
):
    """Each run alone, at points and weights written out here."""
    model = random_model(architecture, torch.float64)
    expected = [naive_scores(model, q, POINTS, [1 / STEPS] * STEPS) for q in mixed_queries]
    found = attributed(model, mixed_queries, "ig", ("riemann_right", STEPS)).scores
    assert worst_error(found, torch.stack(expected).numpy()) < 1e-10


def test_scores_of_a_layer_add_up_to_what_the_answer_loses_without_it(
    architecture, trained_model, mixed_queries, naive_answer, naive_activations, attributed
):
    scores = attributed(
        trained_model(architecture, torch.float32), mixed_queries, "ig", ("adaptive", 0)
    ).scores
    plain = trained_model(architecture, torch.float64)
    for number, query in enumerate(mixed_queries):
        for layer in range(plain.n_layers):
            neurons = naive_activations(plain, query, layer)
            with_layer, _ = naive_answer(plain, query, layer, neurons)
            without, _ = naive_answer(plain, query, layer, torch.zeros_like(neurons))
            found = float(scores[number, layer].sum(dtype=np.float64))
            largest = float(np.abs(scores[number]).max())
            assert found == pytest.approx(float(with_layer - without), abs=1e-3 * largest)
