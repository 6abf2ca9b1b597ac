"""Pairs of a sweep are independent of each other, and nothing is left behind."""

import pytest
import torch

from qloc.errors import StudyError
from qloc.measures.quadrature import right_radau, right_riemann
from qloc.models.rows import read_prompts
from qloc.models.sweep import integrate_from_zero, path_ends

RULE = right_radau(3)


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def model(request, random_model):
    return random_model(request.param, torch.float64)


@pytest.fixture
def prompts(model, mixed_queries):
    return read_prompts(model, mixed_queries)


def every_pair(prompts, model):
    return torch.ones((len(prompts.answers), model.n_layers), dtype=torch.bool)


def left_behind(module):
    """All that a sweep changes for a while."""
    return {
        "hooks": [
            (name, hook)
            for name, part in module.named_modules()
            for hook in (*part._forward_hooks, *part._forward_pre_hooks)
        ],
        "requires_grad": [weight.requires_grad for weight in module.parameters()],
        "attention": module.config._attn_implementation,
        "random": torch.get_rng_state().tolist(),
        "grad_mode": torch.is_grad_enabled(),
        "weights": [float(weight.detach().sum()) for weight in module.parameters()],
    }


def test_ends_of_a_path_equal_full_runs(
    model, prompts, mixed_queries, naive_answer, naive_activations
):
    ends = path_ends(model, prompts)
    for number, query in enumerate(mixed_queries):
        for layer in range(model.n_layers):
            neurons = naive_activations(model, query, layer)
            torch.testing.assert_close(ends.activations[number, layer], neurons, rtol=0, atol=1e-12)
            unmodified, _ = naive_answer(model, query, layer, neurons)
            without, _ = naive_answer(model, query, layer, torch.zeros_like(neurons))
            assert ends.probability[number] == pytest.approx(float(unmodified), abs=1e-12)
            assert ends.probability_at_zero[number, layer] == pytest.approx(
                float(without), abs=1e-12
            )


@pytest.mark.parametrize(
    "chosen",
    [
        [(0, 1)],
        [(0, 2), (1, 0), (1, 1), (5, 0)],
        [(2, 0), (3, 1), (4, 2)],
        [(0, 0), (0, 1), (0, 2), (4, 1)],
    ],
    ids=str,
)
def test_chosen_pairs_have_the_scores_they_have_among_all(model, prompts, chosen):
    pairs = torch.zeros_like(every_pair(prompts, model))
    for query, layer in chosen:
        pairs[query, layer] = True
    whole = integrate_from_zero(model, prompts, every_pair(prompts, model), RULE)
    found = integrate_from_zero(model, prompts, pairs, RULE)
    expected = whole.reshape(len(prompts.answers), model.n_layers, -1)[pairs]
    assert len(found) == len(chosen)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-13 * float(whole.abs().max()))


def test_chosen_queries_have_the_scores_they_have_among_all(model, prompts):
    whole = integrate_from_zero(model, prompts, every_pair(prompts, model), RULE)
    some = prompts.chosen(torch.tensor([4, 1]))
    found = integrate_from_zero(model, some, every_pair(some, model), RULE)
    expected = whole.reshape(len(prompts.answers), model.n_layers, -1)[[4, 1]].flatten(0, 1)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-13 * float(whole.abs().max()))


def test_one_point_at_the_unmodified_run_is_activation_times_gradient(
    model, prompts, mixed_queries, naive_answer, naive_activations
):
    found = integrate_from_zero(model, prompts, every_pair(prompts, model), right_riemann(2))
    half = integrate_from_zero(model, prompts, every_pair(prompts, model), right_radau(1))
    assert not torch.allclose(found, half)
    neurons = naive_activations(model, mixed_queries[0], 1)
    _, gradient = naive_answer(model, mixed_queries[0], 1, neurons)
    torch.testing.assert_close(half[1], neurons * gradient, rtol=0, atol=1e-13)


@pytest.mark.parametrize("asks_gradients", [False, True])
def test_a_sweep_leaves_nothing_behind(model, prompts, asks_gradients):
    model.module.requires_grad_(asks_gradients)
    before = left_behind(model.module)
    path_ends(model, prompts)
    integrate_from_zero(model, prompts, every_pair(prompts, model), RULE)
    assert left_behind(model.module) == before
    model.module.requires_grad_(False)


def test_a_sweep_that_fails_half_way_leaves_nothing_behind(model, prompts):
    def fail(*_):
        raise RuntimeError("half way")

    handle = model.layers[1].register_forward_pre_hook(fail)
    before = left_behind(model.module)
    with pytest.raises(RuntimeError, match="half way"):
        path_ends(model, prompts)
    with pytest.raises(RuntimeError, match="half way"):
        integrate_from_zero(model, prompts, every_pair(prompts, model), RULE)
    assert left_behind(model.module) == before
    handle.remove()


def test_a_model_with_attention_of_its_own_is_refused(model, prompts, monkeypatch):
    monkeypatch.setattr("qloc.models.row_attention.NAME", "eager")
    short = prompts.chosen(torch.tensor([1]))
    with pytest.raises(StudyError, match=r"0 computed attention.*Supported.*gpt2, .*llama"):
        path_ends(model, short)


def test_a_layer_that_does_not_run_its_down_projection_is_refused(model, prompts, monkeypatch):
    monkeypatch.setattr(model.layers[1].mlp, "forward", lambda hidden: 0 * hidden)
    with pytest.raises(StudyError, match="layer 1 did not run its down projection"):
        path_ends(model, prompts)
