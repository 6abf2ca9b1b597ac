"""Scaled neurons move the answer as in a run of the model that is patched for them alone."""

import numpy as np
import pytest
import torch

from qloc.models.architectures import ARCHITECTURES
from qloc.models.interventions import Intervention, NeuronFactors, intervene
from qloc.models.neuron_factors import scale_neurons
from qloc.models.tails import read_prompts

NOTHING = NeuronFactors(np.zeros(0, int), np.zeros(0, int), 0.0)


def patched(model, query, factors, answer_tokens):
    """The answer's probability by one full run, neuron by neuron multiplied by hooks."""
    last, handles = len(query.prompt_tokens) - 1, []
    for layer, down in enumerate(model.down_projections):
        own = factors.neurons[factors.layers == layer]

        def scale(_down, inputs, own=own):
            values = inputs[0].clone()
            for neuron in own.tolist():
                values[0, last, neuron] *= factors.factor
            return (values,)

        handles.append(down.register_forward_pre_hook(scale))
    true = query.answer_tokens[: 1 if answer_tokens == "first" else None]
    try:
        with torch.no_grad():
            text = torch.tensor([[*query.prompt_tokens, *true[:-1]]])
            logits = model.module(text, use_cache=False).logits[0, last:]
    finally:
        for handle in handles:
            handle.remove()
    shares = torch.softmax(logits.double(), 1)
    each = [float(shares[place, token]) for place, token in enumerate(true)]
    return np.prod(each) if answer_tokens == "joint" else np.mean(each)


def read(model, queries, answer_tokens="first"):
    last = [[len(query.prompt_tokens) - 1] for query in queries]
    return read_prompts(model, queries, last, answer_tokens)


