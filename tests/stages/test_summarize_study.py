"""`summarize-study` writes the front page and every number on it."""

import copy
import dataclasses
import itertools
import re
from typing import NamedTuple

import pandas as pd
import pytest
import yaml
from tests import claims, fronts
from tests.printed import impossible

pytestmark = pytest.mark.slow

TABLES = {
    "funnels": "funnels",
    "summaries": "class_summaries",
    "diagnostics": "class_diagnostics",
    "overlaps": "neuron_set_overlaps",
    "associations": "probability_associations",
}
COMPARED = {
    "mappings": "mapping_comparisons",
    "synapses": "synapse_comparisons",
    "qualities": "edit_summaries",
    "edits": "edit_comparisons",
}
JOINT = {"neurons": "method_agreements", "classes": "class_agreements"}
BY_RELATION = {"answers": "answers", "checks": "attribution_checks"}
MODELS = ("tiny-llama", "tiny-gpt2")


class Written(NamedTuple):
    """What the stage wrote."""

    rows: pd.DataFrame
    page: str
    front: str


@pytest.fixture
def summarize(make_study, run_stage, tmp_path):
    def run(study, *methods, claimed=None, **changed):
        files = {
            name: tmp_path / file
            for name, file in (
                ("findings", "findings.csv"),
                ("page", "findings.html"),
                ("front", "front_page.html"),
            )
        }
        places = list(itertools.product(MODELS, methods or ["ig"]))
        options = {
            option: " ".join(str(study.write(tmp_path, table, *place)) for place in places)
            for option, table in TABLES.items()
        }
        for option, table in BY_RELATION.items():
            paths = {study.write_by_relation(tmp_path, table, *place): None for place in places}
            options[option] = " ".join(paths)
        for option, table in COMPARED.items():
            options[option] = " ".join(str(study.write(tmp_path, table, m)) for m in MODELS)
        for option, table in JOINT.items():
            compared = MODELS if methods else ()
            paths = [str(study.write(tmp_path, table, model)) for model in compared]
            options[option] = " ".join(paths)
        models = " ".join(str(study.write_manifest(tmp_path, model)) for model in MODELS)
        options |= {"preset": "paper", "edit_rules": '{"paper": {}, "calibrated": {}}'}
        judged = claims.claims(claimed or claims.found(), MODELS, methods or ["ig"])
        options["claims"] = claims.written(tmp_path, judged)
        options |= fronts.written(tmp_path) | files | changed
        run_stage("summarize-study", models=models, **options)
        page, front = (files[name].read_text(encoding="utf-8") for name in ("page", "front"))
        assert impossible(page) + impossible(front) == []
        return Written(pd.read_csv(files["findings"]), page, front)

    return run


def test_models_stand_in_the_order_of_the_study_with_their_own_numbers(summarize, study):
    rows, page, front = summarize(study)
    assert rows["model"].unique().tolist() == list(MODELS)
    assert page.index("tiny-llama, IG") < page.index("tiny-gpt2, IG")
    assert rows["method"].unique().tolist() == ["ig"]
    known = rows[rows["finding"] == "known_share"]
    assert known["n"].tolist() == [144, 144]
    assert "these toy models were trained" in " ".join(front.split())
    facts = [re.search(rf"<li>{model}: (.*?)</li>", front)[1] for model in MODELS]
    assert facts[0] == facts[1]
    assert "studied, of" in facts[0]


def test_methods_stand_in_their_order_and_together(summarize, study):
    rows, page, front = summarize(study, "ig", "sig", "amig")
    places = rows[rows["finding"] == "mean_chance"][["model", "method"]]
    assert places.to_numpy().tolist() == [
        [model, method] for model in MODELS for method in ("ig", "sig", "amig")
    ]
    joint = rows[rows["finding"] == "excess_otsu"]
    assert joint["method"].tolist() == ["all", "all"]
    assert joint["estimate"].tolist() == [0.13, 0.13]
    assert page.count("0.13 [0.07, 0.19]") == 2 * 2
    assert "methods IG, SIG, AMIG" in front
    assert "By IG." in front


def test_interventions_are_those_of_the_model_and_method(summarize, study):
    rows, page, _ = summarize(study, "ig", "sig", "amig")
    own = rows[rows["finding"] == "synapses_less_mass"]
    assert own["model"].tolist() == [model for model in MODELS for _ in range(3)]
    assert own["estimate"].tolist() == pytest.approx([0.11, 0.099, 0.088] * 2)
    assert page.count("0.11 [0.06, 0.15]") == 2 * 2


