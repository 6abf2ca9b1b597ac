"""Strengths picked on a tiny trained model, through the command line."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.stages import naive_edits
from tests.stages.edited_school import LAWS, Tables, edit_inputs, rules, write_inputs

from qloc.contracts.edit_calibrations import EDIT_CALIBRATIONS
from qloc.models.language_model import open_model
from qloc.tables import read_table

INPUTS = ("queries", "edited_facts", "edited_queries", "neuron_sets")
CALIBRATION = ("P17/00003", "P17/00004")


@pytest.fixture
def inputs(school) -> Tables:
    tables = edit_inputs(school.queries)
    return {name: tables[name] for name in INPUTS}


@pytest.fixture
def calibrate(run, pupil, tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Runs the stage; the table."""

    def calibrated(inputs: Tables, **changed: object) -> pd.DataFrame:
        options = {
            "model": pupil,
            **write_inputs(inputs, tmp_path),
            "rules": rules(),
            "reliability": 0.5,
            "threads": 1,
            "batch_size": 4,
            "edit_calibrations": tmp_path / "calibrations.parquet",
        }
        run("calibrate-edits", **(options | changed))
        return read_table(EDIT_CALIBRATIONS, tmp_path / "calibrations.parquet")

    return calibrated


def by_the_book(model, inputs, operation, preset, strength, fact_id):
    """Whether the edited query gets the target, or no more the object, with its neurons edited."""
    fact = inputs["edited_facts"].set_index("fact_id").loc[fact_id]
    queries = inputs["edited_queries"].merge(inputs["queries"], on=["query_id", "fact_id"])
    queries = queries[queries["fact_id"] == fact_id]
    [prompt] = queries.loc[queries["role"] == "edited", "prompt"]
    original, target = (
        naive_edits.tokens_behind(model, prompt, fact[column])[1] for column in ("answer", "target")
    )
    signs = naive_edits.mean_values(model, [model.tokenizer.encode(p) for p in queries["prompt"]])
    sets = inputs["neuron_sets"]
    own = sets[(sets["fact_id"] == fact_id) & (sets["neuron_set"] == "query")]
    cells = list(zip(own["layer"], own["neuron"], strict=True))
    law = LAWS[preset]
    with naive_edits.edited(model, cells, law, operation, strength, original, target, signs):
        [said] = naive_edits.greedy(model, model.tokenizer.encode(prompt), 1)
    return said == target[0] if operation == "update" else said != original[0]


def test_reliability_is_that_of_edited_weights(calibrate, inputs, pupil):
    rows, model = calibrate(inputs), open_model(pupil, 1)
    assert len(rows) == 2 * 3
    for row in rows.itertuples():
        shares = [
            by_the_book(model, inputs, row.operation, row.preset, row.strength, fact_id)
            for fact_id in CALIBRATION
        ]
        assert row.reliability == np.mean(shares)
    assert rows["reliability"].nunique() > 1
    assert (rows["n_facts"] == 2).all()


@pytest.mark.parametrize(("wanted", "strength"), [(0.0, 0), (1.0, 1)])
def test_one_strength_is_chosen_for_every_operation_and_preset(
    calibrate, inputs, wanted, strength, caplog
):
    with caplog.at_level(logging.INFO):
        rows = calibrate(inputs, reliability=wanted)
    chosen = rows[rows["is_chosen"]].set_index(["operation", "preset"])
    assert chosen["strength"].to_dict() == {
        ("erase", "paper"): 0,
        ("erase", "calibrated"): strength,
        ("update", "paper"): 0,
        ("update", "calibrated"): strength,
    }
    share = chosen.loc[("erase", "calibrated"), "reliability"]
    assert f"erase, calibrated: strength {strength}, reliability {share:.3f} on 2 facts" in (
        caplog.messages
    )


def test_lambdas_are_those_that_the_operation_uses(calibrate, inputs):
    rows = calibrate(inputs, rules=json.dumps({"x": LAWS["calibrated"], "y": LAWS["paper"]}))
    told = rows.set_index(["operation", "preset", "strength"])[["lambda_1", "lambda_2"]]
    assert told.fillna(-1).T.to_dict("list") == {
        ("erase", "x", 0): [2, -1],
        ("erase", "x", 1): [8, -1],
        ("erase", "y", 0): [-1, -1],
        ("update", "x", 0): [2, 1],
        ("update", "x", 1): [8, 4],
        ("update", "y", 0): [3, 2],
    }


def test_without_calibration_facts_the_last_strength_is_chosen_and_no_model_opened(
    calibrate, inputs, tmp_path
):
    no_model = tmp_path / "model.json"
    no_model.touch()
    none = inputs["edited_facts"].assign(role="evaluation")
    rows = calibrate(inputs | {"edited_facts": none}, model=no_model)
    assert (rows["n_facts"] == 0).all()
    assert rows["reliability"].isna().all()
    assert rows.loc[rows["preset"] == "calibrated", "is_chosen"].tolist() == [False, True] * 2
