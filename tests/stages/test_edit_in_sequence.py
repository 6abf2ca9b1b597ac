"""Sequences of edits on a tiny trained model, through the command line and by the book."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.stages import edited_school, naive_edits

from qloc.contracts.edit_sequences import EDIT_SEQUENCES
from qloc.contracts.edited_facts import EDITED_FACTS
from qloc.contracts.edited_queries import EDITED_QUERIES
from qloc.datasets.texts import read_paragraphs
from qloc.measures.edit_choice import sequence_facts
from qloc.models.held_out_texts import drawn_texts
from qloc.models.language_model import open_model
from qloc.tables import empty, read_table

pytestmark = pytest.mark.slow

SEED, RUNS, FACTS, TEXTS = 5, 2, 3, 4
SETS = ("query", "union", "consistency_aware")
SCORERS = ["first_token", "token_accuracy", "exact_match"]
EMPTY = ("P17/00001", "consistency_aware")
PLACE = ["run", "neuron_set", "preset", "n_edited", "scorer"]

Tables = edited_school.Tables
Edit = Callable[..., pd.DataFrame]


@pytest.fixture
def tables(school) -> Tables:
    """All facts but one are edited in sequences; one set is empty, one fact has a single query."""
    found = edited_school.edit_inputs(school.queries)
    facts, sets, asked = (found[name] for name in ("edited_facts", "neuron_sets", "edited_queries"))
    facts["role"] = ["evaluation", "sequence", "sequence", "calibration", "sequence"]
    is_empty = (sets["fact_id"] == EMPTY[0]) & (sets["neuron_set"] == EMPTY[1])
    is_other = (asked["fact_id"] == "P17/00004") & (asked["role"] != "edited")
    found["edited_queries"] = asked[~is_other]
    found["neuron_sets"] = sets[~is_empty]
    return found


@pytest.fixture
def edit(run, pupil: Path, school, tables: Tables, tmp_path: Path) -> Edit:
    """Runs the stage in a folder of the run's name; its table."""

    def edited(name: str = "run", **changed: object) -> pd.DataFrame:
        folder = tmp_path / name
        paths = edited_school.write_inputs(tables, folder)
        del paths["facts"]
        options = {
            "model": pupil,
            **paths,
            "held_out_text": school.folder / "text.txt",
            "operation": "update",
            "rules": edited_school.rules(),
            "n_facts": FACTS,
            "n_runs": RUNS,
            "steps": "1 2",
            "n_unrelated": 5,
            "n_texts": TEXTS,
            "least_tokens": 5,
            "most_tokens": 9,
            "seed": SEED,
            "threads": 1,
            "edit_sequences": folder / "s.parquet",
        }
        run("edit-in-sequence", **(options | changed))
        return read_table(EDIT_SEQUENCES, folder / "s.parquet")

    return edited


