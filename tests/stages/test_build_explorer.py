"""`build-explorer` puts tables into one page: the same scores, the same texts, the same bytes."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from tests.conftest import NEURONS

from qloc.explorer.stops import stops

MODELS, METHODS = ("tiny-llama", "tiny-gpt2"), ("sig", "ig")
SELECTION = 0.5


@pytest.fixture
def build(run_stage, tmp_path):
    """A function that writes a study's tables for these models and methods and builds its page."""

    def build(study, models=MODELS, methods=METHODS):
        runs = [(model, method) for model in models for method in methods]

        def of_runs(name):
            return " ".join(str(study.write(tmp_path, name, *run)) for run in runs)

        def by_relation(name, *run):
            write = study.write if study[name].empty else study.write_by_relation
            return str(write(tmp_path, name, *run))

        page, numbers = tmp_path / "explorer.html", tmp_path / "explorer.csv"
        options = {
            "models": " ".join(str(study.write_manifest(tmp_path, model)) for model in models),
            "facts": by_relation("facts"),
            "queries": by_relation("queries"),
            "answers": " ".join(by_relation("answers", m) for m in models),
            "attributions": " ".join(by_relation("attributions", *run) for run in runs),
            "scores": of_runs("consistency_scores"),
            "classes": of_runs("consistency_classes"),
            "keep": 0.05,
            "selection_threshold": SELECTION,
            "static_threshold": 0.1,
            "seed": 3,
        }
        run_stage("build-explorer", **options, page=page, numbers=numbers)
        return page.read_text(encoding="utf-8"), pd.read_csv(numbers)

    return build


def document(page):
    """The data in a page."""
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.S)
    return json.loads(found[1])


@pytest.fixture
def studied(study):
    """A study whose attributions are those of its studied queries, and whose scores follow."""
    known = study["answers"].loc[study["answers"]["is_studied"], "query_id"]
    rows = study["attributions"]
    study.tables["attributions"] = rows = rows[rows["query_id"].isin(known)]
    best = rows.groupby("query_id")["score"].transform("max").astype(float)
    chosen = rows[rows["score"].astype(float) > SELECTION * best]
    counts = chosen.groupby(["fact_id", "layer", "neuron"]).size()
    scores = study["consistency_scores"].set_index("fact_id")
    scores["n_neurons_any"] = counts.groupby("fact_id").size()
    scores["n_neurons_shared"] = (counts > 1).groupby("fact_id").sum()
    scores["consistency_score"] = scores["n_neurons_shared"] / scores["n_neurons_any"]
    study.tables["consistency_scores"] = scores.reset_index()
    return study


def test_the_page_has_every_model_method_fact_and_studied_query(build, studied):
    page, numbers = build(studied)
    data = document(page)
    assert [model["name"] for model in data["models"]] == list(MODELS)
    assert data["methods"] == list(METHODS)
    assert data["models"][0]["width"] == NEURONS
    assert data["facts"]["fact_id"] == sorted(studied["facts"]["fact_id"])
    assert data["facts"]["subject"] == studied["facts"]["subject"].tolist()
    assert data["sampled"] == {"n_all": 36, "n_shown": 36, "seed": 3}
    n_studied = int(studied["answers"]["is_studied"].sum())
    assert len(data["queries"]["prompt"]) == data["facts"]["first"][-1] == n_studied
    assert set(data["answer_probability"][0]) == {0.75}
    assert all(len(texts) == n_studied for of_model in data["scores"] for texts in of_model)
    assert data["settings"]["stops"] == stops(0.05, SELECTION)
    assert data["thresholds"][1][0]["static"] == 0.1
    assert len(numbers) == 36 * 4


def test_the_numbers_are_those_of_the_tables(build, studied):
    page, numbers = build(studied, models=MODELS[:1], methods=METHODS[:1])
    said = studied["consistency_scores"].set_index("fact_id").loc[numbers["fact_id"]]
    assert numbers["n_neurons_any"].tolist() == said["n_neurons_any"].tolist()
    np.testing.assert_allclose(numbers["consistency_score"], said["consistency_score"], rtol=1e-5)
    classes = studied["consistency_classes"]
    static = classes[classes["criterion"] == "static"].set_index("fact_id")["is_consistent"]
    assert numbers["is_consistent_static"].tolist() == static.loc[numbers["fact_id"]].tolist()
    adjusted = document(page)["adjusted"][0][0]
    expected = said["adjusted_consistency_score"].sort_index()
    np.testing.assert_allclose(adjusted, expected, atol=5e-4)


@pytest.mark.parametrize("name", ["n_neurons_any", "n_neurons_shared"])
def test_tables_of_different_runs_are_refused(build, studied, name):
    studied["consistency_scores"].loc[7, name] += 1
    with pytest.raises(AssertionError, match="different runs"):
        build(studied)


def test_texts_of_the_data_cannot_end_the_script(build, studied):
    hostile = "</script><script>alert(1)</script>"
    studied["facts"].loc[0, "subject"] = hostile
    studied["queries"].loc[0:3, "prompt"] = f"{hostile} is"
    page, _ = build(studied)
    assert "</script><script>alert" not in page
    assert page.count("</script>") == 2
    assert document(page)["facts"]["subject"][0] == hostile


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x"])
def test_the_numbers_hold_no_formula(build, studied, text):
    studied["facts"].loc[0, "object"] = text
    _, numbers = build(studied, models=MODELS[:1], methods=METHODS[:1])
    assert numbers.loc[0, "object"] == f"'{text}"


def test_the_same_tables_give_the_same_bytes(build, studied):
    first, numbers = build(studied)
    again, same = build(studied)
    assert first == again
    assert numbers.equals(same)


def test_a_study_without_facts_has_a_page(build, make_study):
    study = make_study(0, 0)
    page, numbers = build(study)
    assert document(page)["facts"]["fact_id"] == []
    assert len(numbers) == 0
