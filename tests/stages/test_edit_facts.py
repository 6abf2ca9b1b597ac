"""Facts edited on a tiny trained model, through the command line."""

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from tests.stages import naive_edits
from tests.stages.edited_school import CHOSEN, LAWS, Tables, edit_inputs, rules, write_inputs

from qloc.cli import main
from qloc.columns import SCORERS
from qloc.contracts.edits import EDITS
from qloc.contracts.neuron_sets import CHOSEN_SETS, EDITED_SETS
from qloc.measures.studied_prompts import studied_prompts
from qloc.measures.unrelated_queries import UnrelatedQueries
from qloc.models.held_out_texts import drawn_texts
from qloc.models.language_model import open_model
from qloc.tables import read_table

pytestmark = pytest.mark.slow

UNRELATED, TEXTS, LEAST, MOST, SEED = 3, 2, 8, 12, 6
PARAGRAPHS = (
    "Line 3 of a text that only the smallest models read.",
    "Norway lies in a text that one finds only in models.",
    "Oslo.",
    "Who goes to Italy goes to a land that smallest models read.",
    "The land of Norway is a line of a text that one reads in Italy.",
)
PLACES = ("fact_id", "neuron_set", "preset", "strength")


@pytest.fixture(scope="module")
def inputs(school) -> Tables:
    return edit_inputs(school.queries)


@pytest.fixture(scope="module")
def edit_facts(pupil, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., pd.DataFrame]:
    """Runs the stage; the table."""

    def edited(inputs: Tables, operation: str, **changed: object) -> pd.DataFrame:
        folder = tmp_path_factory.mktemp("edits")
        (folder / "text.txt").write_text("\n".join(PARAGRAPHS))
        options = {
            "model": pupil,
            **write_inputs(inputs, folder),
            "held_out_text": folder / "text.txt",
            "operation": operation,
            "rules": rules(),
            "n_unrelated": UNRELATED,
            "n_texts": TEXTS,
            "least_tokens": LEAST,
            "most_tokens": MOST,
            "seed": SEED,
            "threads": 1,
            "batch_size": 16,
            "edits": folder / "edits.parquet",
        }
        arguments = [part for name, value in (options | changed).items()
                     for part in (f"--{name.replace('_', '-')}", str(value))]  # fmt: skip
        result = CliRunner().invoke(main, ["edit-facts", *arguments], catch_exceptions=False)
        if result.exit_code:
            raise RefusedError(result.output)
        return read_table(EDITS, folder / "edits.parquet")

    return edited


class RefusedError(Exception):
    """What the stage said instead of writing a table."""


