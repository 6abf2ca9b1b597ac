"""Synapses of a tiny trained model, through the command line."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from qloc.contracts.answers import ANSWERS
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.queries import QUERIES
from qloc.contracts.synapse_answers import SYNAPSE_ANSWERS
from qloc.contracts.synapse_effects import SYNAPSE_EFFECTS
from qloc.contracts.synapse_examples import SYNAPSE_EXAMPLES
from qloc.contracts.synapse_places import SYNAPSE_PLACES
from qloc.tables import empty, read_table, write_table

pytestmark = pytest.mark.slow

TABLES = {
    "synapse_answers": SYNAPSE_ANSWERS,
    "synapse_effects": SYNAPSE_EFFECTS,
    "synapse_places": SYNAPSE_PLACES,
    "synapse_examples": SYNAPSE_EXAMPLES,
}
PLAIN = {"reduce": "sum", "tau": "mean", "scope": "global", "exclude_first_token": False}
RULES = {"paper": PLAIN, "lift": PLAIN | {"reduce": "lift", "scope": "per_head"}}
ALPHA, RUNS = 0.9, 2 * 2 * (3 * 2 + 1)
LONE = "P17/00004"  # of whose queries one is studied

Manipulate = Callable[..., dict[str, pd.DataFrame]]


@pytest.fixture
def asked(asked) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Facts of four, three (0), two (2) and one (4) studied queries."""
    queries, answers = asked
    is_left = (answers["fact_id"] != LONE) | (answers["template"] == 0)
    return queries, answers.assign(is_studied=answers["is_studied"] & is_left)


@pytest.fixture
def neurons(asked) -> dict[str, pd.DataFrame]:
    """Neurons of every studied query by two methods; one of `sig` has none of its own."""
    _, answers = asked
    studied = answers.loc[answers["is_studied"]]
    draw = np.random.default_rng(3)
    found = {}
    for method in ("ig", "sig"):
        rows = [
            (row.query_id, layer, neuron, row.fact_id, "P17", 0.5)
            for row in studied.itertuples()
            for layer in range(4)
            for neuron in sorted(draw.choice(60, 3, replace=False).tolist())
            if (method, row.query_id) != ("sig", "P17/00001/01")
        ]
        found[method] = pd.DataFrame(rows, columns=KNOWLEDGE_NEURONS.names)
    return found


@pytest.fixture
def manipulate(run, pupil: Path, neurons, tmp_path: Path) -> Manipulate:
    """Runs the stage in a folder named after the run; its tables."""

    def manipulated(asked, name: str = "run", **changed: object) -> dict[str, pd.DataFrame]:
        folder = tmp_path / name
        for table, rows, file in zip((QUERIES, ANSWERS), asked, ("q", "a"), strict=True):
            write_table(table, rows, folder / file)
        for method, rows in neurons.items():
            write_table(KNOWLEDGE_NEURONS, rows, folder / f"{method}.parquet")
        options = {
            "model": pupil,
            "queries": folder / "q",
            "answers": folder / "a",
            "knowledge_neurons": " ".join(str(folder / f"{m}.parquet") for m in neurons),
            "rules": json.dumps(RULES),
            "alpha": ALPHA,
            "value": "activation",
            "quadrature": "riemann_right",
            "steps": 3,
            "tolerance": 0.01,
            "facts_per_relation": "all",
            "answer_tokens": "first",
            "seed": 5,
            "threads": 1,
            "batch_size": 4,
        } | {table: folder / f"{table}.parquet" for table in TABLES}
        run("manipulate-synapses", **(options | changed))
        return {n: read_table(table, folder / f"{n}.parquet") for n, table in TABLES.items()}

    return manipulated


def studied_facts(asked, least: int = 2) -> list[str]:
    _, answers = asked
    counts = answers.loc[answers["is_studied"], "fact_id"].value_counts()
    return sorted(counts.index[counts >= least])


def eager_attention(pupil: Path, prompt: str) -> torch.Tensor:
    """What the model's own library says of its attention [layer head row column]."""
    tokenizer = AutoTokenizer.from_pretrained(pupil.parent)
    model = AutoModelForCausalLM.from_pretrained(pupil.parent, attn_implementation="eager")
    with torch.no_grad():
        seen = model(torch.tensor([tokenizer.encode(prompt)]), output_attentions=True).attentions
    return torch.cat(seen)


