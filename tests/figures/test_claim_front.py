"""The front page's claims: counted in words, and a row each with the part that decides."""

import dataclasses

import pytest
from tests.claims import AWARE, claims, found, nothing, replaced

from qloc.figures.claim_front import (
    CHAPTER,
    ClaimRow,
    Verdict,
    claim_rows,
    reasons,
    verdict_sentences,
)
from qloc.figures.claim_words import CLAIM_NAME

MODEL = "tiny-gpt2"


def verdict(kind, text, claim, n="n = 40", model=MODEL):
    """A cell of a claim."""
    return Verdict(kind, text, n, model, f"chapters/{model}/{CHAPTER[claim]}.html#claim-{claim}")


def rows_of(tables, **changed):
    return {row.number: row for row in claim_rows(claims(tables, **changed), "ig")}


def moved(tables, table, low, high, **place):
    """The same tables with other ends of both intervals in one row."""
    for name in ("ci", "simultaneous_ci"):
        tables = replaced(tables, table, f"{name}_low", low, **place)
        tables = replaced(tables, table, f"{name}_high", high, **place)
    return tables


def test_every_claim_has_a_row_and_a_chapter():
    rows = rows_of(found())
    assert list(rows) == list(CLAIM_NAME) == list(CHAPTER)
    assert rows["4"] == ClaimRow(
        number="4",
        name=CLAIM_NAME["4"],
        measured="generalization of updates, K_I − K_C: < 0",
        estimate="−0.20 [−0.22, −0.18]",
        as_paper="yes",
        printed="",
        n="40",
        verdicts=[verdict("supported", "✓ supported", "4")],
    )


def test_where_all_parts_hold_the_first_is_shown():
    rows = rows_of(found())
    assert rows["9"].measured == "average of updates, consistency-aware − own: > 0"
    assert rows["6"].estimate == "0.30 [0.28, 0.32]"


@pytest.mark.parametrize(
    ("place", "measured", "estimate"),
    [
        (
            {"fact_class": "difference"},
            "effect of own − of a neighbor's, K_I − K_C: > 0",
            "0.10 [−0.05, 0.32]",
        ),
        (
            {"fact_class": "all", "neuron_set": "self"},
            "effect of own neurons − of a neighbor's, suppressed: > 0",
            "0.30 [−0.05, 0.32]",
        ),
    ],
)
def test_the_part_that_decides_is_shown(place, measured, estimate):
    row = rows_of(moved(found(), "mappings", -0.05, 0.32, **place))["6"]
    assert (row.measured, row.estimate) == (measured, estimate)
    assert row.verdicts == [verdict("undecided", "? undecided", "6")]


def test_a_refuted_part_is_shown_before_one_that_was_not_tested():
    own = {"metric": "average", "other_set": "query", "fact_class": "inconsistent"}
    tables = moved(found(), "edit_comparisons", -0.4, -0.1, **own)
    others = {"metric": "perplexity_change", "neuron_set": AWARE}
    tables = replaced(tables, "edit_comparisons", "n_facts", 2, **others)
    row = rows_of(tables)["9"]
    assert row.measured.startswith("average of updates, consistency-aware − own")
    assert row.verdicts == [verdict("not-supported", "✗ not supported", "9", "n = 2")]
    assert row.n == "40"


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
        ("a", "11 supported"),
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


def test_of_many_models_verdicts_are_counted():
    tables = {f"m{i}": found(-1.0 if i == 3 else 1.0) for i in range(5)}
    row = rows_of(tables)["4"]
    said = "4 ✓ supported, 1 ✗ not supported"
    assert row.verdicts == [Verdict("counts", said, "", "", "tables/claims.html")]
    assert verdict_sentences(claims(tables), "ig") == [
        ("5 models", "45 of 55 verdicts are supported, 10 not supported")
    ]


def test_what_was_not_tested_has_no_facts_and_no_empty_cell():
    rows = rows_of({"z": nothing(), "a": nothing()})
    assert {row.estimate for row in rows.values()} == {"not measured"}
    assert {row.as_paper for row in rows.values()} == {"not measured"}
    assert {row.n for row in rows.values()} == {"none"}
    assert rows["2"].verdicts == [
        verdict("not-tested", "– not tested", "2", "no facts", model) for model in "za"
    ]


def test_what_the_paper_prints_stands_beside_this_runs_number():
    rows = rows_of(found())
    said = {number: row.printed for number, row in rows.items() if row.printed}
    assert set(said) == {"1b"}
    assert said["1b"].startswith("Otsu's threshold, beside it: paper 0.08–0.17, here ")
    assert "not estimable" not in "".join(said.values())
    assert rows_of(nothing())["1b"].printed.endswith("here not measured")


def test_a_clear_interval_that_does_not_decide_says_why():
    tables = replaced(found(), "summaries", "estimate", 0.9, statistic="mean_chance")
    row = rows_of(tables)["1"]
    assert row.verdicts[0].kind == "undecided"
    assert row.measured.endswith("; chance alone exceeds the static threshold")
    assert all(";" not in other.measured for other in rows_of(found()).values())


def test_reasons_are_those_of_verdicts_that_are_none():
    assert reasons(claims(found()), "ig") == []
    said = reasons(claims(dataclasses.replace(found(), synapses=None)), "ig")
    assert [row[:3] for row in said] == [(MODEL, claim, "– not tested") for claim in ("7", "8")]
    undecided = moved(found(), "agreements", -0.5, 0.5, criterion="otsu")
    ((_, claim, verdict_name, why),) = reasons(claims(undecided), "ig")
    assert (claim, verdict_name) == ("2", "? undecided")
    assert "with 40 facts, differences under" in why
