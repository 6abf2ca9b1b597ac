"""Bad input is refused while the workflow is parsed: one message, nothing computed or lost."""

import resource
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml
from tests.mistakes import MISTAKES

pytestmark = pytest.mark.slow

Snakemake = Callable[..., "CompletedProcess[str]"]
LONGEST_REFUSAL_SECONDS = 5


def cpu_seconds() -> float:
    """Of all processes that were waited for."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def refuse(checkout: Path, snakemake: Snakemake, settings: dict[str, Any]) -> str:
    """What a run with these settings says; earlier results must stay as they are."""
    earlier = checkout / "results/facts/P36.parquet"
    earlier.parent.mkdir(parents=True)
    earlier.write_bytes(b"earlier")
    (checkout / "mine.yaml").write_text(yaml.safe_dump(settings))
    before = cpu_seconds()
    run = snakemake("--cores", "1", "--configfile", "mine.yaml")
    assert cpu_seconds() - before < LONGEST_REFUSAL_SECONDS
    said = run.stdout + run.stderr
    assert run.returncode == 1, said
    assert "Traceback" not in said
    assert earlier.read_bytes() == b"earlier"
    assert [path.name for path in (checkout / "results").rglob("*.*")] == ["P36.parquet"]
    return said


@pytest.mark.parametrize(("settings", "words"), MISTAKES, ids=lambda value: str(value)[:40])
def test_a_wrong_setting(
    checkout: Path, snakemake: Snakemake, settings: dict[str, Any], words: str
) -> None:
    assert words in refuse(checkout, snakemake, settings)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("facts/P36.jsonl", '{"sub_label": "France", \n', "facts/P36.jsonl, line 1"),
        ("facts/P36.jsonl", '{"sub_label": "France"}\n', "`obj_label` is missing"),
        ("patterns/P36.jsonl", '{"pattern": "The capital of [X] is."}\n', "[Y]"),
        ("patterns/P36.jsonl", "", "patterns/P36.jsonl"),
    ],
)
def test_a_broken_file(
    checkout: Path, snakemake: Snakemake, file: str, text: str, words: str
) -> None:
    (checkout / "resources/embedded" / file).write_text(text)
    assert words in refuse(checkout, snakemake, {})


def test_a_checkpoint_that_cannot_be_opened(checkout: Path, snakemake: Snakemake) -> None:
    folder = checkout / "models/mine"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "t5"}')
    settings = {
        "models": ["mine"],
        "model": {"mine": {"source": "folder", "folder": "models/mine"}},
    }
    assert "`t5` is not supported" in refuse(checkout, snakemake, settings)


def test_a_config_file_that_is_not_yaml(checkout: Path, snakemake: Snakemake) -> None:
    (checkout / "config.yaml").write_text("seed: [1\n")
    run = snakemake("-n")
    assert run.returncode == 1
    assert "Config file is not valid JSON or YAML" in run.stdout + run.stderr
