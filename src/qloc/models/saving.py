"""Writes a model that was changed as a checkpoint of its own."""

import os
import re
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from safetensors import SafetensorError
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from qloc.errors import StudyError
from qloc.models.checkpoints import sha256, weight_files
from qloc.models.language_model import LanguageModel


def refuse_used_folder(folder: Path) -> None:
    """Refuse to write where something is already.

    Raises:
        StudyError: The path is a file or a folder that is not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = "not empty" if folder.is_dir() else "a file"
        raise StudyError(
            f"{folder} is {what}, and nothing is written over. Name a folder that is new or empty."
        )


def save_checkpoint(model: LanguageModel, folder: Path, notes: Mapping[str, str]) -> None:
    """Write weights as they are now, configuration and tokenizer: all of it, or no folder.

    Opened again, it is the same model to the bit.

    Args:
        model: To write, in the type in which it computes.
        folder: New or empty.
        notes: Further files by name.

    Raises:
        StudyError: See `refuse_used_folder`; the folder cannot be written.
    """
    refuse_used_folder(folder)
    try:
        with _draft(folder) as draft:
            save_parts(model.module, cast(PreTrainedTokenizerBase, model.tokenizer), draft)
            for path in weight_files(draft):  # which safetensors lets their owner alone read
                shutil.copymode(draft / "config.json", path)
            for name, text in notes.items():
                (draft / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StudyError(f"{folder} cannot be written: {error}. Name another folder.") from error


def save_parts(
    module: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path | str
) -> None:
    """Write a model and its tokenizer as transformers does.

    Raises:
        OSError: The folder cannot be written; safetensors alone would hide the reason in a text.
    """
    try:
        module.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    except SafetensorError as error:
        found = re.search(r"\(os error (\d+)\)", str(error))
        if found is None:
            raise
        raise OSError(int(found[1]), os.strerror(int(found[1]))) from error


def source_sha256(model: LanguageModel) -> dict[str, str]:
    """SHA-256 of every safetensors file that the model was opened from, by its name."""
    folder = Path(str(model.module.name_or_path))
    return {path.name: sha256(path) for path in weight_files(folder)}


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """A new folder beside this one that takes its place at the end, or disappears."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f".{socket.gethostname()}.{os.getpid()}.draft.{folder.name}")
    draft.mkdir()
    try:
        yield draft
        os.replace(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
