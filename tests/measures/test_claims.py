"""The paper's claims: each on tables whose truth is known."""

import dataclasses
import math

import pandas as pd
import pytest

from qloc.contracts.claims import CLAIMS, WHOLE
from qloc.measures.claim_parts import NO_INTERVAL, ClaimSettings, Found
from qloc.measures.claims import CLAIM, judged

SETTINGS = ClaimSettings(
    widespread=0.2,
    every_threshold=0.06,
    margin=0.08,
    min_facts=11,
    static_threshold=0.15,
    evidence=0.04,
)
AWARE, UNION = "consistency_aware_held_out", "union_held_out"
ABSENT = {
    "agreements": "one method",
    "synapses": "no preset",
    "edits": "not edited",
    "edit_comparisons": "not edited",
}


def around(value, error=0.02, n_facts=40):
    """Numbers of an estimate whose simultaneous interval is half as wide again."""
    return {
        "n_facts": n_facts,
        "n_relations": 7,
        "ci_low": value - error,
        "ci_high": value + error,
        "simultaneous_ci_low": value - 1.5 * error,
        "simultaneous_ci_high": value + 1.5 * error,
    }


def mapping(neuron_set, other_set, fact_class, value):
    place = {"neuron_set": neuron_set, "other_set": other_set, "fact_class": fact_class}
    fixed = {"manipulation": "suppress", "criterion": "otsu"}
    return place | fixed | {"difference": value} | around(value)


def synapse(contrast, is_renormalised, value):
    fixed = {"manipulation": "suppress", "criterion": "otsu", "fact_class": "all", "outcome": "own"}
    place = {"contrast": contrast, "is_renormalised": is_renormalised}
    return place | fixed | {"difference": value} | around(value)


def edit(metric, neuron_set, other_set, fact_class, value):
    place = {"neuron_set": neuron_set, "other_set": other_set, "fact_class": fact_class}
    fixed = {"scorer": "first_token", "operation": "update", "metric": metric}
    return place | fixed | {"difference": value} | around(value)


def found(sign=1.0):
    """Tables in which every claim holds; with another sign none does, but for 10."""
    share = 0.4 if sign > 0 else 0.1
    summaries = [
        {"criterion": "static", "statistic": name, "estimate": value} | around(value)
        for name, value in (("clearly_inconsistent_share", share), ("mean_chance", 0.1))
    ]
    p_value = 0.01 if sign > 0 else 0.5
    diagnostics = [
        {"diagnostic": "bic_difference", "value": 9.0, "p_value": p_value, "n_facts": 40},
        {"diagnostic": "dip", "value": 0.1, "p_value": p_value, "n_facts": 40},
    ]
    others = ("query", UNION, f"{AWARE}_random", f"{AWARE}_top")
    edits = [edit("average", AWARE, other, "inconsistent", 0.3 * sign) for other in others]
    return Found(
        summaries=pd.DataFrame(summaries),
        diagnostics=pd.DataFrame(diagnostics),
        sweep=sweep([0.5, 0.3 if sign > 0 else 0.03, 0.9]),
        agreements=pd.DataFrame(
            [
                {
                    "criterion": "otsu",
                    "statistic": "excess_within_relations",
                    "estimate": 0.1 * sign,
                }
                | around(0.1 * sign)
            ]
        ),
        mappings=pd.DataFrame(
            [
                mapping("self", "neighbor", "all", 0.3 * sign),
                mapping("self", "neighbor", "difference", 0.1 * sign),
                mapping("intersection", "self_sample_intersection", "all", -0.2 * sign),
            ]
        ),
        synapses=pd.DataFrame(
            [
                *(
                    synapse(name, False, 0.2 * sign)
                    for name in ("mass_matched", "neighbors_only", "random", "enhance")
                ),
                synapse("enhance", True, 0.2 * sign),
            ]
        ),
        edits=pd.DataFrame(
            [
                {"scorer": "first_token", "operation": "update", "neuron_set": "query"}
                | {"metric": "generalization", "fact_class": "difference", "mean": -0.2 * sign}
                | around(-0.2 * sign)
            ]
        ),
        edit_comparisons=pd.DataFrame(
            [
                *edits,
                edit("locality", UNION, "query", "inconsistent", -0.2 * sign),
                edit("perplexity_change", UNION, "query", "inconsistent", 0.7 * sign),
                edit("perplexity_change", AWARE, UNION, "inconsistent", -0.5 * sign),
                edit("average", AWARE, "query", "consistent", 0.01),
            ]
        ),
        absent=ABSENT,
    )


def sweep(shares, error=0.02):
    rows = [
        {
            "selection_threshold": 0.1,
            "consistency_threshold": 0.1 * (number + 1),
            "n_facts": 40,
            "adjusted_inconsistent_share": share,
            "adjusted_ci_low": share - error,
            "adjusted_ci_high": share + error,
            "adjusted_simultaneous_ci_low": share - 1.5 * error,
            "adjusted_simultaneous_ci_high": share + 1.5 * error,
        }
        for number, share in enumerate(shares)
    ]
    return pd.DataFrame(rows)


def wholes(tables, settings=SETTINGS):
    rows = judged(tables, settings, list(CLAIM))
    return rows[rows["part"] == WHOLE].set_index("claim")


def replaced(tables, table, column, value, **place):
    rows = getattr(tables, table).copy()
    is_meant = (rows[list(place)] == list(place.values())).all(axis=1)
    assert is_meant.sum() == 1
    rows.loc[is_meant, column] = value
    return dataclasses.replace(tables, **{table: rows})


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
