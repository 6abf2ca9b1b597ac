"""Checkpoints are found by a folder, a manifest, or a pinned name on the hub."""

import json
import shutil

import pytest
import torch

from qloc.errors import StudyError
from qloc.models import opening
from qloc.models.architectures import ARCHITECTURES
from qloc.models.description import describe
from qloc.models.manifest import manifest_text
from qloc.models.opening import find_checkpoint, open_checkpoint

COMMIT = "607a30d783dfa663caf39e06633721c8d4cfcd7e"


def manifest_of(folder, place, source="folder"):
    """Writes the manifest of a checkpoint into a folder."""
    configured = "." if source == "trained" else str(folder)
    place.mkdir(exist_ok=True)
    made = describe(folder, "mine", source, configured_folder=configured)
    (place / "model.json").write_text(manifest_text(made), encoding="utf-8")
    return place / "model.json"


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_a_folder_is_opened_with_its_tokenizer(save_checkpoint, architecture):
    folder = save_checkpoint(architecture, torch.bfloat16)
    found = find_checkpoint(folder)
    assert (found.folder, found.architecture, found.context_length) == (folder, architecture, 32)
    assert found.tokenizer.encode("word7") == [1, 7]
    model = open_checkpoint(str(folder), threads=1)
    assert model.dtype == torch.float32
    assert (model.n_layers, model.n_neurons) == (3, 40)
    assert model.architecture is ARCHITECTURES[architecture]


def test_a_manifest_and_its_folder_lead_to_the_checkpoint(save_checkpoint, tmp_path):
    folder = save_checkpoint("gpt2")
    manifest = manifest_of(folder, tmp_path / "study")
    assert find_checkpoint(manifest).folder == folder
    assert find_checkpoint(manifest.parent).folder == folder
    trained = manifest_of(folder, folder, "trained")
    assert find_checkpoint(trained).folder == folder


def test_other_weights_than_those_of_the_manifest_are_refused(save_checkpoint, tmp_path):
    folder = save_checkpoint("gpt2")
    manifest = manifest_of(folder, tmp_path / "study")
    shutil.copy(save_checkpoint("llama", folder="other") / "model.safetensors", folder)
    with pytest.raises(StudyError, match="its content has changed"):
        find_checkpoint(manifest)


def test_a_name_on_the_hub_is_fetched_at_its_commit(save_checkpoint, monkeypatch):
    folder = save_checkpoint("gpt2")
    asked = []
    monkeypatch.setattr(
        opening, "fetch_checkpoint", lambda name, revision: asked.append((name, revision)) or folder
    )
    assert find_checkpoint("some-one/a_model.v2", COMMIT).folder == folder
    assert asked == [("some-one/a_model.v2", COMMIT)]


@pytest.mark.parametrize(
    ("place", "revision", "message"),
    [
        ("org/name", None, r"no folder org/name.*40 hexadecimal.*huggingface.co/org/name/commits"),
        ("org/name", "main", "does not pin a commit"),
        ("nowhere", None, "no folder or file nowhere.*organisation/name"),
        ("nowhere", COMMIT, "no folder or file nowhere"),
        ("../org/name", COMMIT, "no folder or file"),
        (".", COMMIT, "a revision is for names on the hub"),
    ],
)
def test_a_place_that_leads_nowhere_is_refused(tmp_path, monkeypatch, place, revision, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StudyError, match=message):
        find_checkpoint(place, revision)


def test_a_file_is_no_checkpoint_unless_it_is_a_manifest(save_checkpoint):
    weights = save_checkpoint("gpt2") / "model.safetensors"
    with pytest.raises(StudyError, match=r"is a file\. Give the folder"):
        find_checkpoint(weights)


def test_an_unsupported_architecture_is_refused_with_those_supported(save_checkpoint):
    folder = save_checkpoint("gpt2")
    (folder / "config.json").write_text(json.dumps({"model_type": "bloom"}))
    with pytest.raises(
        StudyError, match=r"`bloom` is not supported\. Supported are: .*gpt2, .*llama"
    ):
        find_checkpoint(folder)


def test_pickled_weights_are_refused(save_checkpoint):
    folder = save_checkpoint("gpt2")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(StudyError, match="Only safetensors are read"):
        find_checkpoint(folder)


def test_a_broken_tokenizer_is_named(save_checkpoint):
    folder = save_checkpoint("gpt2")
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(StudyError, match="cannot be opened"):
        find_checkpoint(folder)
