"""What a study asks is counted in its files, or was counted before; the two agree."""

from pathlib import Path

import pytest

from qloc.datasets import pararel
from qloc.errors import StudyError
from qloc.planning.studies import read_study
from qloc.planning.workloads import (
    COUNTS,
    counted,
    excluded_word,
    registered_counts,
    relation_loads,
)

CHOICES = [
    [],
    ["ambiguous_subject"],
    ["answer_in_subject"],
    ["ambiguous_subject", "answer_in_subject"],
]


def test_the_default_study_asks_what_its_files_hold(in_checkout: None) -> None:
    study = read_study([])
    loads = relation_loads(study.settings, study.source_files)
    assert [load.relation for load in loads] == study.settings["relations"]
    assert {load.n_facts for load in loads} == {30}
    assert sum(load.n_queries for load in loads) == 1320
    assert all(6 < load.mean_prompt_tokens < 12 for load in loads)


def test_a_smaller_sample_asks_in_proportion(in_checkout: None) -> None:
    few, all_ = (read_study([], n) for n in (10, 30))
    halves = [relation_loads(study.settings, study.source_files) for study in (few, all_)]
    assert sum(load.n_facts for load in halves[0]) == 80
    assert sum(load.n_queries for load in halves[0]) == pytest.approx(1320 / 3, abs=4)


def test_the_paper_is_counted_without_its_files(in_checkout: None) -> None:
    study = read_study([Path("studies/paper.yaml")])
    loads = relation_loads(study.settings, study.source_files)
    assert sum(load.n_facts for load in loads) == 24_927
    assert sum(load.n_queries for load in loads) == 141_533
    assert sum(load.n_queries > 0 for load in loads) == 35


def test_relations_with_too_few_patterns_are_dropped(in_checkout: None) -> None:
    study = read_study([Path("studies/paper.yaml")])
    study.settings["dataset"]["min_templates"] = 6
    loads = {load.relation: load for load in relation_loads(study.settings, study.source_files)}
    assert (loads["P17"].n_facts, loads["P17"].n_queries) == (0, 0)
    assert loads["P19"].n_queries == 5453


@pytest.mark.slow
@pytest.mark.parametrize("patterns", ["final_object", "truncate"])
def test_shipped_counts_are_those_of_real_pararel(
    data_folder: Path, patterns: str, in_checkout: None
) -> None:
    """Written anew by this formula: relation, patterns, exclude, and the numbers of the line."""
    known = registered_counts(COUNTS)
    folder = data_folder / "pararel"
    relations = sorted(path.stem for path in (folder / "patterns").glob("*.jsonl"))
    assert {key[0] for key in known} == set(relations)
    for relation in relations[::4]:
        files = pararel.locate(folder, relation)
        for exclude in CHOICES:
            dataset = {"source": "directory", "patterns": patterns, "exclude": exclude}
            found = counted(relation, dataset, files, 1)
            shipped = known[relation, patterns, excluded_word(exclude)]
            assert found.prompt_characters == pytest.approx(shipped.prompt_characters, abs=0.006)
            assert (found.n_patterns, found.n_facts, found.n_queries) == (
                shipped.n_patterns,
                shipped.n_facts,
                shipped.n_queries,
            )


def test_what_was_never_counted_is_refused_with_what_would_do(in_checkout: None) -> None:
    study = read_study([Path("studies/paper.yaml")])
    study.settings["dataset"]["exclude"] = ["something_else"]
    with pytest.raises(StudyError, match=r"no counts of relation `P17`.*Download it first"):
        relation_loads(study.settings, study.source_files)


def test_a_broken_registry_of_counts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "counts.txt"
    path.write_text("P1 final_object nothing 3 many\n", encoding="utf-8")
    with pytest.raises(StudyError, match="registry of counts"):
        registered_counts(path)
    with pytest.raises(StudyError, match="registry of counts"):
        registered_counts(tmp_path / "none.txt")
