"""What is edited, through the command line, against sets made of all scores one by one."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from tests.stages.conftest import ANSWERED

from qloc.contracts.answers import ANSWERS
from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.edited_facts import EDITED_FACTS
from qloc.contracts.edited_queries import EDITED_QUERIES
from qloc.contracts.fact_scores import FACT_SCORES
from qloc.contracts.facts import FACTS
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.neuron_sets import NEURON_SETS
from qloc.contracts.queries import QUERIES
from qloc.measures.edit_choice import sequence_facts
from qloc.measures.selection import fact_neurons, selected
from qloc.models.language_model import open_model
from qloc.tables import read_table, read_tables, write_table

LAYERS, NEURONS = 4, 64
RELATIONS = {"P7": ("Rome", "Oslo", "Lima", "Bern", "Kyiv"), "P8": ("zinc", "gold", "lead")}
FACTS_EACH = 10
KEEP, SELECTION, FLOOR = 0.05, 0.2, 0.1
MEAN, SPREAD, CUT = 0.75, 0.25, 0.3
CHOICE = {
    "criterion": "otsu",
    "facts_per_class": 4,
    "calibration_share": 0.25,
    "sequence_facts": 5,
    "sequence_runs": 2,
    "beta": f"{MEAN} {SPREAD}",
    "spread": "std",
    "cut": CUT,
    "scores": "attribution",
    "normalise_queries": False,
    "inexact": "report",
    "keep": KEEP,
    "seed": 3,
    "threads": 1,
}


def query_rows():
    """Facts of two to six queries; those of the same number in line have the same object."""
    return pd.DataFrame(
        [
            {
                "query_id": f"{relation}/{fact:05d}/{template:02d}",
                "fact_id": f"{relation}/{fact:05d}",
                "relation": relation,
                "template": template,
                "pattern": f"[X] {template} [Y]",
                "prompt": f"Subject {fact} {template}",
                "answer": objects[fact % len(objects)],
                "final_word": f"{template}",
            }
            for relation, objects in RELATIONS.items()
            for fact in range(FACTS_EACH)
            for template in range(2 + fact % 5)
        ]
    )


def all_scores(queries):
    """For every query the scores of all neurons; the last fact of P8 has no positive one."""
    draw = np.random.default_rng(5)
    core = {
        fact: draw.exponential(1, LAYERS * NEURONS) ** 3 for fact in queries["fact_id"].unique()
    }
    return {
        query.query_id: (core[query.fact_id] * draw.exponential(1, LAYERS * NEURONS) - 0.1).astype(
            np.float32
        )
        if query.fact_id != "P8/00009"
        else -np.ones(LAYERS * NEURONS, dtype=np.float32)
        for query in queries.itertuples()
    }


def score_rows(query, numbers, scores):
    layers, neurons = np.divmod(numbers, NEURONS)
    columns = {"layer": layers, "neuron": neurons, "score": scores[numbers]}
    return pd.DataFrame(columns).assign(query_id=query.query_id, fact_id=query.fact_id)


def attributed(queries, scores):
    """What the attribution keeps of all scores, and the knowledge neurons of every query."""
    parts = {name: [] for name in ("fact_scores", "attributions", "neurons")}
    for _, of_fact in queries.groupby("fact_id"):
        whole = np.stack([scores[name].reshape(LAYERS, -1) for name in of_fact["query_id"]])
        chosen = fact_neurons(whole, FLOOR)
        numbers, largest = chosen.layers * NEURONS + chosen.neurons, chosen.largest_mean_not_kept
        for query in of_fact.itertuples():
            own = scores[query.query_id]
            kept, known = (np.flatnonzero(selected(own[None], s)) for s in (KEEP, SELECTION))
            exact = score_rows(query, numbers, own).assign(largest_mean_not_kept=largest)
            parts["fact_scores"].append(exact)
            parts["attributions"].append(score_rows(query, kept, own).assign(activation=0.5))
            parts["neurons"].append(score_rows(query, known, own).assign(relation=query.relation))
    return {name: pd.concat(rows, ignore_index=True) for name, rows in parts.items()}


def classes(facts):
    """Under the static criterion every fourth fact is inconsistent, under Otsu's every other."""
    return pd.concat(
        facts[["fact_id", "relation"]].assign(
            criterion=criterion,
            consistency_score=0.5,
            threshold=0.4,
            is_consistent=np.arange(len(facts)) % rest > 0,
        )
        for criterion, rest in (("static", 4), ("otsu", 2))
    )


@pytest.fixture(scope="module")
def scores():
    return all_scores(query_rows())


