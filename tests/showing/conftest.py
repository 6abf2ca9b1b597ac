"""A made-up run on disk, with the record that Snakemake keeps of it."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from tests import claims

from qloc.cli import main
from qloc.contracts.provenance import PROVENANCE
from qloc.tables import write_table

METHODS = ("ig", "sig")
MODELS = ("tiny-gpt2", "tiny-llama")
RECORDS = {("settings", "methods"): '["sig", "ig"]', ("models", "tiny-gpt2"): "trained"}

Show = Callable[..., Result]


@pytest.fixture
def run_folder(study, tmp_path: Path) -> Path:
    """Folder of a run of two models by two methods, whose record names one of the models."""
    for table in ("facts", "queries", "answers"):
        study.write_by_relation(tmp_path, table)
    for model in MODELS:
        for method in METHODS:
            study.write(tmp_path, "consistency_scores", model, method)
    found = {"tiny-gpt2": claims.found(), "tiny-llama": claims.found(-1.0)}
    claims.written(tmp_path, claims.claims(found, methods=METHODS))
    rows = [(*key, value, "note") for key, value in RECORDS.items()]
    record = pd.DataFrame(rows, columns=PROVENANCE.names)
    write_table(PROVENANCE, record, tmp_path / PROVENANCE.path)
    return tmp_path


@pytest.fixture
def show(run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Show:
    """Call `qloc show` in the folder of the run."""
    monkeypatch.chdir(run_folder)

    def show(*options: str, **how: Any) -> Result:
        return CliRunner().invoke(main, ["show", *options], **how)

    return show


@pytest.fixture
def remember(run_folder: Path) -> Callable[..., None]:
    """A function that writes what Snakemake would remember of a file."""

    def remember(place: str, **record: Any) -> None:
        path = run_folder / ".snakemake/metadata" / urlsafe_b64encode(place.encode()).decode()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record))

    return remember
