"""Integrated gradients equal what one full run per query, layer and point gives."""

import numpy as np
import pytest
import torch

from qloc.models.architectures import ARCHITECTURES
from qloc.models.methods import Rule, ig

STEPS = 7
RIEMANN = Rule("riemann_right", STEPS, 0.0)
ADAPTIVE = Rule("adaptive", 0, 1e-3)
POINTS = [step / STEPS for step in range(1, STEPS + 1)]
THRESHOLD = 0.2
FIELDS = ("scores", "activations", "n_points", "score_sum", "answer_change", "gap")


def attribute(model, queries, rule, batch_size):
    """Attributions of all queries, one batch after another, by the name of their field."""
    parts = [
        ig.attribute(model, queries[start : start + batch_size], rule)
        for start in range(0, len(queries), batch_size)
    ]
    return {name: np.concatenate([getattr(part, name) for part in parts]) for name in FIELDS}


def naive(naive_scores, model, queries, points, weights):
    return torch.stack([naive_scores(model, q, points, weights) for q in queries]).numpy()


def errors(scores, expected):
    """The largest error of a query's scores over its largest score."""
    return np.abs(scores - expected).max((1, 2)) / np.abs(expected).max((1, 2))


def differing_sets_beyond(scores, expected, tolerance):
    """Neurons selected in one but not the other, whose score is not near the cut."""
    cut = THRESHOLD * expected.max((1, 2), keepdims=True)
    selected = scores > THRESHOLD * scores.max((1, 2), keepdims=True)
    near = np.abs(expected - cut) <= tolerance * np.abs(expected).max((1, 2), keepdims=True)
    return np.count_nonzero((selected != (expected > cut)) & ~near)


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def architecture(request):
    """Those that the study trains."""
    return request.param


@pytest.fixture(scope="module")
def random_scores(architecture, random_model, mixed_queries, naive_scores):
    """Of a random model, by the book and in float64."""
    model = random_model(architecture, torch.float64)
    return naive(naive_scores, model, mixed_queries, POINTS, [1 / STEPS] * STEPS)


@pytest.fixture(scope="module")
def trained_scores(architecture, trained_model, mixed_queries, naive_scores):
    """Of a trained model, by the book and in float64."""
    model = trained_model(architecture, torch.float64)
    return naive(naive_scores, model, mixed_queries, POINTS, [1 / STEPS] * STEPS)


@pytest.mark.parametrize("batch_size", [1, 3, 6])
def test_float64_scores_equal_the_naive_loop(
    architecture, random_model, random_scores, mixed_queries, batch_size
):
    model = random_model(architecture, torch.float64)
    found = attribute(model, mixed_queries, RIEMANN, batch_size)
    assert errors(found["scores"], random_scores).max() < 1e-10


@pytest.mark.parametrize("supported", sorted(ARCHITECTURES))
def test_float64_scores_of_every_supported_architecture_equal_the_naive_loop(
    supported, random_model, mixed_queries, naive_scores
):
    model = random_model(supported, torch.float64)
    expected = naive(naive_scores, model, mixed_queries, [0.5, 1.0], [0.5, 0.5])
    found = attribute(model, mixed_queries, Rule("riemann_right", 2, 0.0), 6)
    assert errors(found["scores"], expected).max() < 1e-10


@pytest.mark.parametrize("batch_size", [1, 3, 6])
def test_float32_scores_of_a_random_model_equal_the_naive_loop(
    architecture, random_model, random_scores, mixed_queries, batch_size
):
    model = random_model(architecture, torch.float32)
    found = attribute(model, mixed_queries, RIEMANN, batch_size)
    assert found["scores"].dtype == np.float32
    assert errors(found["scores"], random_scores).max() < 1e-5
    assert differing_sets_beyond(found["scores"], random_scores, 1e-5) == 0


@pytest.mark.parametrize("batch_size", [1, 3, 6])
def test_float32_scores_of_a_trained_model_equal_the_naive_loop(
    architecture, trained_model, trained_scores, mixed_queries, batch_size
):
    model = trained_model(architecture, torch.float32)
    found = attribute(model, mixed_queries, RIEMANN, batch_size)
    assert errors(found["scores"], trained_scores).max() < 1e-4
    assert differing_sets_beyond(found["scores"], trained_scores, 1e-4) == 0


