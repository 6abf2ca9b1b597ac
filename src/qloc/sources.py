"""Where a study's inputs come from: the files behind each relation, text and checkpoint.

Rules take these paths as inputs; nothing above the parsing of the workflow needs to know
whether facts are shipped, lie in a folder, or are downloaded. What is shipped lies in the checkout,
which need not be the working directory.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qloc.datasets import csv_rows, pararel, registry, texts
from qloc.errors import StudyError

CHECKOUT = Path(__file__).parents[2]
DOWNLOADS = Path("results/downloads")

Settings = Mapping[str, Any]


def shipped(path: str) -> str:
    """Where a file of the checkout lies, as seen from the working directory.

    Relative, so that a study that moves together with its checkout is not made again.
    """
    return os.path.relpath(CHECKOUT / path)


def relation_files(dataset: Settings, relation: str) -> list[str]:
    """The files one relation is read from: facts and patterns, or one CSV file."""
    match dataset["source"]:
        case "csv":
            return [dataset["csv"]]
        case "download":
            return [
                f"{DOWNLOADS}/pararel/{kind}/{relation}.jsonl" for kind in ("facts", "patterns")
            ]
        case _:
            return [str(path) for path in pararel.locate(_folder(dataset), relation)]


def text_files(text: Settings) -> dict[str, str]:
    """The general text: what tiny models are trained on, and what is held out."""
    match text["source"]:
        case "embedded":
            folder, names = _embedded() / "text", ("training.txt", "held_out.txt")
        case "download":
            folder, names = DOWNLOADS / "wikitext-2", ("valid.txt", "test.txt")
        case _:
            folder, names = Path(text["directory"]), ("valid.txt", "test.txt")
    return {
        part: str(folder / name) for part, name in zip(("training", "held_out"), names, strict=True)
    }


def checkpoint_files(folder: Path) -> list[str]:
    """The files of a checkpoint's folder that make up the model."""
    return sorted(str(path) for kind in ("*.json", "*.safetensors") for path in folder.glob(kind))


def relation_problems(dataset: Settings, relations: Sequence[str]) -> Iterator[str]:
    """What is wrong with the files of the dataset; of a download, the names alone are known."""
    found = (refusal(_check_relation, dataset, relation) for relation in relations)
    yield from dict.fromkeys(message for messages in found for message in messages)


def text_problems(text: Settings) -> Iterator[str]:
    """What is wrong with the files of the general text; of a download nothing is known yet."""
    if text["source"] != "download":
        for path in text_files(text).values():
            yield from refusal(texts.check_file, Path(path))


def refusal(check: Callable[..., object], *arguments: object) -> Iterator[str]:
    """The message with which a check refuses its arguments, if it does."""
    try:
        check(*arguments)
    except StudyError as error:
        yield str(error)


def _check_relation(dataset: Settings, relation: str) -> None:
    match dataset["source"]:
        case "csv":
            csv_rows.check_file(Path(dataset["csv"]), [relation])
        case "download":
            registry.check_relations(Path(shipped("resources/registry/pararel.txt")), [relation])
        case _:
            pararel.check_files(*pararel.locate(_folder(dataset), relation))


def _folder(dataset: Settings) -> Path:
    return _embedded() if dataset["source"] == "embedded" else Path(dataset["directory"])


def _embedded() -> Path:
    return Path(shipped("resources/embedded"))
