"""A model opened from its manifest computes what transformers computes, and is guarded."""

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from qloc.errors import StudyError
from qloc.models.architectures import ARCHITECTURES
from qloc.models.description import describe
from qloc.models.language_model import open_model
from qloc.models.manifest import manifest_text


@pytest.fixture
def manifest(save_checkpoint, tmp_path):
    """Writes the manifest of a saved checkpoint, beside it as training does."""

    def write(architecture, source="trained"):
        folder = save_checkpoint(architecture)
        configured = "." if source == "trained" else str(folder)
        path = (folder if source == "trained" else tmp_path) / "model.json"
        path.write_text(manifest_text(describe(folder, "small", source, configured)))
        return path

    return write


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_an_opened_model_has_the_logits_of_transformers_in_float64(architecture, manifest):
    path = manifest(architecture)
    model = open_model(path, threads=1, dtype=torch.float64)
    reference = AutoModelForCausalLM.from_pretrained(path.parent, dtype=torch.float64).eval()
    tokens = torch.tensor([[1, 5, 9, 4, 33], [1, 7, 7, 2, 60]])
    with torch.no_grad():
        expected = reference(tokens).logits
        found = model.logits(model.base(tokens).last_hidden_state.flatten(0, 1))
    assert torch.allclose(found, expected.flatten(0, 1), rtol=0, atol=1e-10)


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_neurons_times_value_vectors_are_what_the_layer_adds(architecture, manifest):
    model = open_model(manifest(architecture), threads=1, dtype=torch.float64)
    neurons = torch.randn(2, model.n_neurons, dtype=torch.float64)
    for layer, down in enumerate(model.down_projections):
        bias = down.bias if getattr(down, "bias", None) is not None else 0.0
        expected = neurons @ model.value_matrix(layer) + bias
        assert torch.allclose(down(neurons), expected, rtol=0, atol=1e-12)
    assert (model.n_layers, model.n_neurons) == (3, 40)


def test_an_opened_model_is_in_evaluation_and_its_weights_take_no_gradient(manifest):
    model = open_model(manifest("gpt2", "folder"), threads=1)
    assert not model.module.training
    assert not any(weight.requires_grad for weight in model.module.parameters())
    assert model.dtype == torch.float32
    assert model.tokenizer.encode("word7 word8") == [1, 7, 8]
    assert model.context_length == 32


def test_changed_weights_are_refused(manifest):
    path = manifest("gpt2")
    weights = load_file(path.parent / "model.safetensors")
    weights["transformer.wpe.weight"][0, 0] += 1
    save_file(weights, path.parent / "model.safetensors", {"format": "pt"})
    with pytest.raises(StudyError, match="content has changed"):
        open_model(path, threads=1)


def test_a_checkpoint_without_its_head_is_refused(save_checkpoint, tmp_path):
    folder = save_checkpoint("llama")
    weights = load_file(folder / "model.safetensors")
    del weights["lm_head.weight"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    path = tmp_path / "model.json"
    path.write_text(manifest_text(describe(folder, "small", "folder", str(folder))))
    with pytest.raises(StudyError, match=r"lacks weights.*lm_head\.weight"):
        open_model(path, threads=1)


def test_weights_of_other_shapes_than_configured_are_refused(save_checkpoint, tmp_path):
    folder = save_checkpoint("gpt2")
    weights = load_file(folder / "model.safetensors")
    weights["transformer.ln_f.weight"] = torch.ones(7)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    path = tmp_path / "model.json"
    path.write_text(manifest_text(describe(folder, "small", "folder", str(folder))))
    with pytest.raises(StudyError, match="cannot be opened"):
        open_model(path, threads=1)
