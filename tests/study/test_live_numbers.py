"""No number is typed: a changed cell of a table changes every page that shows it.

Cells of tables of a finished study are changed, with their intervals, and what follows is made
anew.
"""

import html
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from tests.conftest import contract

from qloc.tables import read_table, write_table

MODEL, METHOD = "tiny-gpt2-seed0", "ig"
STUDY = "small.yaml"
FRONT_PAGE = "results/report/front_page.html"


@dataclass(frozen=True)
class Change:
    """New values of the rows of a table that are so, and what to find on which pages."""

    table: str
    where: dict[str, str]
    values: dict[str, float]
    shown: dict[str, str]


CHANGES = (
    Change(
        "class_summaries",
        {"statistic": "clearly_inconsistent_share"},
        {"estimate": 0.6789, "ci_low": 0.6123, "ci_high": 0.7345},
        {
            "results/tables/claims.html": "0.68 [0.61, 0.73]",
            "results/tables/claims.csv": "0.6789",
            "results/figures/claims.csv": "0.6789",
            FRONT_PAGE: "0.68 [0.61, 0.73]",
        },
    ),
    Change(
        "class_summaries",
        {"statistic": "mean_inconsistent", "criterion": "otsu"},
        {"estimate": 0.0789, "ci_low": 0.0567, "ci_high": 0.0912},
        {
            "results/tables/classes.html": "0.08 [0.06, 0.09]",
            "results/tables/classes.csv": "0.0789",
        },
    ),
    Change(
        "mapping_comparisons",
        {
            "method": METHOD,
            "criterion": "otsu",
            "fact_class": "all",
            "manipulation": "suppress",
            "neuron_set": "self",
            "other_set": "neighbor",
        },
        {"difference": 0.4567, "ci_low": 0.3456, "ci_high": 0.5678},
        {
            "results/tables/claims.html": "0.46 [0.35, 0.57]",
            f"results/chapters/{MODEL}/choice.html": "0.46 [0.35, 0.57]",
        },
    ),
    Change(
        "threshold_sweeps",
        {},
        {"adjusted_inconsistent_share": 0.5432},
        {f"results/figures/{MODEL}/{METHOD}/sweep.csv": "0.5432"},
    ),
    Change(
        "stage_costs",
        {"rule": "train_tiny_model"},
        {"wall_seconds": 4321.0},
        {
            "results/tables/stage_costs.html": "4,321.0",
            "results/tables/stage_costs.csv": "4321",
        },
    ),
)


def matching(rows: pd.DataFrame, change: Change) -> pd.Series:
    """Which rows a change is of."""
    is_so = pd.Series(True, index=rows.index)
    for column, value in change.where.items():
        is_so &= rows[column] == value
    assert is_so.any(), change
    return is_so


@pytest.fixture(scope="module")
def changed(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study with all these cells changed, and what follows from them made anew."""
    folder = tmp_path_factory.mktemp("live numbers") / "small study"
    shutil.copytree(finished, folder, symlinks=True)
    for change in CHANGES:
        table = contract(change.table)
        path = folder / table.path.format(model=MODEL, method=METHOD)
        rows = read_table(table, path)
        rows.loc[matching(rows, change), list(change.values)] = list(change.values.values())
        write_table(table, rows, path)
    command = [sys.executable, "workflow/run.py", "--cores", "2", "--configfile", STUDY]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def words(path: Path) -> str:
    """What a page says, or a file of numbers."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.mark.parametrize(
    ("page", "text"),
    [(page, text) for change in CHANGES for page, text in change.shown.items()],
)
def test_a_changed_number_is_shown_wherever_it_stood(
    finished: Path, changed: Path, page: str, text: str
) -> None:
    assert text not in words(finished / page)
    assert text in words(changed / page)