@pytest.fixture(scope="module")
def paths(scores, make_study, tmp_path_factory):
    """The tables that the stage reads, on disk."""
    folder, queries = tmp_path_factory.mktemp("tables"), query_rows()
    found = attributed(queries, scores)
    facts = queries.drop_duplicates("fact_id").assign(
        subject=lambda rows: rows["fact_id"], object=lambda rows: rows["answer"],
        is_ambiguous_subject=False, is_answer_in_subject=False,
    )  # fmt: skip
    answers = queries[["query_id", "fact_id", "relation", "template"]].assign(
        **ANSWERED | {"answer_token": pd.factorize(queries["answer"])[0]},
        was_trained=None, answer_probability=0.5, is_studied=True,
    )  # fmt: skip
    by_relation = {
        "queries": (QUERIES, queries),
        "facts": (FACTS, facts[FACTS.names]),
        "answers": (ANSWERS, answers),
        "fact_scores": (FACT_SCORES, found["fact_scores"]),
        "attributions": (ATTRIBUTIONS, found["attributions"]),
    }
    listed = {}
    for name, (table, rows) in by_relation.items():
        files = {relation: folder / f"{name}_{relation}.parquet" for relation in RELATIONS}
        for relation, path in files.items():
            write_table(table, rows[rows["fact_id"].str.startswith(relation)], path)
        listed[name] = " ".join(map(str, files.values()))
    write_table(KNOWLEDGE_NEURONS, found["neurons"], folder / "neurons.parquet")
    write_table(CONSISTENCY_CLASSES, classes(facts), folder / "classes.parquet")
    return listed | {
        "model": make_study(0, 0).write_manifest(folder),
        "knowledge_neurons": folder / "neurons.parquet",
        "classes": folder / "classes.parquet",
    }


@pytest.fixture
def choose(paths, run, tmp_path):
    """Run the stage; its three tables."""
    tables = (EDITED_FACTS, EDITED_QUERIES, NEURON_SETS)
    outputs = {table.name: tmp_path / f"{table.name}.parquet" for table in tables}

    def chosen(**changes):
        run("choose-edits", **(paths | CHOICE | outputs | changes))
        return [read_table(table, outputs[table.name]) for table in tables]

    return chosen


def neurons_of(sets, fact_id, name):
    rows = sets[(sets["fact_id"] == fact_id) & (sets["neuron_set"] == name)]
    return dict(
        zip(rows["layer"] * NEURONS + rows["neuron"], rows["consistency_aware_score"], strict=True)
    )


def aware(scores, query_ids, divide=False):
    """Eq. 5 of all neurons, one by one."""
    found = {}
    for neuron in range(LAYERS * NEURONS):
        own = [
            float(scores[q][neuron]) / (float(scores[q].max()) if divide else 1) for q in query_ids
        ]
        mean = sum(own) / len(own)
        found[neuron] = MEAN * mean - SPREAD * (sum((s - mean) ** 2 for s in own) / len(own)) ** 0.5
    largest = max(found.values())
    return {n: cas for n, cas in found.items() if largest > 0 and cas > CUT * largest}, largest


def held(scores, query_ids):
    """Knowledge neurons of any of the queries."""
    found = set()
    for own in (scores[query_id].astype(float) for query_id in query_ids):
        found |= {n for n in range(LAYERS * NEURONS) if own[n] > SELECTION * own.max() > 0}
    return found


def test_sets_of_every_evaluated_fact_are_those_of_a_slow_reading(choose, scores):
    facts, queries, sets = choose()
    evaluated = facts[facts["role"] == "evaluation"]
    assert len(evaluated) == 8
    for fact in evaluated.itertuples():
        own = queries[queries["fact_id"] == fact.fact_id].set_index("query_id")["role"]
        found = {name: neurons_of(sets, fact.fact_id, name) for name in sets["neuron_set"].unique()}
        assert set(found["query"]) == held(scores, [fact.query_id])
        assert set(found["union"]) == held(scores, own.index)
        expected, largest = aware(scores, own.index)
        if fact.is_exact:
            assert found["consistency_aware"] == pytest.approx(expected)
            assert fact.largest_score == pytest.approx(max(largest, 0))
        chosen = own.index[own.isin(["edited", "used"])]
        if fact.n_held_out:
            assert set(found["union_held_out"]) == held(scores, chosen)
        if fact.is_exact_held_out:
            expected, _ = aware(scores, chosen)
            assert found["consistency_aware_held_out"] == pytest.approx(expected)
        n_top = len(found["consistency_aware_top"])
        assert n_top == len(found["consistency_aware"])
        order = sorted(range(LAYERS * NEURONS), key=lambda n: (-scores[fact.query_id][n], n))
        assert set(found["consistency_aware_top"]) == set(order[:n_top])
        assert len(found["union_random"]) == len(found["union"])
        assert not set(found["union_random"]) & (
            set(found["union"]) | set(found["consistency_aware"])
        )
    assert evaluated["is_exact"].any()
    assert evaluated["is_exact_held_out"].eq(other=True).any()


