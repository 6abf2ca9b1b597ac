"""The paper's claims: each on tables whose truth is known."""

import dataclasses
import math

import pytest
from tests.claims import ABSENT, AWARE, SETTINGS, UNION, found, replaced, sweep

from qloc.contracts.claims import CLAIMS, WHOLE
from qloc.measures.claim_parts import NO_INTERVAL
from qloc.measures.claims import CLAIM, judged


def wholes(tables, settings=SETTINGS):
    rows = judged(tables, settings, list(CLAIM))
    return rows[rows["part"] == WHOLE].set_index("claim")


def test_claims_that_hold_are_supported():
    verdicts = wholes(found())["verdict"]
    assert verdicts.index.tolist() == ["1", "1b", *map(str, range(2, 11))]
    assert (verdicts == "supported").all()


def test_claims_whose_opposite_holds_are_not():
    verdicts = wholes(found(-1.0))["verdict"].to_dict()
    assert verdicts.pop("10") == "supported"
    assert set(verdicts.values()) == {"not_supported"}
    assert len(verdicts) == 10


@pytest.mark.parametrize(
    ("claim", "table", "column", "place"),
    [
        ("1", "summaries", "ci_low", {"statistic": "clearly_inconsistent_share"}),
        ("1b", "diagnostics", "p_value", {"diagnostic": "dip"}),
        ("2", "agreements", "ci_low", {"criterion": "otsu"}),
        ("3", "sweep", "adjusted_ci_low", {"adjusted_inconsistent_share": 0.3}),
        ("4", "edits", "ci_high", {"neuron_set": "query"}),
        ("5", "edit_comparisons", "ci_high", {"metric": "locality"}),
        ("6", "mappings", "ci_low", {"fact_class": "difference"}),
        ("6", "mappings", "ci_high", {"neuron_set": "intersection"}),
        ("7", "synapses", "ci_low", {"contrast": "random"}),
        ("8", "synapses", "ci_low", {"is_renormalised": True}),
        ("9", "edit_comparisons", "ci_low", {"metric": "average", "other_set": f"{AWARE}_top"}),
        ("9", "edit_comparisons", "ci_high", {"metric": "perplexity_change", "other_set": UNION}),
        ("10", "edit_comparisons", "ci_high", {"fact_class": "consistent"}),
    ],
)
def test_one_part_that_crosses_its_limit_leaves_that_claim_and_no_other_undecided(
    claim, table, column, place
):
    beyond = -0.05 if column.endswith("low") else 0.12
    value = 0.5 if column == "p_value" else beyond
    verdicts = wholes(replaced(found(), table, column, value, **place))["verdict"]
    assert verdicts[claim] == "undecided"
    assert (verdicts.drop(claim) == "supported").all()


def test_each_part_stands_beside_the_whole():
    rows = judged(found(), SETTINGS, ["6"])
    assert rows["part"].tolist() == ["less_neighbor", "shared_less_own", "more_so", WHOLE]
    assert rows["estimate"].tolist()[:3] == [0.3, -0.2, 0.1]
    assert rows["side"].tolist()[:3] == ["above", "below", "above"]
    assert math.isnan(rows["estimate"][3])
    assert rows["n_facts"].tolist() == [40] * 4
    assert set(rows) == {column.name for column in CLAIMS.columns} - {"method"}


def test_a_simultaneous_verdict_is_that_of_the_wider_interval():
    tables = replaced(found(), "agreements", "simultaneous_ci_low", -0.01, criterion="otsu")
    row = wholes(tables).loc["2"]
    assert (row["verdict"], row["simultaneous_verdict"]) == ("supported", "undecided")


def test_chance_above_the_static_threshold_leaves_claim_1_undecided():
    tables = replaced(found(), "summaries", "estimate", 0.16, statistic="mean_chance")
    row = wholes(tables).loc["1"]
    assert row["verdict"] == "undecided"
    assert "chance" in row["reason"]


def test_one_pair_of_thresholds_refutes_claim_3_and_is_named():
    row = wholes(dataclasses.replace(found(), sweep=sweep([0.5, 0.04, 0.03, 0.9]))).loc["3"]
    assert row["verdict"] == "not_supported"
    assert row["estimate"] == 0.03
    assert "consistency threshold 0.30" in row["reason"]


def test_a_share_of_0_that_no_draw_changes_leaves_claim_3_undecided():
    rows = sweep([0.5, 0.0, 0.9])
    ends = [name for name in rows if "_ci_" in name]
    rows.loc[1, ends] = math.nan
    row = wholes(dataclasses.replace(found(), sweep=rows)).loc["3"]
    assert row["verdict"] == "undecided"
    rows.loc[1, "adjusted_inconsistent_share"] = 1.0
    assert wholes(dataclasses.replace(found(), sweep=rows)).loc["3", "verdict"] == "supported"


@pytest.mark.parametrize(
    ("table", "claims"),
    [("agreements", ["2"]), ("synapses", ["7", "8"]), ("edit_comparisons", ["5", "9", "10"])],
)
def test_what_a_study_leaves_out_is_not_tested_and_says_why(table, claims):
    rows = wholes(dataclasses.replace(found(), **{table: None}))
    assert (rows.loc[claims, "verdict"] == "not_tested").all()
    assert rows.loc[claims, "reason"].str.contains(ABSENT[table]).all()
    assert (rows["verdict"].drop(claims) == "supported").all()


def test_too_few_facts_test_nothing():
    tables = replaced(found(), "agreements", "n_facts", 10, criterion="otsu")
    row = wholes(tables).loc["2"]
    assert row["verdict"] == "not_tested"
    assert row["reason"] == "10 facts, fewer than `claims.min_facts`, 11"


def test_without_an_interval_nothing_is_tested():
    tables = replaced(found(), "agreements", "ci_low", math.nan, criterion="otsu")
    row = wholes(tables).loc["2"]
    assert (row["verdict"], row["reason"]) == ("not_tested", NO_INTERVAL)
