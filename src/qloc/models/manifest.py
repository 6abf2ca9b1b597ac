"""The manifest of a model: all that later stages are told about it.

Nothing downstream can tell a tiny model trained in the workflow from a checkpoint. The text
of a manifest depends on the model alone: no times, no folder of this machine other than the
one the study's configuration names.
"""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from qloc.errors import StudyError, is_of_storage, unreadable

SOURCES = ("trained", "hub", "folder")


@dataclass(frozen=True)
class Manifest:
    """What a model is, and how its weights are found and recognised.

    Attributes:
        source: ``trained`` here, from the Hugging Face ``hub``, or in a local ``folder``.
        folder: Of the checkpoint: as configured for ``folder``; "." for ``trained``, whose files
            lie beside the manifest; "" for ``hub``.
        hub_name: Repository on the hub, or "".
        revision: Pinned commit of that repository, or "".
        architecture: Row of `qloc.models.architectures.ARCHITECTURES`.
        n_neurons: Of one layer.
        is_tied: Whether input and output embeddings are one matrix.
        dtype: In which the checkpoint stores its weights; the study computes in float32.
        special_tokens: How the tokenizer frames a prompt: token names with ``$A`` for the prompt.
        weights_sha256: SHA-256 of every safetensors file, by its name.
        weights_bytes: Size of every safetensors file, by its name.
        trained_queries: File beside the manifest that says which queries the model was trained
            on; None unless the model was trained here.
    """

    name: str
    source: str
    folder: str
    hub_name: str
    revision: str
    architecture: str
    n_layers: int
    n_neurons: int
    hidden_size: int
    n_heads: int
    n_vocabulary: int
    context_length: int
    is_tied: bool
    dtype: str
    special_tokens: str
    n_parameters: int
    weights_sha256: dict[str, str]
    weights_bytes: dict[str, int]
    trained_queries: str | None


def manifest_text(manifest: Manifest) -> str:
    """The manifest as JSON; the same manifest gives the same bytes."""
    return json.dumps(asdict(manifest), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        StudyError: The file is missing or is no manifest of this version of the study.
    """
    remedy = f"Delete it and run `snakemake {path}` to make it again."
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StudyError(f"{path} is missing. Run `snakemake {path}` to make it.") from error
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and is_of_storage(error):
            raise unreadable(path, error) from error
        raise StudyError(
            f"{path} cannot be read as a model manifest ({error}). {remedy}"
        ) from error
    expected = {field.name for field in fields(Manifest)}
    if not isinstance(content, dict) or set(content) != expected:
        found = sorted(content) if isinstance(content, dict) else type(content).__name__
        raise StudyError(
            f"{path} is not a model manifest: expected the keys {sorted(expected)},"
            f" found {found}. {remedy}"
        )
    if content["source"] not in SOURCES:
        raise StudyError(
            f"{path}: source is {content['source']!r}, expected one of {SOURCES}. {remedy}"
        )
    return Manifest(**content)
