"""A copy of what a plan reads of a checkout, and the shapes and loads of the default study."""

import shutil
from pathlib import Path

import pytest
from tests.benchmark.dimensions import Dimensions, random_model
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

from qloc.configuration import Study
from qloc.planning.shapes import Shape, registered_shapes
from qloc.planning.studies import read_study
from qloc.planning.workloads import RelationLoad

ROOT = Path(__file__).parents[2]
PARTS = (
    "Snakefile",
    "config.yaml",
    "workflow",
    "resources",
    "reports",
    "studies",
    "src",
    "profiles",
)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with nothing computed, in which the test runs."""
    for part in PARTS:
        source = ROOT / part
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / part)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A small Llama in a folder, with a tokenizer of one word."""
    folder = tmp_path / "checkpoint"
    sizes = Dimensions("", "llama", 3, 64, 160, 4, 2, 301)
    random_model(sizes).module.save_pretrained(folder)
    words = Tokenizer(models.WordLevel({"a": 0}, unk_token="a"))
    PreTrainedTokenizerFast(tokenizer_object=words).save_pretrained(folder)
    return folder


@pytest.fixture
def in_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test runs in the checkout itself, of which it only reads."""
    monkeypatch.chdir(ROOT)


@pytest.fixture
def default_study(in_checkout: None) -> Study:
    return read_study([])


@pytest.fixture
def shapes(in_checkout: None) -> dict[str, Shape]:
    return registered_shapes(Path("resources/registry/checkpoints.toml"))


@pytest.fixture
def loads() -> list[RelationLoad]:
    """Of 8 relations, as in the default study."""
    return [RelationLoad(f"P{number}", 30, 165, 8.5) for number in range(8)]
