"""Bad checkpoint folders are refused before any model is opened."""

import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import save_file

from qloc.errors import StudyError
from qloc.models.checkpoints import check_checkpoint, check_weights, sha256, tensors, weight_files


@pytest.fixture
def folder(tmp_path):
    """A folder that passes for a checkpoint of 10 numbers."""
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    (tmp_path / "tokenizer.json").write_text("{}")
    save_file(
        {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.ones(4, dtype=np.float16)},
        tmp_path / "model.safetensors",
    )
    return tmp_path


def _shard(folder, names):
    """Copies of the weights under these names, and an index that lists them."""
    content = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").unlink()
    for name in names:
        (folder / name).write_bytes(content)
    weight_map = {f"weight{number}": name for number, name in enumerate(names)}
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))


def test_a_whole_checkpoint_passes(folder):
    check_checkpoint(folder)


def test_a_sharded_checkpoint_passes_and_names_its_files_in_order(folder):
    _shard(folder, ["model-2.safetensors", "model-1.safetensors"])
    check_checkpoint(folder)
    names = [path.name for path in weight_files(folder)]
    assert names == ["model-1.safetensors", "model-2.safetensors"]


def test_a_header_tells_type_and_shape_of_every_tensor(folder):
    found = tensors(folder / "model.safetensors")
    shapes = {name: (entry["dtype"], entry["shape"]) for name, entry in found.items()}
    assert shapes == {"a": ("F32", [2, 3]), "b": ("F16", [4])}


def test_a_missing_shard_is_named(folder):
    _shard(folder, ["model-1.safetensors", "model-2.safetensors"])
    (folder / "model-2.safetensors").unlink()
    with pytest.raises(StudyError, match=r"not in .*: model-2\.safetensors"):
        check_checkpoint(folder)


def test_an_index_without_tensors_is_refused(folder):
    _shard(folder, [])
    with pytest.raises(StudyError, match="lists no tensors"):
        check_checkpoint(folder)


def test_a_folder_with_pickles_only_is_refused_and_told_what_to_do(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(StudyError, match=r"found pytorch_model\.bin.*save_pretrained"):
        check_checkpoint(folder)


@pytest.mark.parametrize("n_bytes", [0, 5, 8, 60, -1])
def test_a_truncated_file_is_refused(folder, n_bytes):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:n_bytes])
    with pytest.raises(StudyError, match=r"model\.safetensors is not"):
        check_checkpoint(folder)


def test_a_file_that_is_too_long_is_refused(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(StudyError, match="is not whole"):
        check_checkpoint(folder)


@pytest.mark.parametrize("header", [b"{}}", b"[1, 2]", b'{"a": {"dtype": "F32"}}', b'{"a": 1}'])
def test_a_file_of_another_kind_is_refused(folder, header):
    path = folder / "model.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(StudyError, match="is not a safetensors file"):
        check_checkpoint(folder)


def test_an_unsupported_architecture_is_refused_with_those_that_are_supported(folder):
    (folder / "config.json").write_text('{"model_type": "bloom"}')
    with pytest.raises(StudyError, match=r"`bloom` is not supported.*gpt2.*llama"):
        check_checkpoint(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "not readable JSON"), ("[]", "JSON object"), ("{}", "`None` is not supported")],
)
def test_a_broken_configuration_is_refused(folder, content, message):
    (folder / "config.json").write_text(content)
    with pytest.raises(StudyError, match=message):
        check_checkpoint(folder)


def test_a_folder_without_configuration_or_no_folder_is_refused(folder):
    with pytest.raises(StudyError, match="is not a folder"):
        check_checkpoint(folder / "elsewhere")
    (folder / "config.json").unlink()
    with pytest.raises(StudyError, match=r"has no config\.json"):
        check_checkpoint(folder)


def test_weights_are_recognised_by_their_hash(folder):
    path = folder / "model.safetensors"
    content = path.read_bytes()
    assert sha256(path) == hashlib.sha256(content).hexdigest()
    known = {path.name: sha256(path)}, {path.name: len(content)}
    check_weights(folder, *known, "Copy it.")
    path.write_bytes(content[:-1] + b"\7")
    with pytest.raises(StudyError, match=r"content has changed\)\. Copy it\."):
        check_weights(folder, *known, "Copy it.")
    path.unlink()
    with pytest.raises(StudyError, match="it is missing"):
        check_weights(folder, *known, "Copy it.")


def test_checking_a_folder_imports_neither_torch_nor_transformers():
    code = (
        "import sys, qloc.models.checkpoints, qloc.models.manifest\n"
        "assert not {'torch', 'transformers', 'numpy', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_folder_without_a_tokenizer_is_refused(folder):
    (folder / "tokenizer.json").unlink()
    with pytest.raises(StudyError, match="has no tokenizer"):
        check_checkpoint(folder)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("config.json", '{"model_type": ["gpt2"]}', "is not supported"),
        ("model.safetensors.index.json", '{"weight_map": {"a": 3}}', "must hold names"),
    ],
)
def test_odd_metadata_is_refused_in_words(folder, file, text, words):
    if file.endswith("index.json"):
        (folder / "model.safetensors").unlink()
    (folder / file).write_text(text)
    with pytest.raises(StudyError, match=words):
        check_checkpoint(folder)


def test_a_header_with_odd_offsets_is_refused(folder):
    header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, "4"]}}).encode()
    content = len(header).to_bytes(8, "little") + header + bytes(4)
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(StudyError, match="its header is broken"):
        check_checkpoint(folder)
