"""The paper's claims: each on tables whose truth is known."""

import dataclasses
import math

import pandas as pd
import pytest
from tests.claims import ABSENT, AWARE, SETTINGS, UNION, found, replaced, sweep

from qloc.contracts.claims import CLAIMS, WHOLE
from qloc.measures.change_claims import OTHER_WAY
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
        ("6", "mappings", "ci_high", {"neuron_set": "refined_sample"}),
        ("7", "effects", "ci_low", {"outcome": "own"}),
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
    assert rows["part"].tolist() == [
        "less_neighbor",
        "shared_less_own",
        "common_less_own",
        "more_so",
        WHOLE,
    ]
    assert rows["estimate"].tolist()[:4] == [0.3, -0.2, -0.15, 0.1]
    assert rows["side"].tolist()[:4] == ["above", "below", "below", "above"]
    assert math.isnan(rows["estimate"][4])
    assert rows["n_facts"].tolist() == [40] * 5
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


def test_pairs_of_thresholds_with_too_few_facts_say_nothing_about_claim_3():
    rows = sweep([0.5, 0.03, 0.3])
    rows.loc[1, "n_facts"] = 10
    row = wholes(dataclasses.replace(found(), sweep=rows)).loc["3"]
    assert (row["verdict"], row["estimate"]) == ("supported", 0.3)
    few = wholes(dataclasses.replace(found(), sweep=rows.assign(n_facts=10))).loc["3"]
    assert few["verdict"] == "not_tested"
    assert few["reason"] == "10 facts, fewer than `claims.min_facts`, 11"
    none = wholes(dataclasses.replace(found(), sweep=rows.iloc[:0])).loc["3"]
    assert none["reason"] == "no facts, fewer than `claims.min_facts`, 11"


def test_ten_at_once_claim_3_must_hold_at_every_pair_too():
    """The pair whose 95 % interval is lowest is not the one whose wider interval is."""
    rows = sweep([0.5, 0.1, 0.11])
    rows.loc[2, "adjusted_simultaneous_ci_low"] = 0.01
    row = wholes(dataclasses.replace(found(), sweep=rows)).loc["3"]
    assert row["estimate"] == 0.1
    assert (row["verdict"], row["simultaneous_verdict"]) == ("supported", "undecided")


@pytest.mark.parametrize(
    ("value", "bic", "dip", "verdict", "simultaneous"),
    [
        (9.0, 0.003, 0.003, "supported", "supported"),
        (9.0, 0.03, 0.003, "supported", "undecided"),
        (9.0, 0.03, 0.3, "undecided", "undecided"),
        (9.0, 0.3, 0.3, "undecided", "undecided"),
        (-5.0, 0.3, 0.3, "undecided", "undecided"),
        (-7.0, 0.3, 0.3, "not_supported", "not_supported"),
        (-7.0, 0.3, 0.03, "undecided", "undecided"),
        (-7.0, 0.003, 0.003, "undecided", "undecided"),
    ],
)
def test_silent_tests_alone_do_not_refute_two_kinds(value, bic, dip, verdict, simultaneous):
    tables = replaced(found(), "diagnostics", "value", value, diagnostic="bic_difference")
    tables = replaced(tables, "diagnostics", "p_value", bic, diagnostic="bic_difference")
    row = wholes(replaced(tables, "diagnostics", "p_value", dip, diagnostic="dip")).loc["1b"]
    assert (row["verdict"], row["simultaneous_verdict"]) == (verdict, simultaneous)
    assert row["n_relations"] == 7


def test_own_neurons_that_rise_refute_claim_7_whatever_the_controls_do():
    tables = found()
    for column, value in (("mean", -0.1), ("ci_low", -0.2), ("ci_high", -0.05)):
        tables = replaced(tables, "effects", column, value, outcome="own")
    row = wholes(tables).loc["7"]
    assert (row["verdict"], row["direction"]) == ("not_supported", "against")


def test_claim_8_says_where_doubling_itself_moves_neurons_the_other_way():
    tables = found()
    doubled = tables.effects.assign(manipulation="enhance", mean=-0.1, ci_low=-0.2, ci_high=-0.05)
    effects = pd.concat([tables.effects, doubled], ignore_index=True)
    rows = judged(dataclasses.replace(tables, effects=effects), SETTINGS, ["8"])
    assert rows["reason"][0] == OTHER_WAY
    assert rows["reason"][1:].isna().all()
    assert rows["verdict"].tolist() == ["supported"] * 3
    effects.loc[1, "ci_high"] = 0.0
    again = judged(dataclasses.replace(tables, effects=effects), SETTINGS, ["8"])
    assert again["reason"].isna().all()


def test_a_direction_needs_no_interval_and_a_joint_one_every_part():
    tables = replaced(found(), "mappings", "ci_low", -0.5, fact_class="difference")
    assert wholes(tables).loc["6", "direction"] == "as_claimed"
    tables = replaced(found(), "mappings", "difference", -0.01, fact_class="difference")
    assert wholes(tables).loc["6", "direction"] == "against"
    tables = replaced(found(), "mappings", "difference", math.nan, fact_class="difference")
    assert pd.isna(wholes(tables).loc["6", "direction"])


@pytest.mark.parametrize(
    ("low", "high", "place"),
    [(0.05, 0.3, "inside"), (0.08, 0.17, "inside"), (0.2, 0.3, "outside"), (0.01, 0.07, "outside")],
)
def test_a_number_of_the_paper_stands_beside_this_runs_own_of_the_same(low, high, place):
    threshold = {"statistic": "threshold"}
    tables = replaced(found(), "summaries", "ci_low", low, **threshold)
    row = wholes(replaced(tables, "summaries", "ci_high", high, **threshold)).loc["1b"]
    assert (row["paper_low"], row["paper_high"], row["paper_inside"]) == (0.08, 0.17, place)
    assert (row["as_paper"], row["as_paper_ci_low"]) == (0.2, low)
    assert row["verdict"] == "supported"


def test_a_range_of_the_paper_may_lie_partly_in_an_interval():
    row = wholes(found()).loc["1b"]
    assert (row["paper_low"], row["paper_high"]) == (0.08, 0.17)
    assert row["as_paper"] == 0.2
    assert row["paper_inside"] == "outside"
    tables = replaced(found(), "summaries", "ci_low", 0.1, statistic="threshold")
    assert wholes(tables).loc["1b", "paper_inside"] == "partly"


def test_what_the_paper_prints_is_known_without_a_measurement():
    summaries = found().summaries
    without = summaries[summaries["statistic"] != "threshold"]
    row = wholes(dataclasses.replace(found(), summaries=without)).loc["1b"]
    assert row["paper_low"] == 0.08
    assert math.isnan(row["as_paper"])
    assert pd.isna(row["paper_inside"])


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
    [
        ("agreements", ["2"]),
        ("synapses", ["7", "8"]),
        ("effects", ["7"]),
        ("edits", ["4"]),
        ("edit_comparisons", ["5", "9", "10"]),
    ],
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