class Book:
    """The pupil and its facts, edited by the book."""

    def __init__(self, pupil: Path, tables: Tables, operation: str) -> None:
        self.model = open_model(pupil, 1)
        self.operation = operation
        self.prompts = tables["queries"].set_index("query_id")["prompt"]
        self.facts = tables["edited_facts"].set_index("fact_id")
        self.sets = tables["neuron_sets"]
        self.asked = {
            fact_id: rows.set_index("query_id")["role"]
            for fact_id, rows in tables["edited_queries"].groupby("fact_id")
        }
        prompts = {
            fact_id: [self.model.tokenizer.encode(self.prompts[name]) for name in roles.index]
            for fact_id, roles in self.asked.items()
        }
        self.signs = {
            fact_id: naive_edits.mean_values(self.model, texts)
            for fact_id, texts in prompts.items()
        }

    def edited(self, fact_id: str, neuron_set: str, preset: str):
        """The model with the edit of one more fact."""
        is_own = (self.sets["fact_id"] == fact_id) & (self.sets["neuron_set"] == neuron_set)
        fact = self.facts.loc[fact_id]
        objects = [
            naive_edits.tokens_behind(self.model, self.prompts[fact["query_id"]], fact[name])[1]
            for name in ("answer", "target")
        ]
        return naive_edits.edited(
            self.model,
            self.sets.loc[is_own, ["layer", "neuron"]].to_numpy(),
            edited_school.LAWS[preset],
            self.operation,
            edited_school.CHOSEN[self.operation][preset],
            *objects,
            self.signs[fact_id],
        )

    def success(self, fact_id: str, query_id: str) -> list[float]:
        """By every scorer, behind one query."""
        word = self.facts.loc[fact_id, "target" if self.operation == "update" else "answer"]
        prompt, expected = naive_edits.tokens_behind(self.model, self.prompts[query_id], word)
        said = naive_edits.said(self.model, prompt, expected)
        found = [naive_edits.scores(said, expected)[name] for name in SCORERS]
        return [1 - share for share in found] if self.operation == "erase" else found

    def metrics(self, fact_ids: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """Reliability and generalization over facts, by every scorer."""
        reliable, general = [], []
        for fact_id in fact_ids:
            edited = self.facts.loc[fact_id, "query_id"]
            reliable.append(self.success(fact_id, edited))
            others = [name for name in self.asked[fact_id].index if name != edited]
            if others:
                shares = [self.success(fact_id, name) for name in others]
                general.append(np.mean(shares, axis=0))
        missing = np.full(len(SCORERS), np.nan)
        return np.mean(reliable, axis=0), np.mean(general, axis=0) if general else missing

    def along(self, facts: list[str], neuron_set: str, preset: str) -> Iterator[int]:
        """Edits facts one after another; stops after each."""
        with ExitStack() as stack:
            for n_edited, fact_id in enumerate(facts, 1):
                stack.enter_context(self.edited(fact_id, neuron_set, preset))
                yield n_edited


def drawn(tables: Tables, run: int) -> list[str]:
    facts = tables["edited_facts"]
    names = facts.loc[facts["role"] != "calibration", "fact_id"]
    return sequence_facts(names, FACTS, SEED, run)


@pytest.mark.parametrize("operation", ["erase", "update"])
def test_what_is_left_is_what_edits_by_the_book_leave(edit, pupil, tables, school, operation):
    found = edit(operation=operation).set_index(PLACE)
    book = Book(pupil, tables, operation)
    paragraphs = map(book.model.tokenizer.encode, read_paragraphs(school.folder / "text.txt"))
    long = [text[:9] for text in paragraphs if len(text) >= 5]
    moved = set()
    for run, neuron_set, preset in product(range(RUNS), SETS, edited_school.LAWS):
        numbers = drawn_texts(len(long), TEXTS, SEED, "edit_in_sequence", str(run))
        texts = [long[number] for number in numbers]
        before = naive_edits.perplexity(book.model, texts)
        facts = drawn(tables, run)
        for n_edited in book.along(facts, neuron_set, preset):
            rows = found.loc[run, neuron_set, preset, n_edited].loc[SCORERS]
            reliable, general = book.metrics(facts[:n_edited])
            assert rows["reliability"].to_numpy() == pytest.approx(reliable)
            assert rows["generalization_seen"].to_numpy() == pytest.approx(general, nan_ok=True)
            after = naive_edits.perplexity(book.model, texts)
            assert rows["perplexity_before"].to_numpy() == pytest.approx(before, rel=1e-5)
            assert rows["perplexity_after"].to_numpy() == pytest.approx(after, rel=1e-4)
            assert set(rows["is_last"]) == {n_edited == FACTS}
            is_empty = [(fact_id, neuron_set) == EMPTY for fact_id in facts[:n_edited]]
            assert rows["no_edit_share"].to_numpy() == pytest.approx(np.mean(is_empty))
            moved |= {*reliable, *general}
    assert len(moved) > 3


@pytest.mark.parametrize("n_unrelated", [1, 99])
def test_locality_is_of_queries_of_facts_that_the_run_never_edits(edit, pupil, tables, n_unrelated):
    """As many as facts are edited, or more where more are asked for and there are so many."""
    found = edit(n_unrelated=n_unrelated, steps="2").set_index(PLACE)
    book = Book(pupil, tables, "update")
    n_shared = set()
    for run, neuron_set in product(range(RUNS), SETS):
        facts = drawn(tables, run)
        others = tables["queries"][~tables["queries"]["fact_id"].isin(facts)]
        asked = [naive_edits.tokens_behind(book.model, *row)
                 for row in others[["prompt", "answer"]].to_numpy()]  # fmt: skip
        clean = [naive_edits.greedy(book.model, prompt, len(word)) for prompt, word in asked]
        for n_edited in book.along(facts, neuron_set, "calibrated"):
            if n_edited not in (2, FACTS):
                continue
            said = [naive_edits.said(book.model, prompt, before)
                    for (prompt, _), before in zip(asked, clean, strict=True)]  # fmt: skip
            same = [list(naive_edits.scores(*pair).values())
                    for pair in zip(said, clean, strict=True)]  # fmt: skip
            rows = found.loc[run, neuron_set, "calibrated", n_edited].loc[SCORERS]
            if n_unrelated > len(asked):
                assert rows["locality"].to_numpy() == pytest.approx(np.mean(same, axis=0))
            else:
                first = rows["locality"].iloc[0] * FACTS
                assert first == pytest.approx(round(first))
                n_shared.add(round(first))
    assert n_unrelated > 1 or len(n_shared) > 1


def test_every_run_set_preset_look_and_scorer_is_a_row_at_the_chosen_strength(edit, caplog):
    with caplog.at_level(logging.INFO):
        rows = edit()
    assert len(rows) == RUNS * 3 * 2 * 3 * 3
    assert set(rows["n_edited"]) == {1, 2, FACTS}
    told = ["strength", "lambda_1", "lambda_2"]
    strengths = {tuple(row) for row in rows[["preset", *told]].to_numpy().tolist()}
    assert strengths == {("calibrated", 1, 8, 4), ("paper", 0, 3, 2)}
    assert "2 runs through 3 of 4 facts" in caplog.text
    assert "12 of 12 sequences" in caplog.text
    erased = edit("erased", operation="erase")
    strengths = {tuple(row) for row in erased[["preset", *told]].fillna(-1).to_numpy().tolist()}
    assert strengths == {("calibrated", 0, 2, -1), ("paper", 0, -1, -1)}


def test_fewer_facts_than_asked_for_are_all_edited(edit, tables):
    rows = edit(n_facts=99, n_unrelated=99, steps="1 50")
    assert set(rows["n_edited"]) == {1, 4}
    assert set(rows.loc[rows["is_last"], "n_edited"]) == {4}
    only = tables["edited_facts"].loc[tables["edited_facts"]["role"] != "calibration", "fact_id"]
    tables["answers"] = tables["answers"][tables["answers"]["fact_id"].isin(only)]
    rows = edit("alone", n_facts=99)
    assert rows["locality"].isna().all()
    assert rows["reliability"].notna().all()


def test_unknown_queries_are_not_asked(edit, tables):
    answers = tables["answers"]
    is_other = answers["fact_id"].str.startswith("P30") | (answers["fact_id"] == "P17/00005")
    asked = edit(n_unrelated=99, n_facts=4)
    tables["answers"] = answers.assign(is_known=~is_other)
    known = edit("known", n_unrelated=99, n_facts=4)
    tables["answers"] = answers[~is_other]
    fewer = edit("fewer", n_unrelated=99, n_facts=4)
    pd.testing.assert_frame_equal(known, fewer)
    assert (known["locality"] != asked["locality"]).any()


def test_a_perplexity_too_large_for_a_number_is_missing(edit):
    huge = edited_school.LAWS["paper"] | {"strengths": [[1e30, 1e30]]}
    rows = edit(rules=json.dumps(edited_school.LAWS | {"paper": huge}), n_runs=1)
    is_missing = rows["perplexity_after"].isna()
    assert set(rows.loc[is_missing, "preset"]) == {"paper"}
    assert np.isfinite(rows["perplexity_before"]).all()


def test_the_same_options_give_the_same_bytes_and_another_seed_others(edit, tmp_path):
    edit("once")
    edit("again")
    files = [tmp_path / name / "s.parquet" for name in ("once", "again")]
    assert files[0].read_bytes() == files[1].read_bytes()
    edit("other", seed=6)
    assert (tmp_path / "other/s.parquet").read_bytes() != files[0].read_bytes()


def test_no_fact_gives_an_empty_table(edit, tables):
    for table in (EDITED_FACTS, EDITED_QUERIES):
        tables[table.name] = empty(table)
    assert edit(model="/dev/null").empty
