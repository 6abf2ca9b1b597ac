"""What made runs differ is told from what they recorded, and from their data."""

import pytest
from tests.comparison.conftest import RECORDS

from qloc.comparison.origins import differences, unrecorded
from qloc.comparison.runs import find_run


@pytest.fixture
def compared(write_run):
    def compare(records, **changed):
        first, second = write_run("first"), write_run("second", records, **changed)
        return find_run(first), find_run(second)

    return compare


def told(runs):
    return [(d.topic, d.item, d.first, d.second) for d in differences(*runs)]


def test_runs_of_the_same_record_and_data_differ_in_nothing(compared):
    runs = compared(RECORDS)
    assert differences(*runs) == ()
    assert unrecorded(*runs) == ()


def test_every_topic_is_told_in_its_order(compared):
    changed = RECORDS | {
        ("machine", "cores"): "64",
        ("settings", "seed"): "5",
        ("code", "classify_facts"): "fedcba987654",
    }
    assert told(compared(changed)) == [
        ("settings", "seed", "0", "5"),
        ("code", "classify_facts", "0123456789ab", "fedcba987654"),
        ("machine", "cores", "2", "64"),
    ]


def test_what_only_one_run_has_is_told(compared):
    changed = {key: value for key, value in RECORDS.items() if key[1] != "seed"}
    changed[("settings", "sample")] = "30"
    assert told(compared(changed)) == [
        ("settings", "sample", None, "30"),
        ("settings", "seed", "0", None),
    ]


def test_hashes_of_results_are_left_to_the_tables(compared):
    changed = RECORDS | {("results", "results/class_summaries/tiny-gpt2/ig.parquet"): "ef" * 32}
    assert told(compared(changed)) == []


def test_a_model_is_told_with_its_note(compared):
    changed = RECORDS | {("models", "tiny-gpt2: model.safetensors"): "12" * 32}
    ((topic, item, first, second),) = told(compared(changed))
    assert (topic, item) == ("models", "tiny-gpt2: model.safetensors")
    assert (first, second) == ("ab" * 32 + ", note", "12" * 32 + ", note")


def test_data_are_told_by_their_counts_and_hashes(compared, study):
    facts = study["facts"]
    (found,) = differences(*compared(RECORDS, facts=facts.iloc[:-2]))
    assert (found.topic, found.item) == ("data", "results/facts/P1.parquet")
    assert found.first is not None
    assert found.second is not None
    assert found.first.startswith("36 facts, SHA-256 ")
    assert found.second.startswith("34 facts, SHA-256 ")
    assert found.first[-12:] != found.second[-12:]


def test_a_run_without_record_is_told_with_what_would_do(compared):
    first, second = compared(RECORDS)
    (second.folder / "results/provenance.parquet").unlink()
    second = find_run(second.folder)
    assert differences(first, second) == ()
    (sentence,) = unrecorded(first, second)
    assert sentence.startswith("B has no results/provenance.parquet")
    assert f"Run `snakemake` in {second.folder}" in sentence


def test_code_that_one_run_did_not_record_is_told_once(compared):
    older = {key: value for key, value in RECORDS.items() if key[0] != "code"}
    runs = compared(older)
    assert told(runs) == []
    assert unrecorded(*runs) == ("B does not record its code: it was made by an older qloc.",)
