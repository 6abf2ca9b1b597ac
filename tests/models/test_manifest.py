"""Manifests survive being written and read, and broken ones are refused."""

import json
from dataclasses import replace

import pytest

from qloc.errors import StudyError
from qloc.models.manifest import Manifest, manifest_text, read_manifest

MANIFEST = Manifest(
    name="small",
    source="hub",
    folder="",
    hub_name="someone/små",
    revision="5" * 40,
    architecture="llama",
    n_layers=3,
    n_neurons=40,
    hidden_size=24,
    n_heads=4,
    n_vocabulary=61,
    context_length=32,
    is_tied=False,
    dtype="bfloat16",
    special_tokens="<s> $A",
    n_parameters=12345,
    weights_sha256={"b.safetensors": "cd", "a.safetensors": "ab"},
    weights_bytes={"b.safetensors": 7, "a.safetensors": 5},
    trained_queries=None,
)


def test_a_manifest_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "model.json"
    path.write_text(manifest_text(MANIFEST), encoding="utf-8")
    assert read_manifest(path) == MANIFEST


def test_the_text_does_not_depend_on_the_order_of_files():
    turned = replace(MANIFEST, weights_bytes={"a.safetensors": 5, "b.safetensors": 7})
    assert manifest_text(turned) == manifest_text(MANIFEST)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cannot be read as a model manifest"),
        ("[]", "found list"),
        ('{"name": "x"}', r"found \['name'\]"),
        (json.dumps({**json.loads(manifest_text(MANIFEST)), "source": "web"}), "source is 'web'"),
    ],
)
def test_a_broken_manifest_is_refused_with_what_would_help(tmp_path, content, message):
    path = tmp_path / "model.json"
    path.write_text(content)
    with pytest.raises(StudyError, match=message) as refusal:
        read_manifest(path)
    assert f"Delete it and run `snakemake {path}`" in str(refusal.value)


def test_a_missing_manifest_says_how_to_make_it(tmp_path):
    with pytest.raises(StudyError, match="is missing"):
        read_manifest(tmp_path / "model.json")
