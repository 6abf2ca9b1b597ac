"""`qloc show claims`: the verdicts in the terminal."""

import re

import pytest
from tests import claims

from qloc.figures.claim_words import CLAIM_NAME

N_CLAIMS = len(CLAIM_NAME)


def test_every_claim_has_its_verdict_number_and_region_on_80_columns(show):
    result = show("claims")
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "The paper's claims on tiny-gpt2, by sig" in result.stdout
    numbers = re.findall(r"^ +(\d+b?)  (.) ", result.stdout, re.M)
    assert numbers == [(number, "✓") for number in CLAIM_NAME]
    said = " ".join(result.stdout.split())
    assert "here 0.10 [0.08, 0.12], 40 facts" in said
    assert "above 0" in said
    assert said.count("direction: as claimed") == N_CLAIMS
    assert re.search(r"paper 0\.08–0\.17 \([^)]*Table 4[^)]*\); here 0\.20", said)
    assert "nan" not in said
    assert "Next: results/report.html" in result.stderr


def test_a_model_that_the_last_run_did_not_study_is_left_out_unless_asked_for(show):
    assert "tiny-llama" not in show("claims").stdout
    text = show("claims", "--model", "tiny-llama").stdout
    assert "The paper's claims on tiny-llama, by sig" in text
    assert "✗ not supported" in text
    assert "tiny-gpt2" not in text


def test_the_method_is_the_study_s_first_or_the_one_asked_for(show):
    assert ", by ig" in show("claims", "--method", "ig").stdout
    assert ", by ig" not in show("claims").stdout


def test_what_is_undecided_or_not_tested_says_why(show, run_folder):
    claims.written(run_folder, claims.claims(claims.nothing(), methods=("sig",)))
    text = show("claims").stdout
    assert text.count("– not tested") == N_CLAIMS
    assert "no preset" in text
    assert f"{N_CLAIMS} claims on tiny-gpt2: {N_CLAIMS} not tested\n" in text
    assert "nan" not in text


def test_brief_counts_the_verdicts_of_each_model(show):
    result = show("claims", "--brief")
    assert result.exit_code == 0
    assert result.stdout == f"{N_CLAIMS} claims on tiny-gpt2: {N_CLAIMS} supported\n"
    assert result.stderr == ""


def test_without_a_record_of_the_run_all_models_are_told_by_the_default_study_s_method(
    show, run_folder
):
    (run_folder / "results/provenance.parquet").unlink()
    first, second = show("claims", "--brief").stdout.splitlines()
    assert first == f"{N_CLAIMS} claims on tiny-gpt2: {N_CLAIMS} supported"
    assert second.startswith(f"{N_CLAIMS} claims on tiny-llama: ")
    assert ", by ig" in show("claims").stdout


def test_colours_are_for_terminals_that_want_them(show, monkeypatch: pytest.MonkeyPatch):
    assert "\x1b" not in show("claims").stdout
    assert "\x1b[32m✓ supported" in show("claims", color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in show("claims", color=True).stdout


def test_a_verdict_that_changes_if_ten_claims_hold_at_once_is_starred(show, run_folder):
    rows = claims.claims(claims.found(), methods=("sig",))
    is_one = (rows["claim"] == "4") & (rows["part"] == "whole")
    rows.loc[is_one, "simultaneous_verdict"] = "undecided"
    claims.written(run_folder, rows)
    text = show("claims").stdout
    assert text.count("✓ supported*") == 1
    assert "* changes if ten claims are to hold at once" in text
    assert "*" not in show("claims", "--brief").stdout
