"""The parts of every supported architecture are where the table says."""

import pytest
import torch

from qloc.models.architectures import ARCHITECTURES


@pytest.fixture(params=sorted(ARCHITECTURES))
def model(request, random_model):
    return random_model(request.param, torch.float64)


def test_logits_equal_those_of_transformers(model, mixed_queries):
    tokens = torch.tensor([mixed_queries[-1].prompt_tokens])
    hidden = model.base(input_ids=tokens).last_hidden_state[0]
    expected = model.module(tokens).logits[0]
    torch.testing.assert_close(model.logits(hidden), expected, rtol=0, atol=1e-10)


def test_a_value_vector_is_what_its_neuron_adds(model):
    assert len(model.layers) == len(model.down_projections) == model.n_layers == 3
    for layer, down in enumerate(model.down_projections):
        neurons = torch.zeros(2, model.n_neurons, dtype=torch.float64)
        neurons[1, 7] = 3.0
        without, with_neuron = down(neurons)
        expected = 3 * model.value_matrix(layer)[7]
        torch.testing.assert_close(with_neuron - without, expected, rtol=0, atol=1e-12)
