"""The parts of every supported architecture are where the table says; others are refused."""

import json
import re
from pathlib import Path

import pytest
import torch
from transformers import CONFIG_MAPPING

from qloc.errors import StudyError
from qloc.models.architectures import ARCHITECTURES
from qloc.models.checkpoints import check_checkpoint

DOCUMENT = Path(__file__).parents[2] / "docs/reference/models.md"
# Attention of their own, experts, sinks, state spaces, images, encoders, unknown names.
REFUSED = [
    "bert", "bloom", "codegen", "ctrl", "deepseek_v3", "falcon", "falcon_mamba", "gemma3",
    "gemma3n", "gpt_bigcode", "gpt_oss", "granitemoe", "jamba", "llama4", "llava", "mamba",
    "mistral3", "mixtral", "mpt", "opt", "phimoe", "qwen2_moe", "qwen2_vl", "qwen3_moe", "t5",
    "t5gemma", "whisper", "xglm",
]  # fmt: skip


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


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused_by_name_before_weights_are_looked_for(name, tmp_path):
    assert name in CONFIG_MAPPING, "transformers would open it"
    (tmp_path / "config.json").write_text(json.dumps({"model_type": name}), encoding="utf-8")
    with pytest.raises(StudyError, match=f"architecture `{name}` is not supported") as refusal:
        check_checkpoint(tmp_path)
    assert ", ".join(sorted(ARCHITECTURES)) in str(refusal.value)


def test_every_supported_architecture_has_its_name_in_transformers():
    assert set(ARCHITECTURES) <= set(CONFIG_MAPPING)


def test_the_documented_list_is_that_of_the_table():
    rows = re.findall(
        r"^\| `(\w+)` \| (?!rows)(.+) \|$", DOCUMENT.read_text(encoding="utf-8"), re.M
    )
    ways = {name: (row.adds_plainly, row.has_row_attention) for name, row in ARCHITECTURES.items()}
    said = {"behind the layer": (True, True), "inside": (False, True), "as texts": (True, False)}
    assert {name: said[way] for name, way in rows} == ways
    assert [name for name, _ in rows] == sorted(ARCHITECTURES)
