"""A run is a folder in which a study ran, or its results."""

import pytest

from qloc.comparison.runs import find_run, known_tables, place_of, stored_of
from qloc.errors import StudyError


def test_a_checkout_and_its_results_are_the_same_run(write_run):
    folder = write_run("run")
    found, results = find_run(folder), find_run(folder / "results")
    assert found.files == results.files
    place = "results/attributions/tiny-gpt2/P1/ig.parquet"
    assert found.table("attributions") == {place: folder / place}
    assert found.table("edits") == {}


def test_a_place_says_what_its_table_varies_in():
    place = "results/attributions/tiny/P1/ig.parquet"
    assert place_of("attributions", place) == {"model": "tiny", "relation": "P1", "method": "ig"}
    assert place_of("answers", place) is None
    assert place_of("training", "results/models/tiny/training.parquet") == {"model": "tiny"}


def test_every_contract_is_known_and_its_place_is_its_own():
    tables = known_tables()
    assert len(tables) > 40
    for name, table in tables.items():
        place = table.path.replace("{", "").replace("}", "")
        assert [other for other in tables if place_of(other, place) is not None] == [name]


def test_files_of_no_contract_are_told_and_drafts_are_not(write_run):
    folder = write_run("run")
    answers = folder / "results/answers/tiny-gpt2/P1.parquet"
    (folder / "results/odd").mkdir()
    (folder / "results/odd/x.parquet").write_bytes(answers.read_bytes())
    answers.with_name(".host.1.draft.P1.parquet").write_bytes(b"")
    assert find_run(folder).strangers == ("results/odd/x.parquet",)


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(StudyError, match=r"nowhere does not exist\. Give the folder"):
        find_run(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(StudyError, match="file is a file"):
        find_run(tmp_path / "file")
    with pytest.raises(StudyError, match="holds no table of a study"):
        find_run(tmp_path)


def test_another_table_under_a_tables_name_is_refused(write_run):
    folder = write_run("run")
    answers = folder / "results/answers/tiny-gpt2/P1.parquet"
    answers.write_bytes((folder / "results/facts/P1.parquet").read_bytes())
    with pytest.raises(StudyError, match=r"holds table `facts` .* a table `answers` has query_id"):
        stored_of(known_tables()["answers"], answers)
