"""Shapes of models: the sizes that all costs follow from.

Read of a manifest, of a checkpoint's own files, or of the registry of known checkpoints; no model
is opened, no network asked.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qloc.errors import StudyError
from qloc.models.checkpoints import read_configuration, tensors, weight_files
from qloc.models.manifest import read_manifest

# Feed-forward layers with one matrix into the neurons; in all others a second one gates them.
UNGATED = frozenset(
    {"arcee", "gpt2", "gpt_neo", "gpt_neox", "gptj", "nemotron", "phi", "starcoder2"}
)
# Positions are learned vectors, counted among the parameters.
LEARNS_POSITIONS = frozenset({"gpt2", "gpt_neo"})


@dataclass(frozen=True)
class Shape:
    """What the costs of a model follow from.

    Attributes:
        architecture: Row of `qloc.models.architectures.ARCHITECTURES`.
        n_layers: Layers.
        n_neurons: Of one layer.
        hidden_size: Of what a layer passes on.
        n_heads: Of attention, in one layer.
        n_key_value_heads: As many as the weights of attention make, had each head its usual
            share of the hidden size; where heads are wider it counts more.
        n_vocabulary: Entries of the head.
        n_parameters: Of the whole model.
        weights_bytes: Of the checkpoint's files.
    """

    architecture: str
    n_layers: int
    n_neurons: int
    hidden_size: int
    n_heads: int
    n_key_value_heads: int
    n_vocabulary: int
    n_parameters: int
    weights_bytes: int


def shape_of_manifest(path: Path) -> Shape:
    """The shape of a model that has been trained or described.

    Raises:
        StudyError: The manifest is missing or broken.
    """
    manifest = read_manifest(path)
    sizes = {
        "architecture": manifest.architecture,
        "n_layers": manifest.n_layers,
        "n_neurons": manifest.n_neurons,
        "hidden_size": manifest.hidden_size,
        "n_heads": manifest.n_heads,
        "n_vocabulary": manifest.n_vocabulary,
        "n_parameters": manifest.n_parameters,
        "weights_bytes": sum(manifest.weights_bytes.values()),
    }
    return _shape(sizes, manifest.is_tied, manifest.context_length)


def shape_of_checkpoint(folder: Path) -> Shape:
    """The shape of a checkpoint in a folder: of its configuration and the heads of its files.

    Raises:
        StudyError: A file is missing or broken, or the configuration lacks a size.
    """
    path = folder / "config.json"
    config = read_configuration(folder)
    files = weight_files(folder)
    stored = {name: entry["shape"] for file in files for name, entry in tensors(file).items()}
    hidden = _configured(config, path, "hidden_size", "n_embd")
    sizes = {
        "architecture": config.get("model_type", ""),
        "n_layers": _configured(config, path, "num_hidden_layers", "n_layer", "num_layers"),
        "n_neurons": _configured({"n_inner": 4 * hidden} | _given(config), path, *_NEURONS),
        "hidden_size": hidden,
        "n_heads": _configured(config, path, "num_attention_heads", "n_head", "num_heads"),
        "n_vocabulary": _configured(config, path, "vocab_size"),
        "n_parameters": sum(math.prod(shape) for shape in stored.values()),
        "weights_bytes": sum(file.stat().st_size for file in files),
    }
    is_tied = not any(name.endswith(("lm_head.weight", "embed_out.weight")) for name in stored)
    return _shape(sizes, is_tied, int(config.get("n_positions", 0)))


def registered_shapes(path: Path) -> dict[str, Shape]:
    """The shapes of a registry of checkpoints, by what it calls them.

    Raises:
        StudyError: The file is missing or is no such registry.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return {
            name: Shape(**{key: sizes[key] for key in Shape.__annotations__})
            for name, sizes in content.items()
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudyError(
            f"{path} cannot be read as a registry of checkpoints ({error!r}). Restore it."
        ) from error


_NEURONS = ("intermediate_size", "ffn_dim", "n_inner")


def _shape(sizes: Mapping[str, Any], is_tied: bool, context_length: int) -> Shape:
    """A shape with the heads of keys and values that the number of its weights says."""
    hidden, n_layers = sizes["hidden_size"], sizes["n_layers"]
    outside = sizes["n_vocabulary"] * hidden * (1 if is_tied else 2)
    if sizes["architecture"] in LEARNS_POSITIONS:
        outside += context_length * hidden
    into_and_out = (2 if sizes["architecture"] in UNGATED else 3) * hidden * sizes["n_neurons"]
    of_attention = (sizes["n_parameters"] - outside) / n_layers - into_and_out
    of_one_head = 2 * hidden * hidden / sizes["n_heads"]
    n_heads = round((of_attention - 2 * hidden * hidden) / of_one_head)
    return Shape(n_key_value_heads=max(1, n_heads), **sizes)


def _given(config: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a configuration that have a value."""
    return {key: value for key, value in config.items() if value is not None}


def _configured(config: Mapping[str, Any], path: Path, *names: str) -> int:
    """A size by the first of its names that the configuration has."""
    for name in names:
        if isinstance(config.get(name), int):
            return int(config[name])
    raise StudyError(
        f"{path} has no {' or '.join(names)}: what the model costs cannot be known."
        " Copy the checkpoint again."
    )
