"""Texts before and after edits of a tiny trained model, by the command line and by the book."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from tests.stages import edited_school, naive_edits

from qloc.contracts.continuations import CONTINUATIONS
from qloc.contracts.edited_facts import EDITED_FACTS
from qloc.contracts.edited_queries import EDITED_QUERIES
from qloc.models.language_model import open_model
from qloc.tables import empty, read_table

pytestmark = pytest.mark.slow

TOKENS = 6
SETS = ("query", "union", "consistency_aware")
EMPTY = ("P17/00000", "union")
INPUTS = ("queries", "edited_facts", "edited_queries", "neuron_sets", "edit_calibrations")

Continue = Callable[..., pd.DataFrame]


@pytest.fixture
def tables(school) -> edited_school.Tables:
    """A fact of each class is evaluated; a set of the first is empty."""
    found = edited_school.edit_inputs(school.queries)
    found["edited_facts"]["is_consistent"] = [False, True, True, True, True]
    sets = found["neuron_sets"]
    is_empty = (sets["fact_id"] == EMPTY[0]) & (sets["neuron_set"] == EMPTY[1])
    found["neuron_sets"] = sets[~is_empty]
    return found


@pytest.fixture
def go_on(run, pupil: Path, tables, tmp_path: Path) -> Continue:
    """Runs the stage in a folder of the run's name; its table."""

    def continued(name: str = "run", **changed: object) -> pd.DataFrame:
        folder = tmp_path / name
        paths = edited_school.write_inputs({key: tables[key] for key in INPUTS}, folder)
        options = {
            "model": pupil,
            **paths,
            "rules": edited_school.rules(),
            "n_tokens": TOKENS,
            "seed": 5,
            "threads": 1,
            "continuations": folder / "c.parquet",
        }
        run("continue-prompts", **(options | changed))
        return read_table(CONTINUATIONS, folder / "c.parquet")

    return continued


def test_every_fact_operation_preset_set_and_query_is_a_row(go_on, tables):
    rows = go_on()
    assert len(rows) == 2 * 2 * 2 * 3 * 2
    facts = tables["edited_facts"].set_index("fact_id")
    assert set(rows["fact_id"]) == {"P17/00000", "P17/00002"}
    for row in rows.itertuples():
        fact = facts.loc[row.fact_id]
        told = (row.is_consistent, row.answer, row.target)
        assert told == (fact["is_consistent"], fact["answer"], fact["target"])
        assert row.is_edited == (row.query_id == fact["query_id"])
    asked = tables["edited_queries"].set_index("query_id")["role"]
    others = rows.loc[~rows["is_edited"], ["fact_id", "query_id"]].drop_duplicates()
    assert len(others) == 2
    assert asked[others["query_id"]].tolist() == ["held_out", "neighbor"]


def test_texts_are_what_the_model_says_edited_by_the_book(go_on, pupil, tables):
    rows = go_on()
    model = open_model(pupil, 1)
    prompts = tables["queries"].set_index("query_id")["prompt"]
    sets = tables["neuron_sets"]
    edited_queries = tables["edited_facts"].set_index("fact_id")["query_id"]

    def say(prompt: str) -> str:
        tokens = naive_edits.greedy(model, model.tokenizer.encode(prompt), TOKENS)
        return model.tokenizer.decode(tokens).strip()

    for row in rows.itertuples():
        is_own = (sets["fact_id"] == row.fact_id) & (sets["neuron_set"] == row.neuron_set)
        cells = sets.loc[is_own, ["layer", "neuron"]].to_numpy()
        known = tables["edited_queries"]
        texts = prompts[known.loc[known["fact_id"] == row.fact_id, "query_id"]]
        signs = naive_edits.mean_values(model, [model.tokenizer.encode(text) for text in texts])
        edited_prompt = prompts[edited_queries[row.fact_id]]
        objects = [naive_edits.tokens_behind(model, edited_prompt, word)[1]
                   for word in (row.answer, row.target)]  # fmt: skip
        assert row.n_neurons == len(cells)
        assert row.prompt == prompts[row.query_id]
        assert row.text_before == say(row.prompt)
        strength = edited_school.CHOSEN[row.operation][row.preset]
        law = edited_school.LAWS[row.preset]
        with naive_edits.edited(model, cells, law, row.operation, strength, *objects, signs):
            assert row.text_after == say(row.prompt)
        if (row.fact_id, row.neuron_set) == EMPTY:
            assert row.text_after == row.text_before
    assert (rows["text_after"] != rows["text_before"]).sum() > 10


def test_a_model_says_no_more_than_it_is_let(go_on, pupil):
    rows = go_on(n_tokens=1)
    words = {len(open_model(pupil, 1).tokenizer.encode(f" {text}")) for text in rows["text_before"]}
    assert words == {1}


def test_no_evaluated_fact_gives_an_empty_table(go_on, tables):
    tables["edited_facts"]["role"] = "sequence"
    assert go_on(model="/dev/null").empty
    for table in (EDITED_FACTS, EDITED_QUERIES):
        tables[table.name] = empty(table)
    assert go_on("none", model="/dev/null").empty


def test_the_same_options_give_the_same_bytes(go_on, tmp_path):
    go_on("once")
    go_on("again")
    assert (tmp_path / "once/c.parquet").read_bytes() == (tmp_path / "again/c.parquet").read_bytes()
