"""The tiny models before training: their size, and where their embeddings start."""

import pytest
import torch
from transformers import GPT2LMHeadModel, LlamaForCausalLM

from qloc.models.tiny import TINY_ARCHITECTURES, new_tiny_model


@pytest.mark.parametrize(
    ("architecture", "kind", "n_parameters"),
    [("gpt2", GPT2LMHeadModel, 1_321_728), ("llama", LlamaForCausalLM, 1_737_856)],
)
def test_tiny_models_have_the_size_they_are_known_by(architecture, kind, n_parameters):
    module = new_tiny_model(architecture, 4_000, 30.0, 3)
    assert isinstance(module, kind)
    assert sum(weight.numel() for weight in module.parameters()) == n_parameters


@pytest.mark.parametrize("architecture", sorted(TINY_ARCHITECTURES))
def test_embeddings_start_as_many_times_larger_as_asked(architecture):
    plain = new_tiny_model(architecture, 400, 1.0, 3).get_input_embeddings().weight
    scaled = new_tiny_model(architecture, 400, 40.0, 3).get_input_embeddings().weight
    assert torch.equal(scaled, plain * 40.0)
    assert plain.std().item() == pytest.approx(0.02, rel=0.02)


def test_a_tied_head_starts_with_a_smaller_norm_where_embeddings_are_large():
    def norm(scale):
        return new_tiny_model("gpt2", 400, scale, 3).transformer.ln_f.weight

    assert torch.equal(norm(40.0), torch.full((128,), 0.2))
    assert torch.equal(norm(4.0), torch.ones(128))
    assert torch.equal(new_tiny_model("llama", 400, 40.0, 3).model.norm.weight, torch.ones(128))


def test_a_seed_makes_the_weights_and_leaves_the_global_state_alone():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    first = new_tiny_model("llama", 50, 2.0, 3).state_dict()
    assert torch.equal(torch.rand(3), expected)
    again = new_tiny_model("llama", 50, 2.0, 3).state_dict()
    other = new_tiny_model("llama", 50, 2.0, 4).state_dict()
    assert all(torch.equal(again[name], weight) for name, weight in first.items())
    assert not torch.equal(other["lm_head.weight"], first["lm_head.weight"])