def test_facts_and_their_queries_have_the_roles_they_are_used_in(choose, paths):
    facts, queries, sets = choose()
    assert facts["role"].value_counts()["calibration"] == 5
    assert facts[facts["role"] == "evaluation"]["is_consistent"].sum() == 4
    rest = facts[facts["role"] != "calibration"]["fact_id"]
    for number in range(2):
        assert len(sequence_facts(rest, 5, 3, number)) == 5
    answers = read_tables(ANSWERS, map(Path, paths["answers"].split()))
    asked = answers[answers["fact_id"].isin(facts["fact_id"])]
    assert sorted(queries["query_id"]) == sorted(asked["query_id"])
    edited = queries[queries["role"] == "edited"].set_index("fact_id")["query_id"]
    assert edited[facts["fact_id"]].tolist() == facts["query_id"].tolist()
    n_held_out = queries[queries["role"] == "held_out"].groupby("fact_id").size()
    assert n_held_out.reindex(facts["fact_id"]).fillna(0).tolist() == facts["n_held_out"].tolist()
    roles = sets.merge(facts[["fact_id", "role"]], on="fact_id").groupby("role")["neuron_set"]
    assert set(roles.unique()["calibration"]) == {"query"}
    assert not [name for name in roles.unique()["sequence"] if name.endswith(("_random", "_top"))]


def test_the_target_is_another_object_of_the_relation(choose):
    facts, _, _ = choose(facts_per_class="all")
    assert len(facts) == 2 * FACTS_EACH
    for fact in facts.itertuples():
        assert fact.target != fact.answer
        assert {fact.target, fact.answer} <= set(RELATIONS[fact.relation])


def test_facts_are_of_the_classes_of_the_criterion(choose):
    facts, _, _ = choose(criterion="static", facts_per_class="all")
    number = 10 * (facts["relation"] == "P8") + facts["fact_id"].str[-1].astype(int)
    assert facts["is_consistent"].tolist() == (number % 4 > 0).tolist()


def test_a_fact_without_a_positive_score_has_empty_sets(choose):
    facts, _, sets = choose(facts_per_class="all")
    [fact] = facts[facts["fact_id"] == "P8/00009"].to_dict("records")
    assert fact["largest_score"] <= 0
    assert fact["is_exact"]
    assert "P8/00009" not in set(sets["fact_id"])


def test_normalised_scores_are_shares_of_the_largest_of_each_query(choose, scores):
    facts, queries, sets = choose(normalise_queries=True)
    facts = facts[facts["is_exact"] & (facts["role"] == "evaluation")]
    assert len(facts)
    for fact_id in facts["fact_id"]:
        own = queries.loc[queries["fact_id"] == fact_id, "query_id"]
        if fact_id != "P8/00009":
            expected, _ = aware(scores, own, divide=True)
            assert neurons_of(sets, fact_id, "consistency_aware") == pytest.approx(expected)


def test_facts_that_could_lack_neurons_are_refused_or_counted(choose, caplog):
    caplog.set_level(logging.INFO)
    facts, _, _ = choose(cut=0.01)
    n_inexact = int((~facts["is_exact"]).sum())
    used = facts[~facts["is_exact"] & (facts["role"] != "calibration")]
    assert 0 < len(used) < n_inexact
    assert f"{n_inexact} could lack neurons" in caplog.text
    said = rf"{len(used)} of {len(facts)} facts could lack neurons"
    with pytest.raises(AssertionError, match=said):
        choose(cut=0.01, inexact="refuse")


def test_the_seed_changes_what_is_drawn_and_nothing_else_does(choose):
    first, again, other = choose(), choose(), choose(seed=4)
    for one, same, changed in zip(first, again, other, strict=True):
        pd.testing.assert_frame_equal(one, same)
        assert not one.equals(changed)


def test_without_classes_nothing_is_edited(choose, paths, tmp_path):
    classes = read_table(CONSISTENCY_CLASSES, paths["classes"])
    only = tmp_path / "static.parquet"
    write_table(CONSISTENCY_CLASSES, classes[classes["criterion"] == "static"], only)
    assert all(table.empty for table in choose(classes=only))


@pytest.mark.slow
def test_activations_are_the_sizes_of_values_at_the_last_token(choose, pupil):
    facts, queries, sets = choose(scores="activation", model=pupil, inexact="refuse")
    assert facts["is_exact"].all()
    assert facts["largest_score_elsewhere"].isna().all()
    model = open_model(pupil, 1)
    seen = []
    for down in model.down_projections:
        down.register_forward_pre_hook(lambda _, given: seen.append(given[0][0, -1].abs().numpy()))
    prompts = query_rows().set_index("query_id")["prompt"]
    fact = facts[facts["role"] == "evaluation"].iloc[0]
    own = queries.loc[queries["fact_id"] == fact["fact_id"], "query_id"]
    for query_id in own:
        model.module(torch.tensor([model.encoded(prompts[query_id], "Rome").prompt_tokens]))
    sizes = np.concatenate(seen).reshape(len(own), -1).astype(float)
    expected = MEAN * sizes.mean(0) - SPREAD * sizes.std(0)
    taken = np.flatnonzero(expected > CUT * expected.max())
    rows = sets[(sets["fact_id"] == fact["fact_id"]) & (sets["neuron_set"] == "consistency_aware")]
    assert (rows["layer"] * model.n_neurons + rows["neuron"]).tolist() == taken.tolist()
    assert rows["consistency_aware_score"].tolist() == pytest.approx(expected[taken], rel=1e-4)
