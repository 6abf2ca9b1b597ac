"""Describes a checkpoint: writes down in its manifest what later stages must know."""

import math
from collections import Counter
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

from qloc.errors import StudyError
from qloc.models.architectures import ARCHITECTURES
from qloc.models.checkpoints import check_checkpoint, sha256, tensors, weight_files
from qloc.models.language_model import OPENING_ERRORS, LanguageModel
from qloc.models.manifest import Manifest

# Names of types in safetensors, as torch names them.
DTYPES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}
# Any text that every tokenizer can write.
PROBE = "a"


def describe(
    folder: Path,
    name: str,
    source: str,
    configured_folder: str = "",
    hub_name: str = "",
    revision: str = "",
    trained_queries: str | None = None,
) -> Manifest:
    """The manifest of the checkpoint in a folder. Weights are hashed, not loaded.

    Args:
        folder: Where the checkpoint is now.
        name: Of the model in the study.
        source: ``trained``, ``hub`` or ``folder``.
        configured_folder: What the manifest says of the folder.
        hub_name: Repository, for ``hub``.
        revision: Its commit, for ``hub``.
        trained_queries: File beside the manifest, for ``trained``.

    Raises:
        StudyError: The checkpoint is broken or its architecture is not supported.
    """
    check_checkpoint(folder)
    files = weight_files(folder)
    model, tokenizer = _skeleton(folder)
    config = model.module.config.get_text_config()
    return Manifest(
        name=name,
        source=source,
        folder=configured_folder,
        hub_name=hub_name,
        revision=revision,
        architecture=config.model_type,
        n_layers=model.n_layers,
        n_neurons=model.n_neurons,
        hidden_size=config.hidden_size,
        n_heads=config.num_attention_heads,
        n_vocabulary=model.head.weight.shape[0],
        context_length=model.context_length,
        is_tied=model.head.weight is model.module.get_input_embeddings().weight,
        dtype=_dtype(files),
        special_tokens=special_tokens(tokenizer),
        n_parameters=sum(weight.numel() for weight in model.module.parameters()),
        weights_sha256={path.name: sha256(path) for path in files},
        weights_bytes={path.name: path.stat().st_size for path in files},
        trained_queries=trained_queries,
    )


def special_tokens(tokenizer: PreTrainedTokenizerBase) -> str:
    """How a tokenizer frames a text, which is written ``$A``: for Llama ``<s> $A``."""
    framed = tokenizer.encode(PROBE)
    plain = tokenizer.encode(PROBE, add_special_tokens=False)
    for start in range(len(framed) - len(plain) + 1):
        if framed[start : start + len(plain)] == plain:
            names = tokenizer.convert_ids_to_tokens(framed)
            return " ".join([*names[:start], "$A", *names[start + len(plain) :]])
    raise StudyError(
        f"The tokenizer writes {PROBE!r} as {framed} with special tokens, but as {plain} without:"
        " where a prompt's own tokens begin cannot be told. Use another tokenizer."
    )


def _skeleton(folder: Path) -> tuple[LanguageModel, PreTrainedTokenizerBase]:
    """The model without its weights, and its tokenizer."""
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        with torch.device("meta"):
            module = AutoModelForCausalLM.from_config(config)  # type: ignore[no-untyped-call]
    except OPENING_ERRORS as error:
        raise StudyError(
            f"The checkpoint in {folder} cannot be opened: {error}. Check that config.json and the"
            " tokenizer's files are whole."
        ) from error
    module.tie_weights()
    text = config.get_text_config()
    architecture = ARCHITECTURES[text.model_type]
    model = LanguageModel(module, tokenizer, architecture, text.max_position_embeddings)
    return model, tokenizer


def _dtype(files: list[Path]) -> str:
    """The type of most weights."""
    counts: Counter[str] = Counter()
    for path in files:
        for entry in tensors(path).values():
            counts[entry["dtype"]] += math.prod(entry["shape"])
    stored = counts.most_common(1)[0][0]
    return DTYPES.get(stored, stored)