@pytest.fixture(scope="module", params=["erase", "update"])
def operation(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def rows(edit_facts, inputs, operation) -> pd.DataFrame:
    """The table of one operation."""
    return edit_facts(inputs, operation)


class Oracle:
    """What an edit does to a fact, found by really making it."""

    def __init__(self, manifest: Path, inputs: Tables, operation: str, fact_id: str) -> None:
        self.model = open_model(manifest, 1)
        self.operation, self.inputs = operation, inputs
        self.fact = inputs["edited_facts"].set_index("fact_id").loc[fact_id]
        queries = inputs["edited_queries"].merge(inputs["queries"], on=["query_id", "fact_id"])
        queries = queries[queries["fact_id"] == fact_id]
        word = self.fact["target" if operation == "update" else "answer"]
        self.asked = [
            (query.role, *naive_edits.tokens_behind(self.model, query.prompt, word))
            for query in queries.itertuples()
        ]
        [prompt] = queries.loc[queries["role"] == "edited", "prompt"]
        self.original, self.target = (
            naive_edits.tokens_behind(self.model, prompt, self.fact[column])[1]
            for column in ("answer", "target")
        )
        self.signs = naive_edits.mean_values(self.model, [prompt for _, prompt, _ in self.asked])
        studied = studied_prompts(inputs["queries"], inputs["answers"])
        drawn = UnrelatedQueries(studied, inputs["facts"]).drawn(fact_id, UNRELATED, SEED)
        for query in drawn:
            tokens, answer = naive_edits.tokens_behind(self.model, query.prompt, query.answer)
            clean = naive_edits.greedy(self.model, tokens, len(answer))
            self.asked.append(("unrelated", tokens, clean))
        tokens = [self.model.tokenizer.encode(text)[:MOST] for text in PARAGRAPHS]
        long = [text for text in tokens if len(text) >= LEAST]
        self.texts = [long[n] for n in drawn_texts(len(long), TEXTS, SEED, fact_id)]
        self.before = naive_edits.perplexity(self.model, self.texts)

    def row(self, neuron_set: str, preset: str, strength: int) -> dict[str, object]:
        """By scorer, what the table should say; the expected columns."""
        sets = self.inputs["neuron_sets"]
        chosen = sets[(sets["fact_id"] == self.fact.name) & (sets["neuron_set"] == neuron_set)]
        cells = list(zip(chosen["layer"], chosen["neuron"], strict=True))
        law = LAWS[preset]
        with naive_edits.edited(
            self.model, cells, law, self.operation, strength, self.original, self.target, self.signs
        ):
            found = [
                (role, naive_edits.scores(naive_edits.said(self.model, prompt, right), right))
                for role, prompt, right in self.asked
            ]
            after = naive_edits.perplexity(self.model, self.texts)
        columns = {"perplexity_before": self.before, "perplexity_after": after}
        for metric, roles in (
            ("reliability", {"edited"}),
            ("generalization_seen", {"used", "held_out", "neighbor"}),
            ("generalization", {"held_out"}),
            ("locality", {"unrelated"}),
        ):
            for scorer in SCORERS:
                shares = [scores[scorer] for role, scores in found if role in roles]
                mean = np.mean(shares) if shares else np.nan
                turned = self.operation == "erase" and metric != "locality"
                columns[f"{metric} {scorer}"] = 1 - mean if turned else mean
        is_held_out = "held_out" in neuron_set
        for scorer in SCORERS:
            if is_held_out:
                columns[f"generalization_seen {scorer}"] = np.nan
            elif not neuron_set.startswith("query"):
                columns[f"generalization {scorer}"] = np.nan
        return columns | {"n_neurons": len(cells)}


def check_against_the_oracle(rows, oracle, places):
    for _, neuron_set, preset, strength in places:
        expected = oracle.row(neuron_set, preset, strength)
        own = rows[
            (rows["fact_id"] == oracle.fact.name)
            & (rows["neuron_set"] == neuron_set)
            & (rows["preset"] == preset)
            & (rows["strength"] == strength)
        ].set_index("scorer")
        found = {
            f"{metric} {scorer}": own.loc[scorer, metric]
            for metric in ("reliability", "generalization_seen", "generalization", "locality")
            for scorer in SCORERS
        }
        for column in ("perplexity_before", "perplexity_after", "n_neurons"):
            found[column] = own[column].iloc[0]
            assert own[column].nunique() == 1
        assert found == pytest.approx(expected, rel=1e-4, nan_ok=True)


def places_of(rows, fact_id):
    own = rows[rows["fact_id"] == fact_id]
    return list(own[list(PLACES)].drop_duplicates().itertuples(index=False, name=None))


def test_some_edits_do_what_edited_weights_do(rows, inputs, pupil, operation):
    for fact_id, step in (("P17/00000", 19), ("P17/00002", 11)):
        oracle = Oracle(pupil, inputs, operation, fact_id)
        check_against_the_oracle(rows, oracle, places_of(rows, fact_id)[::step])
    assert 0.1 < rows["locality"].mean() < 1
    assert 0.1 < rows["reliability"].mean() < 0.9


@pytest.mark.slow
def test_every_edit_does_what_edited_weights_do(rows, inputs, pupil, operation):
    for fact_id in ("P17/00000", "P17/00002"):
        oracle = Oracle(pupil, inputs, operation, fact_id)
        check_against_the_oracle(rows, oracle, places_of(rows, fact_id))


def test_every_set_of_evaluated_facts_is_edited(rows, operation):
    expected = {
        (fact_id, name, preset, strength, scorer)
        for fact_id in ("P17/00000", "P17/00002")
        for name in EDITED_SETS
        for preset, strength in (("calibrated", 0), ("calibrated", 1), ("paper", 0))
        for scorer in SCORERS
        if fact_id == "P17/00000" or "held_out" not in name
        if name in CHOSEN_SETS or CHOSEN[operation][preset] == strength
    }
    assert set(rows[list(EDITS.key)].itertuples(index=False, name=None)) == expected
    assert (rows["is_chosen"] == (rows["strength"] == rows["preset"].map(CHOSEN[operation]))).all()
    assert rows.groupby("fact_id")["query_id"].unique().map(list).to_dict() == {
        "P17/00000": ["P17/00000/02"],
        "P17/00002": ["P17/00002/01"],
    }


def test_strengths_are_told_by_their_numbers(rows, operation):
    told = rows.drop_duplicates(["preset", "strength"]).set_index(["preset", "strength"])
    first, second = told["lambda_1"], told["lambda_2"]
    assert first["calibrated"].tolist() == [2, 8]
    if operation == "erase":
        assert second.isna().all()
        assert np.isnan(first["paper", 0])
    else:
        assert second["calibrated"].tolist() == [1, 4]
        assert (first["paper", 0], second["paper", 0]) == (3, 2)


def test_an_empty_set_changes_nothing_at_all(rows):
    empty = rows[rows["n_neurons"] == 0]
    assert set(empty["neuron_set"]) == {"consistency_aware_held_out"}
    assert (empty["perplexity_after"] == empty["perplexity_before"]).all()
    assert (empty["locality"] == 1).all()
    assert (empty["reliability"] == 0).all()


def test_equal_sets_get_equal_rows(rows):
    own = rows[(rows["fact_id"] == "P17/00002")]
    parts = [
        own[own["neuron_set"] == name].drop(columns="neuron_set").reset_index(drop=True)
        for name in ("union", "consistency_aware")
    ]
    pd.testing.assert_frame_equal(*parts)
    assert len(parts[0]) == 9


def test_texts_are_drawn_for_every_fact_and_the_same_for_all_its_edits(rows, inputs, pupil):
    of_facts = rows.groupby("fact_id")["perplexity_before"]
    assert (of_facts.nunique() == 1).all()
    for fact_id, found in of_facts.first().items():
        assert found == pytest.approx(Oracle(pupil, inputs, "erase", fact_id).before, rel=1e-5)
    assert (rows["n_unrelated"] == UNRELATED).all()


def test_the_log_counts_edits(edit_facts, inputs, caplog):
    with caplog.at_level(logging.INFO):
        rows = edit_facts(inputs, "update", batch_size=99)
    n_ways = len(rows) // 3
    assert caplog.messages[-2].startswith(f"{n_ways - 3} of {n_ways - 3} edits, ")
    assert caplog.messages[-1] == (
        f"2 facts edited in {n_ways} ways, of which 3 have no neuron; {n_ways - 3} edits made"
    )


@pytest.mark.slow
def test_another_seed_draws_other_queries_and_texts(edit_facts, inputs):
    first, other = (edit_facts(inputs, "update", seed=seed) for seed in (SEED, SEED + 1))
    assert (first["perplexity_before"] != other["perplexity_before"]).any()
    assert (first["locality"] != other["locality"]).any()
    assert first["reliability"].equals(other["reliability"])


@pytest.mark.slow
def test_without_unrelated_queries_locality_is_missing(edit_facts, inputs):
    is_asked = inputs["answers"]["relation"] == "P17"
    alone = inputs | {"answers": inputs["answers"].assign(is_studied=is_asked)}
    rows = edit_facts(alone, "erase")
    assert rows["locality"].isna().all()
    assert (rows["n_unrelated"] == 0).all()
    assert rows["reliability"].notna().all()


@pytest.mark.slow
def test_a_perplexity_that_is_too_large_is_missing(edit_facts, inputs):
    wild = {"calibrated": LAWS["calibrated"] | {"strengths": [[1e37, 1], [1e38, 1]]}}
    few = inputs["edit_calibrations"].query("preset == 'calibrated'")
    rows = edit_facts(inputs | {"edit_calibrations": few}, "erase", rules=pd.Series(wild).to_json())
    is_empty = rows["n_neurons"] == 0
    assert rows.loc[~is_empty, "perplexity_after"].isna().any()
    assert rows.loc[is_empty, "perplexity_after"].notna().all()


@pytest.mark.slow
def test_the_batch_size_and_the_order_of_rows_change_no_more_than_rounding(edit_facts, inputs):
    first = edit_facts(inputs, "update")
    shuffled = {name: rows.sample(frac=1, random_state=3) for name, rows in inputs.items()}
    other = edit_facts(shuffled, "update", batch_size=5)
    pd.testing.assert_frame_equal(first, other, rtol=1e-5)


def test_no_fact_to_evaluate_leaves_an_empty_table_and_opens_no_model(edit_facts, inputs, tmp_path):
    no_model = tmp_path / "model.json"
    no_model.touch()
    none = inputs["edited_facts"].assign(role="calibration")
    assert edit_facts(inputs | {"edited_facts": none}, "erase", model=no_model).empty


def test_too_few_long_texts_are_refused(edit_facts, inputs):
    with pytest.raises(RefusedError, match="number` is 5, but 4 of 5 held-out texts"):
        edit_facts(inputs, "erase", n_texts=5)
