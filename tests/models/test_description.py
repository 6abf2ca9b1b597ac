"""A manifest says of a checkpoint what transformers says of the opened model."""

import hashlib
import json

import pytest
import torch
from tokenizers import Tokenizer, models, processors
from transformers import PreTrainedTokenizerFast

from qloc.errors import StudyError
from qloc.models.architectures import ARCHITECTURES
from qloc.models.description import describe, special_tokens
from qloc.models.manifest import manifest_text


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_a_manifest_tells_the_sizes_of_a_model(architecture, save_checkpoint, random_model):
    folder = save_checkpoint(architecture)
    found = describe(folder, "small", "folder", "some/where")
    module = random_model(architecture, torch.float32).module
    weights = folder / "model.safetensors"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    assert (found.name, found.source, found.folder) == ("small", "folder", "some/where")
    assert (found.architecture, found.n_layers, found.n_neurons) == (architecture, 3, 40)
    assert (found.hidden_size, found.n_heads, found.n_vocabulary) == (24, 4, 61)
    assert (found.context_length, found.dtype) == (32, "float32")
    assert found.n_parameters == module.num_parameters()
    assert found.is_tied == module.config.tie_word_embeddings
    assert found.weights_sha256 == {"model.safetensors": digest}
    assert found.weights_bytes == {"model.safetensors": weights.stat().st_size}
    assert found.trained_queries is None


def test_a_manifest_tells_how_the_tokenizer_opens_a_prompt(save_checkpoint):
    assert describe(save_checkpoint("llama"), "small", "folder").special_tokens == "word1 $A"


def test_the_dtype_is_that_of_the_stored_weights(save_checkpoint):
    folder = save_checkpoint("gpt2", torch.bfloat16)
    assert describe(folder, "small", "folder").dtype == "bfloat16"


def test_the_same_checkpoint_gives_the_same_text_wherever_it_lies(save_checkpoint):
    first = describe(save_checkpoint("llama", folder="here"), "small", "trained", ".")
    second = describe(save_checkpoint("llama", folder="there"), "small", "trained", ".")
    assert manifest_text(first) == manifest_text(second)
    assert "here" not in manifest_text(first)


@pytest.mark.parametrize("template", ["$A", "<s> $A", "<s> $A <e>"])
def test_special_tokens_are_told_around_the_text(template):
    tokenizer = Tokenizer(models.WordLevel({"<s>": 0, "<e>": 1, "a": 2}, unk_token="a"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=template, special_tokens=[("<s>", 0), ("<e>", 1)]
    )
    assert special_tokens(PreTrainedTokenizerFast(tokenizer_object=tokenizer)) == template


@pytest.mark.parametrize("file", ["tokenizer.json", "model.safetensors", "config.json"])
def test_a_checkpoint_that_lacks_a_part_is_refused(save_checkpoint, file):
    folder = save_checkpoint("gpt2")
    (folder / file).unlink()
    with pytest.raises(StudyError, match=str(folder)):
        describe(folder, "small", "folder")


def test_a_configuration_that_transformers_refuses_is_refused_with_its_folder(save_checkpoint):
    folder = save_checkpoint("llama")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": "three"}))
    with pytest.raises(StudyError, match="cannot be opened"):
        describe(folder, "small", "folder")
