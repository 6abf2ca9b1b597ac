"""Tables of claims have every part of every claim, of the method they are about."""

import dataclasses

import pandas as pd
import pytest
from tests.claims import claims, found, nothing, replaced

from qloc.figures.claim_tables import claim_captions, claim_cells
from qloc.figures.claim_words import CLAIM_NAME, PART_NAME, VERDICT_NAME
from qloc.measures.claims import CLAIM

MODELS, METHODS = ("z", "a"), ("ig", "sig")


def test_every_claim_stands_above_its_parts_in_the_order_of_the_paper():
    cells = claim_cells(claims(found()), "tiny-gpt2", "ig")
    names = cells["claim"].tolist()
    assert [name for name in names if not name.startswith("· ")] == [
        f"{claim} {name}" for claim, name in CLAIM_NAME.items()
    ]
    at = names.index("6 " + CLAIM_NAME["6"])
    assert names[at + 1 : at + 5] == [
        f"· {PART_NAME[part]}"
        for part in ("less_neighbor", "shared_less_own", "common_less_own", "more_so")
    ]
    assert len(names) == len(CLAIM) + 23


def test_a_line_has_the_numbers_of_its_part():
    tables = replaced(found(), "mappings", "ci_low", -0.05, fact_class="difference")
    cells = claim_cells(claims(tables), "tiny-gpt2", "ig").set_index("claim")
    assert cells.loc[f"· {PART_NAME['more_so']}"].to_dict() == {
        "here [95 % interval]": "0.10 [−0.05, 0.12]",
        "claimed": "above 0",
        "n": "40",
        "verdict": "? undecided",
        "ten at once": "✓ supported",
        "direction": "as claimed",
        "the paper": "prints no such number",
        "why": "with 40 facts, differences under 0.15 stay undecided",
    }
    whole = cells.loc[f"6 {CLAIM_NAME['6']}"]
    assert whole["verdict"] == "? undecided"
    assert whole[["here [95 % interval]", "claimed"]].tolist() == ["all of these"] * 2
    assert cells.loc[f"· {PART_NAME['less_neighbor']}", "verdict"] == "✓ supported"


def test_lines_are_those_of_the_model_and_method_and_of_all_methods():
    rows = claims({"z": found(), "a": found(-1.0)}, methods=METHODS)
    is_own = (rows["model"] == "a") & (rows["method"] == "sig")
    rows.loc[is_own & (rows["claim"] == "4"), "n_facts"] = 1234
    own = claim_cells(rows, "a", "sig").set_index("claim")
    assert own.loc[f"4 {CLAIM_NAME['4']}", "n"] == "1,234"
    assert own.loc[f"2 {CLAIM_NAME['2']}", "verdict"] == "✗ not supported"
    for model, method in (("a", "ig"), ("z", "sig")):
        other = claim_cells(rows, model, method).set_index("claim")
        assert other.loc[f"4 {CLAIM_NAME['4']}", "n"] == "40"
    assert claim_cells(rows, "z", "ig")["verdict"].eq("✓ supported").all()


@pytest.mark.parametrize("tables", [found(), found(-1.0), nothing()])
def test_no_cell_is_nan_and_every_line_has_its_verdict(tables):
    cells = claim_cells(claims(tables), "tiny-gpt2", "ig")
    assert cells.map(len).to_numpy().all()
    assert not cells.map(lambda cell: "nan" in cell.lower() or "None" in cell).to_numpy().any()
    assert cells["verdict"].isin(VERDICT_NAME.values()).all()
    is_untested = cells["verdict"] == VERDICT_NAME["not_tested"]
    assert cells.loc[is_untested, "why"].all()
    assert is_untested.all() == (tables.agreements is None)


def test_what_rests_on_no_fact_has_no_number_of_facts():
    tables = dataclasses.replace(found(), agreements=None)
    cells = claim_cells(claims(tables), "tiny-gpt2", "ig").set_index("claim")
    assert cells.loc[f"2 {CLAIM_NAME['2']}", "n"] == "no facts"


def test_what_the_paper_prints_stands_once_for_a_claim():
    cells = claim_cells(claims(found()), "tiny-gpt2", "ig").set_index("claim")
    said = cells.loc[f"1b {CLAIM_NAME['1b']}", "the paper"]
    assert said.startswith("0.08–0.17 (Otsu's threshold")
    assert said.endswith("; outside this run's interval")
    part = cells.loc[f"· {PART_NAME['bic_difference']}"]
    assert part["the paper"] == "see the claim"


def test_captions_are_in_the_order_of_the_study():
    rows = claims(found(), MODELS, ("sig", "ig"))
    assert claim_captions(rows) == [
        (model, method, f"{model}, {name}")
        for model in MODELS
        for method, name in (("ig", "IG"), ("sig", "SIG"))
    ]
    assert claim_captions(pd.DataFrame(columns=rows.columns)) == []