def test_claims_are_those_of_the_models_in_their_order(summarize, study):
    claimed = {MODELS[0]: claims.found(-1.0), MODELS[1]: claims.found()}
    _, _, front = summarize(study, claimed=claimed)
    said = f"On {MODELS[0]}, 1 of 11 claims is supported, 10 not supported; on {MODELS[1]}, 11"
    assert said in " ".join(front.split())
    assert front.index("✗ not supported") < front.index("✓ supported")
    assert front.count('"not-supported"') == 10


def test_a_study_without_synapses_says_nothing_of_them(summarize, study):
    claimed = dataclasses.replace(claims.found(), synapses=None)
    rows, page, _ = summarize(study, claimed=claimed, synapses="", preset="")
    assert "self_less_neighbor" in rows["finding"].tolist()
    assert "synapses_less_mass" not in rows["finding"].tolist()
    assert "synapses compared" not in page


def test_edits_are_those_of_the_last_preset_and_of_the_methods_edited(summarize, study):
    rows, page, _ = summarize(study, "ig", "sig")
    own = rows[rows["finding"] == "update_query_generalization"]
    assert own[["model", "method"]].to_numpy().tolist() == [[model, "ig"] for model in MODELS]
    assert own["estimate"].tolist() == pytest.approx([-0.285, -0.285])
    assert page.count("generalize by −0.28 [−0.37, −0.19]") == 2
    rows, *_ = summarize(study, edit_rules='{"calibrated": {}, "paper": {}}')
    own = rows[rows["finding"] == "update_query_generalization"]
    assert own["estimate"].tolist() == pytest.approx([-0.228, -0.228])


def test_a_study_without_edits_says_nothing_of_them(summarize, study):
    claimed = dataclasses.replace(claims.found(), edits=None, edit_comparisons=None)
    rows, page, _ = summarize(study, claimed=claimed, qualities="", edits="", edit_rules="{}")
    assert not rows["finding"].str.startswith(("update_", "erase_")).any()
    assert "An edit changes" not in page


def test_a_changed_cell_changes_the_page(summarize, study):
    _, before, _ = summarize(study)
    overlaps = study["neuron_set_overlaps"]
    overlaps.loc[overlaps["rung"] == "same_object", "mean_jaccard"] = 0.2929
    rows, after, _ = summarize(study)
    assert "0.29 [0.25, 0.31]" not in before
    assert "0.29 [0.25, 0.31]" in after
    assert 0.2929 in rows["estimate"].tolist()


def test_a_changed_verdict_changes_the_front_page(summarize, study):
    tables = claims.found()
    *_, before = summarize(study, claimed=tables)
    tables = claims.replaced(tables, "agreements", "ci_low", -0.0123, criterion="otsu")
    *_, after = summarize(study, claimed=tables)
    assert "? undecided" not in before
    assert "11 of 11 claims" in before
    assert after.count("? undecided") > 2
    assert "10 of 11 claims are supported, 1 undecided" in " ".join(after.split())


def test_the_front_page_tells_the_run_from_its_record(summarize, study, tmp_path):
    shipped = tmp_path / "shipped.yaml"
    config = copy.deepcopy(fronts.SHIPPED)
    config["consistency"]["static_threshold"] = 0.777
    shipped.write_text(yaml.safe_dump(config), encoding="utf-8")
    *_, front = summarize(study, shipped=shipped)
    told = re.search(r'<table class="own">.*?</table>', front, re.S)[0]
    assert re.findall(r"<t[hd] .*?>(.*?)</t[hd]>", told)[3:] == [
        "consistency.static_threshold",
        "0.1",
        "0.777",
    ]
    assert "A Processor (x86_64, 2 cores)" in front


def test_a_study_without_facts_still_has_a_page(summarize, make_study):
    nothing = make_study(1, 1)
    for name in (
        "neuron_set_overlaps",
        "probability_associations",
        "class_diagnostics",
        "mapping_comparisons",
        "synapse_comparisons",
        "edit_summaries",
        "edit_comparisons",
    ):
        nothing.tables[name] = nothing[name].iloc[:0]
    rows, _, front = summarize(nothing, claimed=claims.nothing())
    assert "correlation" not in rows["finding"].tolist()
    said = "0 of 11 claims are supported, 11 not tested; on tiny-gpt2, 11 not tested."
    assert said in " ".join(front.split())
