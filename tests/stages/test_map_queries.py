"""Neuron sets manipulated on a tiny trained model, through the command line."""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from qloc.contracts.answers import ANSWERS
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.queries import QUERIES
from qloc.contracts.query_mappings import NEURON_SETS, QUERY_MAPPINGS
from qloc.models.language_model import open_model
from qloc.tables import empty, read_table, write_table

pytestmark = pytest.mark.slow

LAYERS, NEURONS, DRAWS = 4, 512, 2
METHODS = ("sig", "ig")
WITHOUT = "P17/00003/01"  # a query without neurons by ig
TWO = "P17/00002"  # a fact of which two queries are studied
DRAWN = (
    "unrelated",
    "self_sample_intersection",
    "self_sample_refined",
    "neighbor_union_sample",
    "neighbor",
    "refined_sample",
)

Parts = tuple[pd.DataFrame, pd.DataFrame, dict[str, pd.DataFrame]]


@pytest.fixture
def asked(school) -> Parts:
    """Queries; answers of which all are studied but three; made-up neurons of every method."""
    queries = read_table(QUERIES, school.queries)
    answers = queries[["query_id", "fact_id", "relation", "template"]].assign(
        was_trained=None,
        problem=None,
        n_prompt_tokens=1,
        n_answer_tokens=1,
        answer_token=1,
        is_first_token_shared=False,
        answer_probability=0.5,
        answer_rank=1,
        is_known=True,
        is_studied=True,
    )
    answers.loc[[1, 10, 11], "is_studied"] = False
    studied = answers[answers["is_studied"]]
    draw = np.random.default_rng(8)
    neurons = {method: _neurons(studied, method, draw) for method in METHODS}
    return queries, answers, neurons


def _neurons(studied: pd.DataFrame, method: str, draw: np.random.Generator) -> pd.DataFrame:
    """Some neurons of every fact and some of the query alone; and those of another relation."""
    parts = []
    for fact_id, query_ids in studied.groupby("fact_id")["query_id"]:
        core = draw.choice(LAYERS * NEURONS, 20, replace=False)
        for query_id in query_ids:
            own = draw.choice(LAYERS * NEURONS, 25, replace=False)
            cells = np.unique(np.concatenate([core[: draw.integers(15, 20)], own]))
            if (query_id, method) == (WITHOUT, "ig"):
                continue
            parts.append((query_id, fact_id, "P17", cells))
    parts.append(("P99/00000/00", "P99/00000", "P99", np.arange(5)))
    return pd.concat(
        pd.DataFrame(
            {
                "query_id": query_id,
                "layer": cells // NEURONS,
                "neuron": cells % NEURONS,
                "fact_id": fact_id,
                "relation": relation,
                "score": np.float32(0.5),
            }
        )
        for query_id, fact_id, relation, cells in parts
    )


