"""Every claim, part and verdict has its words, and what is undecided says what it would take."""

import dataclasses
import math

import pytest
from tests.claims import ABSENT, SETTINGS, found, nothing, replaced, sweep

from qloc.contracts.claims import DIRECTIONS, PLACES, SIDES, VERDICTS, WHOLE
from qloc.figures.claim_words import (
    CLAIM_NAME,
    CLAIM_SHORT,
    DIRECTION_NAME,
    INSIDE_NAME,
    PAPER_SHORT,
    PART_NAME,
    PART_SHORT,
    SIDE_NAME,
    VERDICT_NAME,
    WITHOUT_INTERVAL,
    direction,
    estimate,
    inside,
    is_whole,
    paper,
    parts,
    printed,
    region,
    why,
)
from qloc.figures.formats import each
from qloc.measures.claims import CLAIM, judged


def row_of(tables, claim, part=WHOLE):
    rows = judged(tables, SETTINGS, [claim])
    return next(each(rows[rows["part"] == part]))


def test_every_claim_part_side_and_verdict_has_words_and_none_is_left_over():
    rows = judged(found(), SETTINGS, list(CLAIM))
    assert list(CLAIM_NAME) == list(CLAIM_SHORT) == list(CLAIM)
    assert set(PART_NAME) == set(PART_SHORT) == set(rows["part"]) - {WHOLE}
    assert list(PAPER_SHORT) == list(rows.loc[rows["paper_low"].notna(), "claim"].unique())
    assert (tuple(DIRECTION_NAME), tuple(INSIDE_NAME)) == (DIRECTIONS, PLACES)
    assert set(WITHOUT_INTERVAL) <= set(PART_NAME)
    assert tuple(SIDE_NAME) == SIDES
    assert sorted(VERDICT_NAME) == sorted(VERDICTS)
    for names in (CLAIM_NAME, VERDICT_NAME):
        assert len(set(names.values())) == len(names)


def test_parts_are_named_apart_within_a_claim():
    rows = judged(found(), SETTINGS, list(CLAIM))
    for _, of_claim in rows[~is_whole(rows)].groupby("claim"):
        assert of_claim["part"].map(PART_NAME).is_unique


def test_parts_stand_in_the_order_of_the_claim_however_they_are_read():
    for claim in CLAIM:
        rows = judged(found(), SETTINGS, [claim])
        said = rows["part"].tolist()[:-1]
        assert [row.part for row in parts(rows.sort_values("part"))] == said


@pytest.mark.parametrize(
    ("claim", "part", "words", "number"),
    [
        ("1", "clearly_inconsistent", "above 0.20 of facts", "0.40 [0.38, 0.42]"),
        ("1b", "bic_difference", "above 0", "9.00"),
        ("4", "generalization", "below 0", "−0.20 [−0.22, −0.18]"),
        ("10", "average_query", "within ±0.08", "0.010 [−0.010, 0.030]"),
    ],
)
def test_a_part_says_what_is_claimed_and_what_was_found(claim, part, words, number):
    row = row_of(found(), claim, part)
    assert (region(row), estimate(row)) == (words, number)


def test_a_whole_of_several_parts_has_no_region_and_no_number():
    row = row_of(found(), "9")
    assert (region(row), estimate(row)) == ("", "")


@pytest.mark.parametrize("tables", [found(), found(-1.0)])
def test_what_is_decided_by_its_interval_needs_no_reason(tables):
    rows = judged(tables, SETTINGS, list(CLAIM))
    told = {row.claim for row in each(rows) if why(row)}
    assert told == {"1b", "3"}
    assert why(row_of(tables, "1b")).startswith("p of BIC ")


