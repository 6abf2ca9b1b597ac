"""`judge-claims` judges the claims of every method on the tables of one model."""

import json

import numpy as np
import pandas as pd
import pytest
from tests.edits import quality

from qloc.contracts.claims import CLAIMS, WHOLE
from qloc.measures.claims import CLAIM
from qloc.tables import read_table

METHODS = ("ig", "sig")
OF_METHODS = {
    "summaries": "class_summaries",
    "diagnostics": "class_diagnostics",
    "sweeps": "threshold_sweeps",
}
OF_MODELS = {
    "agreements": "class_agreements",
    "mappings": "mapping_comparisons",
    "synapses": "synapse_comparisons",
    "effects": "synapse_summaries",
    "edits": "edit_summaries",
    "edit_comparisons": "edit_comparisons",
}
OF_EDITS = ["4", "5", "9", "10"]
SETTINGS = {
    "preset": "paper",
    "edit_rules": '{"paper": {}, "calibrated": {}}',
    "widespread": 0.1,
    "evidence": 0.05,
    "every_threshold": 0.05,
    "margin": 0.05,
    "min_facts": 2,
    "static_threshold": 0.15,
}


@pytest.fixture
def judge(study, run_stage, tmp_path):
    """A function that judges the study's claims by two methods: a row for every part."""

    def judge(methods=METHODS, tables=study, **changed):
        written = {
            option: " ".join(str(tables.write(tmp_path, table, method=name)) for name in methods)
            for option, table in OF_METHODS.items()
        }
        written |= {name: tables.write(tmp_path, table) for name, table in OF_MODELS.items()}
        path = tmp_path / "claims.parquet"
        run_stage("judge-claims", **(written | SETTINGS | {"claims": path} | changed))
        return read_table(CLAIMS, path).set_index(["method", "claim", "part"])

    return judge


def wholes(rows):
    return rows.xs(WHOLE, level="part")


def test_every_method_has_every_claim_and_those_about_all_are_judged_once(judge):
    claims = wholes(judge()).reset_index().groupby("method")["claim"].apply(sorted)
    alone = sorted(set(CLAIM) - {"2"})
    assert claims.to_dict() == {"all": ["2"], "ig": alone, "sig": alone}


def test_numbers_are_those_of_the_method_and_of_the_table(judge):
    rows = judge()
    shares = {
        ("ig", "7", "mass_matched"): 0.11,
        ("sig", "7", "mass_matched"): 0.099,
        ("ig", "7", "own"): 0.415,
        ("ig", "8", "as_they_are"): 0.24,
        ("ig", "8", "renormalised"): 0.16,
        ("ig", "6", "less_neighbor"): 0.21,
        ("ig", "6", "more_so"): 0.21 / 4,
        ("all", "2", "excess_within_relations"): 0.13,
        ("ig", "1b", "bic_difference"): -7.25,
    }
    found = {place: float(rows.loc[place, "estimate"]) for place in shares}
    assert found == pytest.approx(shares)
    row = rows.loc[("all", "2", "excess_within_relations")]
    ends = ["ci_low", "ci_high", "simultaneous_ci_low", "simultaneous_ci_high"]
    assert row[ends].tolist() == pytest.approx([0.07, 0.19, 0.04, 0.22])
    assert (row["n_facts"], row["n_relations"]) == (36, 3)
    assert (row["verdict"], row["simultaneous_verdict"]) == ("supported", "supported")
    assert row["detectable"] == pytest.approx(0.06)
    less = rows.loc[("ig", "6", "shared_less_own")]
    assert (less["side"], less["verdict"]) == ("below", "not_supported")
    assert rows.loc[("ig", "6", WHOLE), "verdict"] == "not_supported"
    assert rows.loc[("ig", "1b", WHOLE), "verdict"] == "not_supported"


def test_a_simultaneous_interval_may_leave_open_what_another_decides(judge, study):
    """−0.0525 with an interval from −0.1025 to −0.0125, and one from −0.1225 to 0.0075."""
    rows = study["mapping_comparisons"]
    is_between = rows["fact_class"] == "difference"
    numbers = [name for name in rows if name == "difference" or "ci_" in name]
    rows.loc[is_between, numbers] -= 0.105
    row = judge().loc[("ig", "6", "more_so")]
    assert row["estimate"] == pytest.approx(-0.0525)
    assert (row["verdict"], row["simultaneous_verdict"]) == ("not_supported", "undecided")


@pytest.mark.parametrize(("first", "last"), [("paper", "calibrated"), ("calibrated", "paper")])
def test_edits_are_updates_of_the_last_preset_at_its_chosen_strength(judge, first, last):
    rows = judge(edit_rules=json.dumps({first: {}, last: {}}))
    strength = {"calibrated": 2, "paper": 0}[last]

    def less(metric, first, second):
        """Of a set and a class, 0 consistent, less another."""
        means = [
            quality(name, "update", last, strength)[metric][at] for name, at in (first, second)
        ]
        return means[0] - means[1]

    aware, union = "consistency_aware_held_out", "union_held_out"
    expected = {
        ("4", "generalization"): less("generalization", ("query", 1), ("query", 0)),
        ("5", "locality_query"): less("locality", (union, 1), ("query", 1)),
        ("9", "average_query"): less("average", (aware, 1), ("query", 1)),
        ("9", f"perplexity_change_{union}"): less("perplexity_change", (aware, 1), (union, 1)),
        ("10", "average_query"): less("average", (aware, 0), ("query", 0)),
    }
    found = {place: float(rows.loc[("ig", *place), "estimate"]) for place in expected}
    assert found == pytest.approx(expected)


