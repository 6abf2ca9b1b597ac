"""Two runs of the small study side by side: the same, and with one setting changed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from qloc.comparison import Comparison, compare
from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.tables import read_tables

THRESHOLD = 0.45
TARGETS = ("consistency_classes", "class_summaries")


@pytest.fixture(scope="module")
def changed(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study with another static threshold, as far as classes, shares and the record."""
    folder = tmp_path_factory.mktemp("compared") / "small study"
    subprocess.run(["cp", "-a", finished, folder], check=True)
    (folder / "other.yaml").write_text(f"consistency: {{static_threshold: {THRESHOLD}}}\n")
    targets = ["results/provenance.parquet"]
    targets += [
        str(path.relative_to(folder))
        for table in TARGETS
        for path in (folder / "results" / table).glob("*/*.parquet")
    ]
    configs = ["--configfile", "small.yaml", "other.yaml"]
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *targets, *configs]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


@pytest.fixture(scope="module")
def compared(finished: Path, changed: Path) -> Comparison:
    return compare(finished, changed)


def test_a_finished_study_is_the_same_as_itself(finished: Path) -> None:
    found = compare(finished, finished / "results")
    assert found.verdict.startswith("No number moved")
    assert found.differences == ()
    assert all(table.n_files == table.n_same_files > 0 for table in found.tables)
    assert len(found.tables) > 35
    assert [note.partition(":")[0] for note in found.notes] == [
        "manipulation_costs",
        "provenance",
        "stage_costs",
    ]


def test_the_one_setting_that_changed_is_all_that_differs(compared: Comparison) -> None:
    (difference,) = compared.differences
    assert (difference.topic, difference.item) == ("settings", "consistency.static_threshold")
    assert difference.second == str(THRESHOLD)


def test_classes_flipped_that_lie_between_the_thresholds(
    compared: Comparison, finished: Path
) -> None:
    (classes,) = [table for table in compared.tables if table.table == "consistency_classes"]
    (flips,) = [column for column in classes.columns if column.column == "is_consistent"]
    old = read_tables(CONSISTENCY_CLASSES, (finished / "results").glob("consistency_classes/*/*"))
    static = old[old["criterion"] == "static"]
    is_other = static["is_consistent"] != (static["consistency_score"] >= THRESHOLD)
    assert flips.n_moved == int(is_other.sum()) > 0


def test_only_what_follows_from_classes_moved(compared: Comparison) -> None:
    moved = {table.table for table in compared.tables if not table.is_same}
    assert moved == set(TARGETS)
    shares = next(table for table in compared.estimates if table.table == "class_summaries")
    assert shares.n_moved > 0
    assert {move.place["criterion"] for move in shares.largest} == {"static"}
    assert json.loads(compared.as_json())["verdict"] == compared.verdict
