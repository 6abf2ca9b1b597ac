"""Costs on a tiny trained model, through the command line."""

import gc
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from qloc.contracts.answers import ANSWERS
from qloc.contracts.manipulation_costs import MANIPULATION_COSTS
from qloc.contracts.queries import QUERIES
from qloc.models import costs
from qloc.tables import read_table, write_table

pytestmark = pytest.mark.slow

RULE = {"reduce": "lift", "tau": "mean", "scope": "global", "exclude_first_token": False}

Measure = Callable[..., pd.DataFrame]


@pytest.fixture
def measure(run, pupil, asked, tmp_path: Path) -> Measure:
    """Runs the stage; the table."""

    def measured(**changed: object) -> pd.DataFrame:
        tables = {"queries": (QUERIES, asked[0]), "answers": (ANSWERS, asked[1])}
        for option, (table, rows) in tables.items():
            write_table(table, changed.pop(f"{option}_rows", rows), tmp_path / option)
        options = {
            "model": pupil,
            "queries": tmp_path / "queries",
            "answers": tmp_path / "answers",
            "n_queries": 3,
            "repeats": 2,
            "synapse_rule": json.dumps(RULE),
            "alpha": 0.7,
            "quadrature": "adaptive",
            "steps": 20,
            "tolerance": 1e-3,
            "answer_tokens": "first",
            "seed": 5,
            "threads": 1,
            "costs": tmp_path / "costs.parquet",
        }
        run("measure-costs", **(options | changed))
        return read_table(MANIPULATION_COSTS, tmp_path / "costs.parquet")

    return measured


def test_every_operation_is_measured_on_every_drawn_query(measure, asked):
    rows = measure()
    drawn, answers = set(rows["query_id"]), asked[1]
    assert len(drawn) == 3
    assert drawn <= set(answers.loc[answers["is_studied"], "query_id"])
    assert len(rows) == 3 * 2 * 3 * 2  # queries, values, operations, repeats
    assert (rows["device"] == "cpu").all()
    assert (rows["seconds"] > 0).all()


@pytest.mark.skipif(not costs.CLEAR_REFS.exists(), reason="only Linux tells a peak of memory")
def test_memory_is_that_of_one_query_not_of_the_process(measure):
    rows = measure()
    assert rows["peak_memory"].notna().all()
    assert (rows["peak_memory"] < 100 * 2**20).all()
    attributed = rows[rows["value"] == "attribution"]
    assert (attributed["peak_memory"] > 0).any()


def test_the_draw_follows_the_seed_and_not_the_order_of_rows(measure, asked):
    first = set(measure(repeats=1)["query_id"])
    queries, answers = (part.sample(frac=1, random_state=3) for part in asked)
    assert set(measure(repeats=1, queries_rows=queries, answers_rows=answers)["query_id"]) == first
    assert set(measure(repeats=1, seed=6)["query_id"]) != first
    assert set(measure(repeats=1, n_queries=2)["query_id"]) < first


def test_garbage_is_collected_as_before(measure):
    gc.unfreeze()  # what commands before it, run in this process, have left
    measure(n_queries=1, repeats=1)
    assert gc.get_freeze_count() == 0


def test_nothing_studied_leaves_an_empty_table(measure, asked):
    assert measure(answers_rows=asked[1].assign(is_studied=False)).empty
