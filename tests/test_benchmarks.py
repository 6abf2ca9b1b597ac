"""Benchmark files: what a job took, whose it was, and which there are."""

from pathlib import Path

import pytest

from qloc.benchmarks import MEASURED_RULES, measured_files, read_benchmark, rule_and_method
from qloc.errors import StudyError

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
MEASURED = "61.5\t0:01:01\t512.37\t9.00\t1.00\t1.00\t0.00\t0.00\t80.00\t40.25\n"
UNSEEN = "0.3\t0:00:00\tNA\tNA\tNA\tNA\tNA\tNA\tNA\tNA\n"
SETTINGS = {
    "relations": ["P9", "P1"],
    "methods": ["sig", "ig"],
    "synapses": {"presets": ["lift"]},
    "editing": {"methods": ["sig"]},
}


@pytest.fixture
def write(tmp_path: Path):
    """Writes a benchmark file of a job; its path."""

    def written(name: str, text: str) -> Path:
        path = tmp_path / "benchmarks" / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_a_file_says_whose_job_it_was_and_what_it_took(write):
    found = read_benchmark(write("attribute_neurons/m/P36/sig.tsv", HEADER + MEASURED))
    assert (found.rule, found.method) == ("attribute_neurons", "sig")
    assert (found.wall_seconds, found.cpu_seconds) == (61.5, 40.25)
    assert found.memory == 537_258_885  # 512.37 × 1,048,576 is 537,258,885.12


def test_a_job_too_short_to_be_seen_has_a_wall_time_only(write):
    found = read_benchmark(write("answer_queries/m/P36.tsv", HEADER + UNSEEN))
    assert (found.wall_seconds, found.cpu_seconds, found.memory) == (0.3, None, None)


@pytest.mark.parametrize(
    "text",
    ["", HEADER, HEADER + MEASURED[:6], HEADER + MEASURED * 2, "s\tcpu_time\n1\t1\n", "\x00\x00"],
    ids=["empty", "cut behind the header", "cut in the row", "two jobs", "lacking", "zeros"],
)
def test_a_damaged_file_is_named_with_what_would_do(write, text):
    path = write("answer_queries/m/P36.tsv", text)
    with pytest.raises(StudyError, match=r"(?s)P36.tsv cannot be read.*Delete the file and run"):
        read_benchmark(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StudyError, match=r"answer_queries/m/P36.tsv cannot be read"):
        read_benchmark(tmp_path / "benchmarks/answer_queries/m/P36.tsv")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("benchmarks/edit_facts/gpt2/ig/erase.tsv", ("edit_facts", "ig")),
        ("elsewhere/results/edits/gpt2/amig/update.parquet", ("edit_facts", "amig")),
        ("results/fact_scores/answers/P1/ig.parquet", ("attribute_neurons", "ig")),
        ("benchmarks/train_tiny_model/tiny-seed0.tsv", ("train_tiny_model", "")),
        ("results/synapse_places/m.x/P1.parquet", ("manipulate_synapses", "")),
    ],
)
def test_a_path_says_its_rule_and_method(path, expected):
    assert rule_and_method(Path(path)) == expected


@pytest.mark.parametrize("path", ["benchmarks/sweep_thresholds/m/ig.tsv", "answers/m/P1.tsv"])
def test_files_of_other_rules_are_refused(path):
    with pytest.raises(StudyError, match="of no rule that opens a model"):
        rule_and_method(Path(path))


def test_every_job_of_a_study_has_its_files():
    files = measured_files(SETTINGS, "m", "trained")
    counts = dict.fromkeys(MEASURED_RULES, 0)
    for path in files["benchmarks"]:
        rule, _ = rule_and_method(Path(path))
        counts[rule] += 1
    assert counts == {
        "train_tiny_model": 1,
        "describe_checkpoint": 0,
        "answer_queries": 2,
        "attribute_neurons": 4,
        "compare_quadratures": 1,
        "map_queries": 2,
        "manipulate_synapses": 2,
        "measure_costs": 1,
        "choose_edits": 1,
        "calibrate_edits": 1,
        "edit_facts": 2,
        "edit_in_sequence": 2,
        "continue_prompts": 1,
    }
    assert "benchmarks/attribute_neurons/m/P1/sig.tsv" in files["benchmarks"]
    assert "results/edits/m/sig/update.parquet" in files["tables"]
    assert "results/edits/m/ig/update.parquet" not in files["tables"]
    assert len(files["tables"]) == len(set(files["tables"])) == 3 * 4 + 2 * (1 + 1 + 4) + 2 + 5 + 4


def test_parts_that_are_left_out_have_no_files():
    nothing = SETTINGS | {"synapses": {"presets": []}, "editing": {"methods": []}}
    files = measured_files(nothing, "m", "hub")
    rules = {rule_and_method(Path(path))[0] for paths in files.values() for path in paths}
    assert rules == {
        "describe_checkpoint",
        "answer_queries",
        "attribute_neurons",
        "compare_quadratures",
        "map_queries",
    }