@pytest.fixture
def map_queries(run, pupil, tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Runs the stage; the table, whose file is named after the run."""

    def mapped(asked: Parts, name: str = "run", **changed: object) -> pd.DataFrame:
        queries, answers, neurons = asked
        folder = tmp_path / name
        write_table(QUERIES, queries, folder / "queries")
        write_table(ANSWERS, answers, folder / "answers")
        for method, rows in neurons.items():
            write_table(KNOWLEDGE_NEURONS, rows, folder / f"{method}.parquet")
        options = {
            "model": pupil,
            "queries": folder / "queries",
            "answers": folder / "answers",
            "knowledge_neurons": " ".join(str(folder / f"{method}.parquet") for method in neurons),
            "draws": DRAWS,
            "answer_tokens": "first",
            "seed": 5,
            "threads": 1,
            "batch_size": 5,
            "mappings": tmp_path / f"{name}.parquet",
        }
        run("map-queries", **(options | changed))
        return read_table(QUERY_MAPPINGS, tmp_path / f"{name}.parquet")

    return mapped


@pytest.fixture
def patched(pupil):
    """The probability of a query's answer in a run of its own, with neurons scaled by a hook."""
    model = open_model(pupil, 1)

    def probability(prompt: str, answer: str, cells: set[int], factor: float) -> float:
        query = model.encoded(prompt, answer)
        handles = []
        for layer, down in enumerate(model.down_projections):
            own = [cell % NEURONS for cell in cells if cell // NEURONS == layer]

            def scale(_module, inputs, own=own):
                values = inputs[0].clone()
                values[0, -1, own] *= factor
                return (values,)

            handles.append(down.register_forward_pre_hook(scale))
        with torch.no_grad():
            logits = model.module(torch.tensor([query.prompt_tokens])).logits[0, -1]
        for handle in handles:
            handle.remove()
        return float(torch.softmax(logits.double(), 0)[query.answer_token])

    return probability


def own_sets(asked: Parts, method: str) -> dict[str, set[int]]:
    rows = asked[2][method]
    cells = (rows["layer"] * NEURONS + rows["neuron"]).groupby(rows["query_id"])
    return {str(query_id): set(group) for query_id, group in cells}


def test_fixed_sets_move_the_answer_as_a_patched_run_of_its_own(map_queries, asked, patched):
    rows = map_queries(asked)
    queries, answers, _ = asked
    texts = queries.set_index("query_id")
    for method in METHODS:
        sets = own_sets(asked, method)
        studied = answers[answers["is_studied"]].groupby("fact_id")["query_id"].apply(list)
        for query_id in ("P17/00000/02", "P17/00005/00", WITHOUT):
            others = [
                sets.get(other, set()) for other in studied[query_id[:9]] if other != query_id
            ]
            union = set().union(*others)
            expected = {
                "self": sets.get(query_id, set()),
                "neighbor_union": union,
                "intersection": set.intersection(*others),
                "refined": {cell for cell in union if sum(cell in one for one in others) > 1},
            }
            text = texts.loc[query_id]
            before = patched(text["prompt"], text["answer"], set(), 1.0)
            own = rows[(rows["method"] == method) & (rows["query_id"] == query_id)]
            for row in own[own["neuron_set"].isin(list(expected))].itertuples():
                cells = expected[row.neuron_set]
                factor = {"suppress": 0.0, "enhance": 2.0}[row.manipulation]
                after = patched(text["prompt"], text["answer"], cells, factor)
                assert row.n_neurons == len(cells)
                assert row.answer_probability_before == pytest.approx(before, rel=1e-5)
                assert row.answer_probability_after == pytest.approx(after, rel=1e-5, abs=1e-9)
    moved = rows["answer_probability_after"] - rows["answer_probability_before"]
    assert (moved[rows["n_neurons"] > 0].abs() > 1e-4).mean() > 0.5


def test_every_query_of_a_fact_with_three_has_every_set(map_queries, asked, caplog):
    with caplog.at_level(logging.INFO):
        rows = map_queries(asked)
    answers = asked[1]
    is_mapped = answers["is_studied"] & (answers["fact_id"] != TWO)
    expected = {
        (method, query_id, neuron_set, draw, manipulation)
        for method in METHODS
        for query_id in answers.loc[is_mapped, "query_id"]
        for neuron_set in NEURON_SETS
        for draw in range(DRAWS if neuron_set in DRAWN else 1)
        for manipulation in ("suppress", "enhance")
    }
    assert set(rows[list(QUERY_MAPPINGS.key)].itertuples(index=False, name=None)) == expected
    assert (rows["fact_id"] == rows["query_id"].str.rpartition("/")[0]).all()
    assert caplog.messages[-1] == (
        "19 queries of 5 facts mapped; 2 queries of 1 facts with fewer than three left out"
    )


def test_an_empty_set_leaves_the_answer_exactly_as_it_was(map_queries, asked):
    rows = map_queries(asked)
    none = rows[rows["n_neurons"] == 0]
    assert (none["answer_probability_after"] == none["answer_probability_before"]).all()
    of_query = none[(none["query_id"] == WITHOUT) & (none["method"] == "ig")]
    assert set(of_query["neuron_set"]) == {
        "self", "unrelated", "unrelated_matched", "self_sample_intersection",
        "self_sample_refined", "neighbor_union_sample", "refined_sample",
    }  # fmt: skip
    before = rows.groupby("query_id")["answer_probability_before"]
    assert before.nunique().eq(1).all()


def test_controls_have_the_size_of_what_they_stand_beside(map_queries, asked):
    sizes = map_queries(asked).pivot_table(
        index=["method", "query_id"], columns="neuron_set", values="n_neurons", observed=True
    )
    same = {"unrelated": "self", "unrelated_matched": "self", "neighbor_union_sample": "self"}
    for control, of in same.items():
        assert (sizes[control] == sizes[of]).all()
    assert (sizes["refined_sample"] == sizes["self_sample_refined"]).all()
    for of in ("intersection", "refined"):
        assert (sizes[f"self_sample_{of}"] == sizes[["self", of]].min(axis=1)).all()
    assert sizes["intersection"].max() > 0


def test_several_tokens_of_an_answer_are_all_read(map_queries, asked):
    queries, answers, neurons = asked
    longer = queries.assign(answer=queries["answer"] + " Norway")
    first, joint, mean = (
        map_queries((longer, answers, neurons), name, answer_tokens=name)
        for name in ("first", "joint", "mean_tokens")
    )
    for column in ("answer_probability_before", "answer_probability_after"):
        assert (joint[column] < first[column]).all()
        assert (joint[column] < mean[column]).all()
        assert (mean[column] != first[column]).all()


def test_neither_the_order_of_rows_nor_other_methods_nor_draws_change_a_bit(
    map_queries, asked, tmp_path
):
    first = map_queries(asked, "first")
    queries, answers, neurons = asked
    shuffled = [part.sample(frac=1, random_state=3) for part in (queries, answers)]
    mixed = {method: neurons[method].sample(frac=1, random_state=3) for method in METHODS[::-1]}
    map_queries((*shuffled, mixed), "shuffled")
    files = [tmp_path / f"{name}.parquet" for name in ("first", "shuffled")]
    assert len({hashlib.sha256(file.read_bytes()).hexdigest() for file in files}) == 1
    alone = map_queries((queries, answers, {"ig": neurons["ig"]}), "alone", draws=1)
    expected = first[(first["method"] == "ig") & (first["draw"] == 0)].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, expected, rtol=1e-5, atol=1e-9)


def test_the_batch_size_changes_no_more_than_rounding(map_queries, asked):
    first, other = map_queries(asked, "first"), map_queries(asked, "other", batch_size=2)
    pd.testing.assert_frame_equal(first, other, rtol=1e-5, atol=1e-9)


def test_another_seed_draws_other_neurons(map_queries, asked):
    first, other = map_queries(asked, "first"), map_queries(asked, "other", seed=6)
    is_drawn = first["neuron_set"].isin(DRAWN)
    changed = first["answer_probability_after"] != other["answer_probability_after"]
    assert not changed[~is_drawn].any()
    unrelated = (first["neuron_set"] == "unrelated") & (first["n_neurons"] > 0)
    assert changed[unrelated].mean() > 0.95


def test_too_few_queries_leave_an_empty_table_and_open_no_model(map_queries, asked, tmp_path):
    queries, answers, neurons = asked
    no_model = tmp_path / "model.json"
    no_model.touch()
    few = answers.assign(is_studied=answers["template"] < 2)
    assert map_queries((queries, few, neurons), model=no_model).empty
    none = {method: empty(KNOWLEDGE_NEURONS) for method in neurons}
    assert map_queries((queries, answers.assign(is_studied=False), none), model=no_model).empty