def test_every_query_of_a_fact_with_neighbors_is_there(manipulate, asked, caplog):
    with caplog.at_level(logging.INFO):
        tables = manipulate(asked)
    _, answers = asked
    facts = studied_facts(asked)
    assert LONE not in facts
    assert len(facts) == 5
    chosen = answers.loc[answers["is_studied"] & answers["fact_id"].isin(facts), "query_id"]
    counted = tables["synapse_answers"].groupby("query_id").size()
    assert counted.to_dict() == dict.fromkeys(chosen, RUNS)
    counted = tables["synapse_effects"].groupby(["method", "query_id"]).size()
    assert set(counted) == {RUNS * 5}
    assert len(counted) == 2 * len(chosen)
    assert f"synapses of {len(chosen)} queries of 5 facts manipulated in 28 ways" in caplog.text
    assert "1 queries left out" in caplog.text


def test_synapses_are_those_of_the_librarys_attention(manipulate, asked, pupil):
    tables = manipulate(asked)
    queries = asked[0].set_index("query_id")
    answers = tables["synapse_answers"]
    plain = answers[(answers["preset"] == "paper") & (answers["synapse_set"] == "synapses")]
    first, total = 0, 0
    for query_id, rows in plain.groupby("query_id"):
        sums = eager_attention(pupil, queries.loc[query_id, "prompt"]).sum(2)
        synapses = sums > ALPHA * sums.mean()
        assert set(rows["n_columns"]) == {synapses.numel()}
        assert set(rows["n_synapses"]) == {int(synapses.sum())}
        mass = float(sums[synapses].sum() / sums.sum())
        assert rows["attention_mass"].iloc[0] == pytest.approx(mass, rel=1e-5)
        share = float(synapses[..., 0].sum() / synapses.sum())
        assert rows["first_column_share"].iloc[0] == pytest.approx(share)
        first, total = first + synapses[..., 0].long(), total + synapses.sum(2)
    places = tables["synapse_places"]
    places = places[places["preset"] == "paper"].sort_values(["layer", "head"])
    assert places["n_synapses"].tolist() == total.ravel().tolist()
    assert places["n_first_synapses"].tolist() == first.ravel().tolist()


def test_own_neurons_before_are_those_of_the_librarys_model(manipulate, asked, pupil, neurons):
    effects = manipulate(asked)["synapse_effects"].set_index(["method", "query_id", "neuron_set"])
    query_id = "P17/00003/02"
    model = AutoModelForCausalLM.from_pretrained(pupil.parent)
    tokenizer = AutoTokenizer.from_pretrained(pupil.parent)
    seen = []
    for layer in model.transformer.h:
        layer.mlp.c_proj.register_forward_pre_hook(lambda _, given: seen.append(given[0][0, -1]))
    prompt = asked[0].set_index("query_id").loc[query_id, "prompt"]
    with torch.no_grad():
        model(torch.tensor([tokenizer.encode(prompt)]))
    values = torch.stack(seen).numpy()
    for method, rows in neurons.items():
        own = rows[rows["query_id"] == query_id]
        expected = values[own["layer"].to_numpy(), own["neuron"].to_numpy()]
        found = effects.loc[method, query_id, "own"]
        assert set(found["n_neurons"]) == {12}
        assert found["value_size"].iloc[0] == pytest.approx(np.abs(expected).sum(), rel=1e-5)
        assert found["mean_before"].iloc[0] == pytest.approx(expected.mean(), rel=1e-4)


def test_a_query_without_neurons_keeps_its_rows(manipulate, asked):
    effects = manipulate(asked)["synapse_effects"]
    rows = effects[(effects["method"] == "sig") & (effects["query_id"] == "P17/00001/01")]
    sizes = rows.groupby("neuron_set")["n_neurons"].agg(["min", "max"])
    assert (sizes.loc[["own", "random", "random_any"]] == 0).all(axis=None)
    assert (sizes.loc[["neighbors", "neighbors_only"]] > 0).all(axis=None)
    nothing = rows[rows["n_neurons"] == 0]
    assert (nothing[["value_size", "value_change"]] == 0).all(axis=None)
    assert nothing[["mean_before", "mean_after"]].isna().all(axis=None)