@pytest.mark.parametrize(
    ("claim", "tables", "words"),
    [
        # From 0.10 down to 0.00, or from 0.01 up to 0.09.
        (
            "2",
            replaced(found(), "agreements", "ci_low", 0.0, criterion="otsu"),
            "with 40 facts, differences under 0.10 stay undecided",
        ),
        (
            "10",
            replaced(found(), "edit_comparisons", "ci_high", 0.09, fact_class="consistent"),
            "with 40 facts, margins under 0.08 stay undecided",
        ),
        (
            "3",
            dataclasses.replace(found(), sweep=sweep([0.5, 0.07, 0.9])),
            "at selection threshold 0.10, consistency threshold 0.20;"
            " with 40 facts, differences under 0.02 stay undecided",
        ),
    ],
)
def test_what_is_undecided_says_the_smallest_difference_that_is_not(claim, tables, words):
    row = row_of(tables, claim)
    assert row.verdict == "undecided"
    assert why(row) == words


def test_what_something_else_leaves_undecided_says_that_only():
    tables = replaced(found(), "summaries", "estimate", 0.16, statistic="mean_chance")
    assert why(row_of(tables, "1")) == "chance alone exceeds the static threshold"


def test_a_wide_interval_of_relative_changes_says_that_a_few_facts_carry_it():
    wide = replaced(found(), "synapses", "ci_low", -2.0, contrast="random")
    assert why(row_of(wide, "7", "random")).endswith("; a few facts carry this mean")
    assert why(row_of(found(), "7", "random")) == ""
    other = replaced(found(), "agreements", "ci_low", -2.0, criterion="otsu")
    assert "carry" not in why(row_of(other, "2"))


def test_what_was_not_tested_says_why():
    rows = judged(nothing(), SETTINGS, list(CLAIM))
    assert set(rows["verdict"]) == {"not_tested"}
    reasons = {row.claim: why(row) for row in each(rows[is_whole(rows)])}
    assert all(reasons.values())
    assert reasons["2"] == ABSENT["agreements"]
    assert reasons["6"].count("nothing was measured") == 4
    assert reasons["8"] == "as_they_are: no preset; renormalised: no preset"


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (0.0029, 0.0009, 0.007, "0.003 [0.001, 0.007]"),
        (0.0029, 0.0004, 0.007, "0.0029 [0.0004, 0.0070]"),
        (0.0, 0.0, 0.0, "0.00 [0.00, 0.00]"),
        (0.05, 0.0004, 0.3, "0.05 [0.00, 0.30]"),
        (-0.04, -0.07, 0.0, "−0.040 [−0.070, 0.000]"),
    ],
)
def test_small_numbers_are_no_zeros(value, low, high, text):
    row = row_of(found(), "4")
    row.estimate, row.ci_low, row.ci_high = value, low, high
    assert estimate(row) == text


def test_what_was_not_measured_has_no_number():
    row = row_of(nothing(), "2")
    assert math.isnan(row.estimate)
    assert estimate(row) == ""


def test_what_the_paper_prints_stands_with_this_runs_number_of_the_same():
    row = row_of(found(), "1b")
    assert paper(row).startswith("0.08–0.17 (Otsu's threshold, Table 4")
    assert paper(row).endswith("here 0.20 [0.18, 0.22]; beside it, not what is judged")
    assert (printed(row), inside(row)) == ("0.08–0.17", "outside this run's interval")
    for claim in set(CLAIM) - {"1b"}:
        assert paper(row_of(found(), claim)) == printed(row_of(found(), claim)) == ""


def test_what_the_paper_prints_stands_alone_where_nothing_was_measured():
    row = row_of(nothing(), "1b")
    assert "; not measured here" in paper(row)
    assert (inside(row), direction(row)) == ("", "not measured")


def test_the_direction_is_that_of_the_estimate_alone():
    assert {direction(row_of(found(), claim)) for claim in CLAIM} == {"as claimed"}
    opposite = {claim: direction(row_of(found(-1.0), claim)) for claim in CLAIM}
    assert opposite.pop("10") == "as claimed"
    assert set(opposite.values()) == {"against it"}
