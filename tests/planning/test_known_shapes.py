"""Shapes come from manifests, folders, the registry or the cache; else it is said what would do."""

import json
from pathlib import Path

import pytest

from qloc.errors import StudyError
from qloc.models.description import describe
from qloc.models.manifest import manifest_text
from qloc.models.tiny import new_tiny_model
from qloc.planning.known_shapes import known_shapes, registered_name
from qloc.planning.operations import weights_of_head, weights_of_layer
from qloc.planning.shapes import registered_shapes, shape_of_checkpoint, shape_of_manifest
from qloc.planning.studies import read_study

UNKNOWN = {
    "source": "hub",
    "folder": "",
    "hub_name": "nobody/nothing",
    "revision": "0" * 40,
    "files": [],
}


@pytest.mark.parametrize("study", ["paper", "modern", "smoke"])
def test_every_model_of_the_studies_is_in_the_registry(study: str, shapes) -> None:
    found = read_study([Path(f"studies/{study}.yaml")])
    assert {registered_name(one) for one in found.instances.values()} <= set(shapes)


def test_numbers_of_parameters_follow_from_the_sizes(shapes) -> None:
    """But for norms, biases and learned positions, which are some hundredths at most."""
    for name, shape in shapes.items():
        layers = shape.n_layers * weights_of_layer(shape)
        heads = [(layers + n * weights_of_head(shape)) / shape.n_parameters for n in (1, 2)]
        assert any(0.97 < share <= 1 for share in heads), name


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_the_shapes_of_trained_models_are_those_that_are_trained(architecture: str, shapes) -> None:
    shape = shapes[f"trained {architecture}"]
    module = new_tiny_model(architecture, shape.n_vocabulary, 1.0, 0)
    config = module.config
    assert shape.n_parameters == sum(weight.numel() for weight in module.parameters())
    assert (shape.n_layers, shape.hidden_size) == (config.num_hidden_layers, config.hidden_size)


def test_a_manifest_and_a_folder_tell_the_same(tmp_path: Path, checkpoint: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(manifest_text(describe(checkpoint, "m", "folder")), encoding="utf-8")
    assert shape_of_manifest(path) == shape_of_checkpoint(checkpoint)


def test_what_was_described_is_read_from_its_manifest(checkout: Path, checkpoint: Path):
    path = checkout / "results/models/mine/model.json"
    path.parent.mkdir(parents=True)
    path.write_text(manifest_text(describe(checkpoint, "mine", "hub")), encoding="utf-8")
    assert known_shapes({"mine": UNKNOWN})["mine"] == shape_of_manifest(path)


def test_a_checkpoint_of_which_nothing_is_known_is_refused(checkout: Path, monkeypatch) -> None:
    monkeypatch.setenv("HF_HOME", str(checkout / "empty"))
    with pytest.raises(StudyError, match=r"neither in resources/registry/checkpoints\.toml nor"):
        known_shapes({"mine": UNKNOWN})


def test_a_broken_registry_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.toml"
    path.write_text('["a@b"]\narchitecture = "llama"\n', encoding="utf-8")
    with pytest.raises(StudyError, match="registry of checkpoints"):
        registered_shapes(path)


def test_a_configuration_without_a_size_is_refused(checkpoint: Path) -> None:
    path = checkpoint / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    del config["num_hidden_layers"]
    path.write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(StudyError, match="has no num_hidden_layers or n_layer or num_layers"):
        shape_of_checkpoint(checkpoint)


def test_sizes_of_a_checkpoint_are_found(checkpoint: Path) -> None:
    found = shape_of_checkpoint(checkpoint)
    assert (found.n_heads, found.n_key_value_heads, found.n_vocabulary) == (4, 2, 301)
