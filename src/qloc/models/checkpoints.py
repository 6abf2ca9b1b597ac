"""Checkpoints in a folder: what can be known of them without opening the model.

Weights are read from safetensors alone, never from pickles, and no code of a checkpoint is
ever run. `check_checkpoint` needs the standard library only, so that a bad folder is refused
while the workflow is parsed.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from qloc.errors import StudyError
from qloc.models.architectures import ARCHITECTURES, Architecture

WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
# One of these holds the vocabulary of every tokenizer that transformers reads.
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "spiece.model")

# The first eight bytes of a safetensors file hold the length of its header.
_LENGTH_BYTES = 8
# No real header comes near this size (the safetensors library refuses larger ones, too).
_LARGEST_HEADER = 100_000_000
# Larger files are recognised by their size: hashing them at every start would cost minutes.
_LARGEST_HASHED_AGAIN = 1 << 30


def check_checkpoint(folder: Path) -> None:
    """Refuse a folder that no stage could open.

    Raises:
        StudyError: No folder; no config.json or an unsupported architecture in it; no
            safetensors file, a missing shard, or a file that ends before its last tensor.
    """
    if not folder.is_dir():
        raise StudyError(
            f"{folder} is not a folder. Give the folder of a checkpoint: config.json, a tokenizer,"
            f" and {WEIGHTS}."
        )
    architecture_of(read_configuration(folder), folder / "config.json")
    for path in weight_files(folder):
        tensors(path)
    if not any((folder / name).is_file() for name in TOKENIZERS):
        raise StudyError(
            f"{folder} has no tokenizer: none of {', '.join(TOKENIZERS)}. Save the model's"
            " tokenizer there with `save_pretrained`."
        )


def read_configuration(folder: Path) -> dict[str, Any]:
    """The checkpoint's config.json."""
    path = folder / "config.json"
    if not path.is_file():
        raise StudyError(
            f"{folder} has no config.json. Give the folder of a checkpoint as"
            " `save_pretrained` of transformers writes it."
        )
    return _read_json(path)


def architecture_of(configuration: dict[str, Any], path: Path | str) -> Architecture:
    """The row of the table of architectures that a config.json names."""
    name = configuration.get("model_type")
    if not isinstance(name, str) or name not in ARCHITECTURES:
        raise StudyError(
            f"{path}: architecture `{name}` is not supported."
            f" Supported are: {', '.join(sorted(ARCHITECTURES))}."
        )
    return ARCHITECTURES[name]


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a checkpoint, sorted by name.

    Raises:
        StudyError: There is none, or the index lists one that is missing.
    """
    single, index = folder / WEIGHTS, folder / INDEX
    if single.is_file():
        return [single]
    if not index.is_file():
        others = sorted(path.name for path in folder.glob("*.bin"))
        found = f" (found {', '.join(others)})" if others else ""
        raise StudyError(
            f"{folder} has no {WEIGHTS} and no {INDEX}{found}. Only safetensors are read: open"
            " the model in transformers and save it with `save_pretrained`."
        )
    names = _read_json(index).get("weight_map", {})
    if not isinstance(names, dict) or not names:
        raise StudyError(f"{index} lists no tensors in `weight_map`. Copy the checkpoint again.")
    if not all(isinstance(name, str) for name in names.values()):
        raise StudyError(f"{index}: `weight_map` must hold names. Copy the checkpoint again.")
    paths = [folder / name for name in sorted(set(names.values()))]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise StudyError(
            f"{index} lists files that are not in {folder}: {', '.join(missing)}."
            " Copy the checkpoint again, with all its files."
        )
    return paths


def tensors(path: Path) -> dict[str, dict[str, Any]]:
    """The header of a safetensors file: type, shape and place of every tensor.

    Raises:
        StudyError: The file is not a safetensors file or not whole.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        if size < _LENGTH_BYTES or length > min(size, _LARGEST_HEADER):
            raise StudyError(
                f"{path} is not a whole safetensors file: it has {size} bytes and announces a"
                f" header of {length}. Copy it again."
            )
        text = file.read(length)
    try:
        header = json.loads(text)
        header.pop("__metadata__", None)
        last = max((entry["data_offsets"][1] for entry in header.values()), default=0)
        expected = _LENGTH_BYTES + length + last
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise StudyError(
            f"{path} is not a safetensors file: its header is broken ({error}). Copy it again."
        ) from error
    if size != expected:
        raise StudyError(
            f"{path} is not whole: its header announces {expected} bytes, the file has {size}."
            " Copy it again."
        )
    found: dict[str, dict[str, Any]] = header
    return found


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_weights(
    folder: Path, weights_sha256: dict[str, str], weights_bytes: dict[str, int], remedy: str
) -> None:
    """Refuse weights that are not those the manifest was written for.

    Files up to 1 GiB are compared by SHA-256, larger ones by their size.

    Args:
        folder: Of the checkpoint.
        weights_sha256: SHA-256 of every file, by its name.
        weights_bytes: Size of every file, by its name.
        remedy: What would do, as a sentence of its own.

    Raises:
        StudyError: A file is missing or another one than it was.
    """
    for name, digest in sorted(weights_sha256.items()):
        path = folder / name
        size = path.stat().st_size if path.is_file() else None
        is_same = size == weights_bytes[name] and (
            size > _LARGEST_HASHED_AGAIN or sha256(path) == digest
        )
        if not is_same:
            raise StudyError(
                f"{path} is not the file that the study began with"
                f" ({'it is missing' if size is None else 'its content has changed'}). {remedy}"
            )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StudyError(f"{path} is not readable JSON ({error}). Copy it again.") from error
    if not isinstance(content, dict):
        raise StudyError(f"{path} does not hold a JSON object. Copy it again.")
    return content
