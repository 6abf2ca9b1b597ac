"""Checkpoints by the name a person gives: a folder, a manifest of a study, a name on the hub."""

import re
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import AutoConfig, AutoTokenizer

from qloc.errors import StudyError
from qloc.models.checkpoints import check_checkpoint
from qloc.models.hub import fetch_checkpoint
from qloc.models.language_model import (
    OPENING_ERRORS,
    LanguageModel,
    checkpoint_folder,
    load,
    prepare_libraries,
)
from qloc.models.manifest import read_manifest
from qloc.models.prompting import Tokenizer

MANIFEST = "model.json"

_HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint on this machine, of which only the tokenizer is open yet.

    Attributes:
        folder: Where its files are.
        tokenizer: Its own.
        architecture: Row of `qloc.models.architectures.ARCHITECTURES`.
        context_length: Most tokens the model can read.
    """

    folder: Path
    tokenizer: Tokenizer
    architecture: str
    context_length: int

    def open(self, threads: int | None = None) -> LanguageModel:
        """Open the model, in float32; see `open_checkpoint` for the threads."""
        prepare_libraries(threads or torch.get_num_threads())
        return load(self.folder, self.architecture, self.context_length, torch.float32)


def open_checkpoint(
    place: str | Path, revision: str | None = None, threads: int | None = None
) -> LanguageModel:
    """Open a model, in float32; torch is told to compute the same bits every time.

    Args:
        place: As for `find_checkpoint`.
        revision: As for `find_checkpoint`.
        threads: Of torch on the CPU; None leaves their number as it is. Another number may
            change the last digits of a score.

    Raises:
        StudyError: As for `find_checkpoint`; the weights do not fit the configuration.
    """
    return find_checkpoint(place, revision).open(threads)


def find_checkpoint(place: str | Path, revision: str | None = None) -> Checkpoint:
    """Find a checkpoint, fetch it if it is on the hub, and check all but its weights.

    Args:
        place: A folder with a checkpoint, a manifest of a study or its folder, or a name on
            the hub: organisation/name.
        revision: For a name on the hub: the commit, as 40 hexadecimal digits.

    Raises:
        StudyError: There is none; it is broken or another one than the manifest's; its
            architecture is not supported; the hub cannot be reached.
    """
    folder = _folder(Path(place), revision) if Path(place).exists() else _fetched(place, revision)
    check_checkpoint(folder)
    settings = {"local_files_only": True, "trust_remote_code": False}
    try:
        config = AutoConfig.from_pretrained(folder, **settings).get_text_config()
        tokenizer = AutoTokenizer.from_pretrained(folder, **settings)
    except OPENING_ERRORS as error:
        raise StudyError(
            f"The checkpoint in {folder} cannot be opened: {error}. Check that config.json and the"
            " tokenizer's files are whole."
        ) from error
    return Checkpoint(folder, tokenizer, config.model_type, config.max_position_embeddings)


def _folder(path: Path, revision: str | None) -> Path:
    """The folder of a checkpoint that a path on this machine leads to."""
    if revision is not None:
        raise StudyError(
            f"{path} is on this machine, and a revision is for names on the hub. Leave it out."
        )
    if path.is_dir() and (path / "config.json").is_file():
        return path
    if path.is_file() and path.name != MANIFEST:
        raise StudyError(f"{path} is a file. Give the folder of the checkpoint that it is in.")
    manifest_path = path / MANIFEST if path.is_dir() else path
    if not manifest_path.is_file():
        return path
    return checkpoint_folder(read_manifest(manifest_path), manifest_path)


def _fetched(place: str | Path, revision: str | None) -> Path:
    """The folder into which a checkpoint of the hub was fetched."""
    name = str(place)
    if not _HUB_NAME.fullmatch(name):
        raise StudyError(
            f"There is no folder or file {name}. Give the folder of a checkpoint, a study's"
            " results/models/NAME, or a name on the hub: organisation/name with its revision."
        )
    if revision is None:
        raise StudyError(
            f"There is no folder {name}. If it is a name on the hub, say which commit you mean:"
            " give as revision the 40 hexadecimal digits that"
            f" https://huggingface.co/{name}/commits/main shows."
        )
    return fetch_checkpoint(name, revision)