def drawn(model, numbers, seed=0):
    """For every query so many sets, of all layers and of several sizes, half of them enhanced."""
    draws = np.random.default_rng(seed)
    cells = [
        [
            draws.choice(model.n_layers * model.n_neurons, draws.integers(1, 15), replace=False)
            for _ in range(number)
        ]
        for number in numbers
    ]
    return [
        [
            NeuronFactors(own // model.n_neurons, own % model.n_neurons, 2.0 * (place % 2))
            for place, own in enumerate(of_query)
        ]
        for of_query in cells
    ]


def assert_equal(model, queries, factors, found, answer_tokens, tolerance):
    assert [part.shape for part in found] == [(1 + len(own),) for own in factors]
    for query, own, probabilities in zip(queries, factors, found, strict=True):
        expected = [patched(model, query, one, answer_tokens) for one in [NOTHING, *own]]
        np.testing.assert_allclose(probabilities, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("answer_tokens", ["first", "mean_tokens", "joint"])
@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_answers_equal_patched_runs(architecture, answer_tokens, trained_model, mixed_queries):
    """Of prompts of six lengths, one of them a single token, with no set to seven sets each."""
    model = trained_model(architecture, torch.float64)
    factors = drawn(model, [3, 7, 0, 4, 2, 6])
    found = scale_neurons(model, read(model, mixed_queries, answer_tokens), factors)
    assert_equal(model, mixed_queries, factors, found, answer_tokens, 1e-10)
    single = trained_model(architecture, torch.float32)
    found = scale_neurons(single, read(single, mixed_queries, answer_tokens), factors)
    assert_equal(model, mixed_queries, factors, found, answer_tokens, 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_answers_equal_patched_runs_in_every_architecture(
    architecture, random_model, mixed_queries
):
    model = random_model(architecture, torch.float64)
    factors = drawn(model, [2, 1, 2, 1, 0, 2])
    found = scale_neurons(model, read(model, mixed_queries, "joint"), factors)
    assert_equal(model, mixed_queries, factors, found, "joint", 1e-10)


def test_a_neuron_is_scaled_as_it_is_behind_others_that_were(random_model, mixed_queries):
    """Not as it was on the clean run: twice what it does, when the layers below have changed."""
    model, query = random_model("llama", torch.float64), mixed_queries[5]
    layers = np.arange(model.n_layers).repeat(model.n_neurons)
    neurons = np.tile(np.arange(model.n_neurons), model.n_layers)
    one = NeuronFactors(layers, neurons, 2.0)
    found = scale_neurons(model, read(model, [query]), [[one]])
    assert found[0][1] == pytest.approx(patched(model, query, one, "first"), abs=1e-12)
    at_start = layers == 0
    first = NeuronFactors(layers[at_start], neurons[at_start], 2.0)
    assert found[0][1] != pytest.approx(patched(model, query, first, "first"), abs=1e-6)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("architecture", ["gpt2", "llama", "gemma2", "gptj"])
def test_no_neuron_has_an_effect_of_exactly_zero(architecture, dtype, random_model, mixed_queries):
    model = random_model(architecture, dtype)
    (five,) = drawn(model, [1])[0]
    once = NeuronFactors(five.layers, five.neurons, 1.0)
    factors = [[NOTHING, five, once, NOTHING] for _ in mixed_queries]
    found = np.stack(scale_neurons(model, read(model, mixed_queries, "joint"), factors))
    np.testing.assert_array_equal(found[:, [1, 4]], found[:, [0, 0]])
    assert (found[:, 2] != found[:, 0]).all()
    tolerance = 1e-12 if dtype == torch.float64 else 1e-5
    np.testing.assert_allclose(found[:, 3], found[:, 0], rtol=tolerance, atol=0)


def test_queries_without_any_set_are_only_answered(random_model, mixed_queries):
    model = random_model("llama", torch.float64)
    found = scale_neurons(model, read(model, mixed_queries), [[] for _ in mixed_queries])
    assert_equal(model, mixed_queries, [[]] * len(mixed_queries), found, "first", 1e-10)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_sets_move_the_answer_alike_in_any_company(dtype, trained_model, mixed_queries):
    model = trained_model("gpt2", dtype)
    factors = drawn(model, [5] * len(mixed_queries))
    together = scale_neurons(model, read(model, mixed_queries), factors)
    tolerance = 1e-12 if dtype == torch.float64 else 1e-5
    backwards = scale_neurons(
        model, read(model, mixed_queries[::-1]), [own[::-1] for own in factors[::-1]]
    )
    for number, query in enumerate(mixed_queries):
        alone = scale_neurons(model, read(model, [query]), [factors[number]])
        np.testing.assert_allclose(alone[0], together[number], rtol=0, atol=tolerance)
        turned = backwards[-1 - number]
        np.testing.assert_allclose(turned[1:][::-1], together[number][1:], rtol=0, atol=tolerance)


def test_very_many_sets_of_one_query_are_each_answered(random_model, mixed_queries):
    """More than fit one run."""
    model = random_model("gpt2", torch.float32)
    factors = drawn(model, [700, 3])
    queries = [mixed_queries[2], mixed_queries[5]]
    found = scale_neurons(model, read(model, queries), factors)
    for place in (0, 350, 699):
        expected = patched(model, queries[0], factors[0][place], "first")
        assert found[0][1 + place] == pytest.approx(expected, abs=1e-5)
    assert len(found[0]) == 701


@pytest.mark.parametrize("architecture", ["gpt2", "mistral", "gemma2", "gpt_neo"])
def test_rows_of_one_token_and_texts_of_their_own_agree(architecture, random_model, mixed_queries):
    model = random_model(architecture, torch.float64)
    factors = drawn(model, [2] * len(mixed_queries))
    rows = scale_neurons(model, read(model, mixed_queries, "joint"), factors)
    asked = [Intervention(number, neurons=one) for number, own in enumerate(factors) for one in own]
    texts = intervene(model, mixed_queries, asked, "joint").answer_probability
    np.testing.assert_allclose(np.concatenate([own[1:] for own in rows]), texts, rtol=0, atol=1e-10)


@pytest.mark.parametrize("raises", [False, True])
def test_nothing_is_left_behind(raises, random_model, mixed_queries):
    model = random_model("llama", torch.float32)
    prompts, factors = read(model, mixed_queries), drawn(model, [2] * len(mixed_queries))
    tokens = torch.tensor([mixed_queries[0].prompt_tokens])
    with torch.no_grad():
        before = model.module(tokens).logits
    implementation, n_hooks = model.module.config._attn_implementation, _hooks(model)

    def fail(_module, _inputs):
        raise ZeroDivisionError

    if raises:
        failure = model.layers[-1].register_forward_pre_hook(fail)
        with pytest.raises(ZeroDivisionError):
            scale_neurons(model, prompts, factors)
        failure.remove()
    else:
        scale_neurons(model, prompts, factors)
    assert _hooks(model) == n_hooks
    assert model.module.config._attn_implementation == implementation
    with torch.no_grad():
        assert torch.equal(model.module(tokens).logits, before)


def _hooks(model):
    parts = list(model.module.modules())
    return sum(len(part._forward_hooks) + len(part._forward_pre_hooks) for part in parts)