def test_synapses_are_those_of_the_preset(judge, study):
    rows = study["synapse_comparisons"]
    is_other = rows["preset"] != "paper"
    rows.loc[is_other, "difference"] = 0.5
    preset = rows.loc[is_other, "preset"].iloc[0]
    assert judge().loc[("ig", "7", "random"), "estimate"] == pytest.approx(0.17)
    assert judge(preset=preset).loc[("ig", "7", "random"), "estimate"] == 0.5
    reasons = wholes(judge(preset="of nobody")).loc["ig", "reason"]
    assert reasons["8"] == "as_they_are: nothing was measured; renormalised: nothing was measured"


def test_a_method_that_was_not_edited_says_so(judge):
    rows = wholes(judge())
    other = rows.loc["sig"].loc[OF_EDITS]
    assert (other["verdict"] == "not_tested").all()
    assert other["reason"].str.contains("`editing.methods`").all()
    assert (rows.loc["ig"].loc[OF_EDITS, "verdict"] != "not_tested").all()


@pytest.mark.parametrize(
    ("options", "claims", "setting"),
    [
        ({"agreements": ""}, [("all", "2")], "`methods`"),
        (
            {"synapses": "", "effects": "", "preset": ""},
            [("ig", "7"), ("ig", "8"), ("sig", "7")],
            "`synapses.presets`",
        ),
        (
            {"edits": "", "edit_comparisons": "", "edit_rules": "{}"},
            [("ig", claim) for claim in OF_EDITS],
            "`editing.methods`",
        ),
    ],
)
def test_what_a_study_leaves_out_is_not_tested_and_names_its_setting(
    judge, options, claims, setting
):
    before, rows = wholes(judge()), wholes(judge(**options))
    assert (rows.loc[claims, "verdict"] == "not_tested").all()
    assert rows.loc[claims, "reason"].str.contains(setting, regex=False).all()
    is_other = ~rows.index.get_level_values("claim").isin([claim for _, claim in claims])
    assert rows[is_other].equals(before[is_other])


@pytest.mark.parametrize(
    ("option", "value", "claim"),
    [("widespread", 0.01, "1"), ("every_threshold", 0.02, "3"), ("margin", 0.9, "10")],
)
def test_a_limit_is_the_one_that_was_set(judge, option, value, claim):
    rows = judge(**{option: value}).xs("ig")
    assert rows.loc[claim].iloc[0]["limit"] == value
    others = judge().xs("ig")
    is_other = rows.index.get_level_values("claim") != claim
    assert rows[is_other].equals(others[is_other])
    assert not rows.loc[claim].equals(others.loc[claim])


def test_evidence_of_two_kinds_is_as_strong_as_was_set(judge, study):
    rows = study["class_diagnostics"]
    rows.loc[rows["diagnostic"] == "bic_difference", ["value", "p_value"]] = -7.25, 0.07
    rows.loc[rows["diagnostic"] == "dip", "p_value"] = 0.03
    assert wholes(judge(evidence=0.01)).loc[("ig", "1b"), "verdict"] == "not_supported"
    rows.loc[rows["diagnostic"] == "bic_difference", "value"] = 7.25
    verdicts = {
        level: wholes(judge(evidence=level)).loc[("ig", "1b"), "verdict"]
        for level in (0.01, 0.05, 0.1)
    }
    assert verdicts == {0.01: "undecided", 0.05: "undecided", 0.1: "supported"}


def test_claim_1_is_open_where_chance_exceeds_the_static_threshold(judge):
    row = wholes(judge(static_threshold=0.01)).loc[("ig", "1")]
    assert (row["verdict"], row["reason"]) == (
        "undecided",
        "chance alone exceeds the static threshold",
    )
    assert pd.isna(wholes(judge(static_threshold=0.99)).loc[("ig", "1"), "reason"])


def test_too_few_facts_test_nothing(judge):
    rows = judge(min_facts=1000)
    assert set(rows["verdict"]) == set(rows["simultaneous_verdict"]) == {"not_tested"}
    assert rows["reason"].notna().all()
    assert "36 facts, fewer than `claims.min_facts`, 1000" in rows["reason"].tolist()


def test_a_study_without_facts_tests_nothing(judge, study, make_study):
    """As the summaries are of a study whose facts have no score."""
    none = make_study(0, 0)
    ends = [name for name in study["class_summaries"] if "ci_" in name]
    none.tables["class_summaries"] = study["class_summaries"].assign(
        n_facts=0, n_relations=0, estimate=np.nan, **dict.fromkeys(ends, np.nan)
    )
    rows = judge(tables=none)
    assert set(rows["verdict"]) == {"not_tested"}
    assert rows["reason"].notna().all()
    assert len(wholes(rows)) == 2 * len(CLAIM) - 1


def test_an_estimate_outside_its_interval_is_no_mistake(judge, study):
    rows = study["class_agreements"]
    rows.loc[rows["statistic"] == "excess_within_relations", "ci_low"] = 0.15
    assert judge().loc[("all", "2", WHOLE), "detectable"] == 0