def test_no_synapse_has_an_effect_of_exactly_0(manipulate, asked):
    tables = manipulate(asked, alpha=99)
    answers = tables["synapse_answers"]
    assert (answers["n_synapses"] == 0).all()
    before, after = (answers[f"answer_probability_{when}"] for when in ("before", "after"))
    assert (before == after).all()
    assert (tables["synapse_effects"]["value_change"] == 0).all()
    assert (tables["synapse_examples"]["value_after"] ==
            tables["synapse_examples"]["value_before"]).all()  # fmt: skip


def test_the_batch_size_changes_no_more_than_rounding(manipulate, asked):
    one, many = (manipulate(asked, f"size{size}", batch_size=size) for size in (1, 50))
    for name, table in TABLES.items():
        key = list(table.key)
        numbers = [c.name for c in table.columns if c.type.startswith("float")]
        counts = [c.name for c in table.columns if c.type.startswith("int")]
        assert one[name][key].equals(many[name][key])
        assert one[name][counts].equals(many[name][counts])
        assert np.allclose(
            one[name][numbers], many[name][numbers], rtol=1e-4, atol=1e-5, equal_nan=True
        )


def test_fewer_facts_are_drawn_and_their_rows_stay_the_same(manipulate, asked):
    every = manipulate(asked, "all", batch_size=1)
    some = manipulate(asked, "some", batch_size=1, facts_per_relation=3)
    facts = some["synapse_answers"]["fact_id"].unique()
    assert len(facts) == 3
    for name in ("synapse_answers", "synapse_effects"):
        same = every[name][every[name]["fact_id"].isin(facts)].reset_index(drop=True)
        pd.testing.assert_frame_equal(same, some[name])
    other = manipulate(asked, "other", facts_per_relation=3, seed=6)
    assert set(other["synapse_answers"]["fact_id"]) != set(facts)


def test_examples_are_two_facts_of_at_least_three_queries(manipulate, asked, neurons):
    tables = manipulate(asked)
    examples = tables["synapse_examples"]
    facts = examples["fact_id"].unique()
    assert len(facts) == 2
    assert set(facts) <= set(studied_facts(asked, least=3))
    first = manipulate(asked, "first", facts_per_relation=1)
    assert set(first["synapse_examples"]["fact_id"]) <= set(first["synapse_answers"]["fact_id"])
    for (method, query_id), rows in examples.groupby(["method", "query_id"]):
        chosen = neurons[method]
        of_fact = chosen[chosen["fact_id"] == rows["fact_id"].iloc[0]]
        shown = rows[["layer", "neuron"]].drop_duplicates()
        assert len(shown) == len(of_fact[["layer", "neuron"]].drop_duplicates())
        own = rows.loc[rows["is_own"], ["layer", "neuron"]].drop_duplicates()
        assert len(own) == (chosen["query_id"] == query_id).sum()
        assert len(rows) == len(shown) * 2 * 2 * len(RULES)


def test_values_can_be_attributions(manipulate, asked):
    """In units of probability: other numbers, the same answers and neurons."""
    acts = manipulate(asked)
    scores = manipulate(asked, "scores", value="attribution", batch_size=2)
    answers = acts["synapse_answers"]["answer_probability_after"]
    assert np.allclose(
        answers, scores["synapse_answers"]["answer_probability_after"], rtol=1e-4, atol=1e-6
    )
    one, other = acts["synapse_effects"], scores["synapse_effects"]
    assert one["n_neurons"].equals(other["n_neurons"])
    has_own = one["n_neurons"] > 0
    assert not np.allclose(one.loc[has_own, "value_size"], other.loc[has_own, "value_size"])


def test_a_rule_that_is_not_known_is_refused(manipulate, asked, run):
    wrong = json.dumps({"paper": PLAIN | {"reduce": "product"}})
    with pytest.raises(AssertionError, match="Take one of sum, mean_valid, lift"):
        manipulate(asked, rules=wrong)


def test_neurons_of_another_run_are_refused(manipulate, asked):
    queries, answers = asked
    with pytest.raises(AssertionError, match="files are of different runs"):
        manipulate((queries, answers.assign(is_studied=answers["template"] < 2)))


def test_nothing_studied_leaves_empty_tables(manipulate, asked):
    queries, answers = asked
    for name, rows in manipulate((queries, answers.assign(is_studied=False))).items():
        assert rows.equals(empty(TABLES[name])), name
