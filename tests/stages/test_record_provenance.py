"""`record-provenance` records what made a run, and nobody's name or place."""

import getpass
import hashlib
import json
import socket
from pathlib import Path

import pytest
import yaml

from qloc.contracts.provenance import PROVENANCE
from qloc.tables import read_table

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"


@pytest.fixture
def settings():
    return yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def record(study, run_stage, tmp_path, settings, monkeypatch):
    """Record the study, from its own folder; the table, and the page's text."""
    monkeypatch.chdir(tmp_path)
    here = Path()

    def run(**changed):
        run_stage(
            "record-provenance",
            models=study.write_manifest(here),
            checks=study.write(here, "attribution_checks"),
            results=study.write(here, "consistency_scores"),
            settings=json.dumps(settings | changed),
            versions=json.dumps({"sig": "0123456789ab", "classify_facts": "ba9876543210"}),
            schema=SCHEMA,
            provenance=here / "provenance.parquet",
            page=here / "provenance.html",
            csv=here / "provenance.csv",
        )
        rows = read_table(PROVENANCE, here / "provenance.parquet")
        return rows.set_index(["topic", "item"]), (here / "provenance.html").read_text("utf-8")

    return run


def test_models_runs_and_results_are_recorded_with_their_hashes(record):
    rows, page = record()
    sha256 = rows.loc[("models", "tiny-gpt2: model.safetensors"), "value"]
    assert sha256 == "ab" * 32
    assert rows.loc[("runs", "tiny-gpt2, ig: batch size"), "value"] == "64"
    assert rows.loc[("runs", "tiny-gpt2, ig: threads"), "value"] == "1"
    path = "results/consistency_scores/tiny-gpt2/ig.parquet"
    expected = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    assert rows.loc[("results", path), "value"] == expected
    assert expected in page


def test_every_setting_has_its_value_and_meaning(record, settings):
    rows, _ = record()
    threshold = rows.loc[("settings", "knowledge_neurons.selection_threshold")]
    assert threshold["value"] == str(settings["knowledge_neurons"]["selection_threshold"])
    assert "share of the query's best" in threshold["note"]
    assert rows.loc[("settings", "model.tiny-llama.learning_rate"), "note"].startswith("Largest")
    assert (rows.loc["settings", "note"] != "").all()
    assert ("settings", "model.gpt2.revision") not in rows.index


def test_assumed_constants_are_those_the_schema_calls_so(record):
    rows, _ = record()
    assumed = rows.loc["assumed constants"].index
    assert "knowledge_neurons.selection_threshold" in assumed
    assert "consistency.static_threshold" not in assumed
    assert "seed" not in assumed


def test_a_list_and_an_absolute_path_can_be_read_and_give_nothing_away(record, settings):
    dataset = settings["dataset"] | {"directory": "/home/somebody/data/pararel"}
    rows, page = record(dataset=dataset, methods=["sig", "ig"])
    assert rows.loc[("settings", "dataset.directory"), "value"] == "…/pararel"
    assert "somebody" not in page
    assert rows.loc[("settings", "methods"), "value"] == '["sig", "ig"]'


def test_neither_host_nor_folder_is_named(record, tmp_path):
    rows, page = record()
    told = " ".join(rows["value"]) + page
    assert str(tmp_path) not in told
    assert socket.gethostname() not in told
    assert getpass.getuser() not in told.replace("root mean", "")


def test_versions_and_machine_are_recorded(record):
    rows, _ = record()
    assert rows.loc[("versions", "numpy"), "value"].count(".") >= 1
    assert int(rows.loc[("machine", "cores"), "value"]) >= 1


def test_the_code_of_every_stage_and_method_is_recorded(record):
    rows, page = record()
    assert rows.loc["code", "value"].to_dict() == {
        "classify_facts": "ba9876543210",
        "sig": "0123456789ab",
    }
    assert "<caption>Code</caption>" in page


def test_two_records_of_one_run_are_the_same_bytes(record):
    record()
    first = Path("provenance.parquet").read_bytes()
    record()
    assert Path("provenance.parquet").read_bytes() == first