def test_the_trained_model_knows_its_answers(architecture, trained_model, mixed_queries):
    model = trained_model(architecture, torch.float32)
    for query in mixed_queries:
        logits = model.module(torch.tensor([query.prompt_tokens])).logits[0, -1]
        assert torch.softmax(logits, 0)[query.answer_token] > 0.5


def test_activations_are_what_the_down_projections_read(
    architecture, random_model, mixed_queries, naive_activations
):
    model = random_model(architecture, torch.float64)
    found = attribute(model, mixed_queries, RIEMANN, 6)["activations"]
    for number, query in enumerate(mixed_queries):
        for layer in range(model.n_layers):
            expected = naive_activations(model, query, layer).numpy()
            np.testing.assert_allclose(found[number, layer], expected, rtol=0, atol=1e-12)


def test_the_adaptive_rule_gives_the_integral_and_its_neurons(
    architecture, trained_model, mixed_queries, naive_scores
):
    points, weights = np.polynomial.legendre.leggauss(64)
    exact = naive(
        naive_scores,
        trained_model(architecture, torch.float64),
        mixed_queries,
        ((points + 1) / 2).tolist(),
        (weights / 2).tolist(),
    )
    found = attribute(trained_model(architecture, torch.float32), mixed_queries, ADAPTIVE, 6)
    assert errors(found["scores"], exact).max() < 2e-4
    assert differing_sets_beyond(found["scores"], exact, 2e-5) == 0


def test_scores_of_a_layer_add_up_to_what_the_answer_loses_without_it(
    architecture, trained_model, mixed_queries, naive_answer, naive_activations
):
    model = trained_model(architecture, torch.float32)
    found = attribute(model, mixed_queries, ADAPTIVE, 6)
    plain = trained_model(architecture, torch.float64)
    for number, query in enumerate(mixed_queries):
        largest = float(np.abs(found["scores"][number]).max())
        for layer in range(model.n_layers):
            neurons = naive_activations(plain, query, layer)
            with_layer, _ = naive_answer(plain, query, layer, neurons)
            without, _ = naive_answer(plain, query, layer, torch.zeros_like(neurons))
            change = float(with_layer - without)
            assert found["answer_change"][number, layer] == pytest.approx(change, abs=1e-5)
            assert found["score_sum"][number, layer] == pytest.approx(change, abs=1e-3 * largest)


def test_the_batch_size_changes_scores_by_no_more_than_rounding(
    architecture, trained_model, mixed_queries
):
    model = trained_model(architecture, torch.float32)
    whole = attribute(model, mixed_queries, ADAPTIVE, 6)
    for batch_size in (1, 2, 4):
        parts = attribute(model, mixed_queries, ADAPTIVE, batch_size)
        assert errors(parts["scores"], whole["scores"]).max() < 2e-5


def test_the_same_batch_gives_the_same_bits(architecture, trained_model, mixed_queries):
    model = trained_model(architecture, torch.float32)
    first, second = (attribute(model, mixed_queries, ADAPTIVE, 4) for _ in range(2))
    for name in FIELDS:
        np.testing.assert_array_equal(first[name], second[name])


def test_many_points_are_taken_in_sweeps_of_bounded_size(random_model, mixed_queries, monkeypatch):
    model = random_model("gpt2", torch.float64)
    whole = attribute(model, mixed_queries, RIEMANN, 6)["scores"]
    sizes = []
    sweep = ig.integrate_from_zero

    def counted(model, prompts, pairs, rule):
        sizes.append(len(pairs))
        return sweep(model, prompts, pairs, rule)

    monkeypatch.setattr(ig, "POINTS_PER_SWEEP", 3)
    monkeypatch.setattr(ig, "integrate_from_zero", counted)
    parts = attribute(model, mixed_queries, RIEMANN, 6)["scores"]
    assert sizes == [2, 2, 2]  # 6 queries × 3 points ÷ 7 points
    assert errors(parts, whole).max() < 1e-13
