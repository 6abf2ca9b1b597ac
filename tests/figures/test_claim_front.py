"""The front page's claims: counted in a sentence, and a row each with the part that decides."""

import dataclasses

import pytest
from tests.claims import AWARE, claims, found, nothing, replaced

from qloc.figures.claim_front import WHERE, ClaimRow, Verdict, claim_rows, verdict_sentences
from qloc.figures.claim_words import CLAIM_NAME

SUPPORTED = Verdict("supported", "✓ supported", "n = 40")


def rows_of(tables, **changed):
    return {row.number: row for row in claim_rows(claims(tables, **changed), "ig")}


def moved(tables, table, low, high, **place):
    """The same tables with other ends of both intervals in one row."""
    for name in ("ci", "simultaneous_ci"):
        tables = replaced(tables, table, f"{name}_low", low, **place)
        tables = replaced(tables, table, f"{name}_high", high, **place)
    return tables


def test_every_claim_has_a_row_and_a_figure():
    rows = rows_of(found())
    assert list(rows) == list(CLAIM_NAME) == list(WHERE)
    assert rows["4"] == ClaimRow(
        number="4",
        name=CLAIM_NAME["4"],
        measured="generalization of updates, K_I − K_C: below 0",
        estimate="−0.20 [−0.22, −0.18]",
        verdicts=[SUPPORTED],
        where="plot_tradeoff",
    )


def test_where_all_parts_hold_the_first_is_shown():
    rows = rows_of(found())
    assert rows["9"].measured == "average of updates, consistency-aware − own: above 0"
    assert rows["6"].estimate == "0.30 [0.28, 0.32]"


@pytest.mark.parametrize(
    ("place", "measured", "estimate"),
    [
        (
            {"fact_class": "difference"},
            "effect of own − of a neighbor's, K_I − K_C: above 0",
            "0.10 [−0.05, 0.32]",
        ),
        (
            {"fact_class": "all", "neuron_set": "self"},
            "effect of own neurons − of a neighbor's, suppressed: above 0",
            "0.30 [−0.05, 0.32]",
        ),
    ],
)
def test_the_part_that_decides_is_shown(place, measured, estimate):
    row = rows_of(moved(found(), "mappings", -0.05, 0.32, **place))["6"]
    assert (row.measured, row.estimate) == (measured, estimate)
    assert row.verdicts == [Verdict("undecided", "? undecided", "n = 40")]


def test_a_refuted_part_is_shown_before_one_that_was_not_tested():
    own = {"metric": "average", "other_set": "query", "fact_class": "inconsistent"}
    tables = moved(found(), "edit_comparisons", -0.4, -0.1, **own)
    others = {"metric": "perplexity_change", "neuron_set": AWARE}
    tables = replaced(tables, "edit_comparisons", "n_facts", 2, **others)
    row = rows_of(tables)["9"]
    assert row.measured.startswith("average of updates, consistency-aware − own")
    assert row.verdicts == [Verdict("not-supported", "✗ not supported", "n = 2")]


def test_the_star_is_of_claims_that_ten_at_once_change():
    tables = replaced(found(), "synapses", "simultaneous_ci_low", -0.01, contrast="random")
    texts = {number: row.verdicts[0].text for number, row in rows_of(tables).items()}
    assert texts.pop("7") == "✓ supported*"
    assert set(texts.values()) == {"✓ supported"}


def test_models_have_a_verdict_each_and_the_first_its_estimate():
    tables = {"z": found(-1.0), "a": found()}
    row = rows_of(tables)["2"]
    assert row.estimate == "−0.10 [−0.12, −0.08]"
    assert [verdict.kind for verdict in row.verdicts] == ["not-supported", "supported"]
    assert verdict_sentences(claims(tables), "ig") == [
        ("z", "1 of 11 claims is supported, 10 not supported"),
        ("a", "11 of 11 claims are supported"),
    ]


def test_claims_are_those_of_one_method_and_of_all():
    rows = claims(found(), methods=("ig", "sig"))
    is_other = (rows["method"] == "sig") & (rows["claim"] == "4")
    rows.loc[is_other, ["verdict", "simultaneous_verdict"]] = "undecided"
    assert verdict_sentences(rows, "ig") == [("tiny-gpt2", "11 of 11 claims are supported")]
    assert verdict_sentences(rows, "sig") == [
        ("tiny-gpt2", "10 of 11 claims are supported, 1 undecided")
    ]
    assert [row.verdicts[0].kind for row in claim_rows(rows, "sig")].count("undecided") == 1


def test_counts_follow_in_the_same_order():
    tables = dataclasses.replace(found(-1.0), synapses=None, effects=None)
    tables = moved(tables, "agreements", -0.5, 0.5, criterion="otsu")
    assert verdict_sentences(claims(tables), "ig") == [
        ("tiny-gpt2", "1 of 11 claims is supported, 7 not supported, 1 undecided, 2 not tested")
    ]


def test_what_was_not_tested_anywhere_has_no_figure_and_no_empty_estimate():
    rows = rows_of({"z": nothing(), "a": nothing()})
    assert {row.where for row in rows.values()} == {""}
    assert {row.estimate for row in rows.values()} == {"not measured"}
    assert rows["2"].verdicts == [Verdict("not-tested", "– not tested", "n = 0")] * 2
    one = rows_of({"z": nothing(), "a": found()})
    assert {row.number: row.where for row in one.values()} == WHERE
