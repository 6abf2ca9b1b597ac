"""Two made-up runs on disk."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from qloc.contracts.provenance import PROVENANCE
from qloc.tables import write_table

TABLES = (
    "facts",
    "queries",
    "answers",
    "attributions",
    "knowledge_neurons",
    "consistency_scores",
    "consistency_classes",
    "class_summaries",
    "mapping_comparisons",
    "manipulation_costs",
)
RECORDS = {
    ("settings", "seed"): "0",
    ("settings", "methods"): '["ig"]',
    ("code", "classify_facts"): "0123456789ab",
    ("versions", "torch"): "2.13.0",
    ("machine", "cores"): "2",
    ("models", "tiny-gpt2: model.safetensors"): "ab" * 32,
    ("runs", "tiny-gpt2, ig: batch size"): "64",
    ("results", "results/class_summaries/tiny-gpt2/ig.parquet"): "cd" * 32,
}


@pytest.fixture
def write_run(study, tmp_path) -> Callable[..., Path]:
    """A function that writes the study's tables, some of them changed, and its record."""

    def write(name: str, records: dict[tuple[str, str], str] | None = None, **changed) -> Path:
        folder = tmp_path / name
        original = dict(study.tables)
        study.tables.update(changed)
        for table in TABLES:
            if study.tables[table] is not None:
                study.write(folder, table)
        study.tables.update(original)
        rows = [(*key, value, "note") for key, value in (records or RECORDS).items()]
        record = pd.DataFrame(rows, columns=PROVENANCE.names)
        write_table(PROVENANCE, record, folder / PROVENANCE.path)
        return folder

    return write
