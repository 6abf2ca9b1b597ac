"""The front page is a fragment that any report can hold: escaped, short, and honest."""

import dataclasses
import html.parser
import re

import numpy as np
import pandas as pd
import pytest
from tests import claims

from qloc.figures import (
    edit_findings,
    findings,
    front_page,
    intervention_findings,
    joint_findings,
)
from qloc.figures.claim_front import WHERE
from qloc.figures.claim_words import CLAIM_NAME
from qloc.figures.formats import number

ORGANISM = front_page.StudiedModel("tiny_m|1|", "an organism, trained in this run", True)
CHECKPOINT = front_page.StudiedModel("gpt2", "some/gpt2 at revision abc", False)
HOSTILE = "</script><b>&"


NOTHING = pd.DataFrame(columns=findings.COLUMNS)


def shown(rows, joint=NOTHING, models=(CHECKPOINT,), claimed=None):
    """The page of these findings, with every claim supported unless `claimed` says otherwise."""
    names, methods = rows["model"].unique(), rows["method"].unique()
    judged = claims.claims(claimed or claims.found(), names, methods)
    return front_page.front_page(rows, joint, models, judged).decode()


def page(study, model="tiny-gpt2", models=(ORGANISM,), claimed=None):
    tables = {
        "answers": "answers",
        "funnel": "funnels",
        "summaries": "class_summaries",
        "diagnostics": "class_diagnostics",
        "overlaps": "neuron_set_overlaps",
        "associations": "probability_associations",
        "checks": "attribution_checks",
    }
    rows = findings.findings(**{option: study[table] for option, table in tables.items()})
    rows = rows.assign(model=model, method="ig")[findings.COLUMNS]
    return shown(rows, NOTHING, models, claimed), rows


def page_of_methods(study, *models):
    """A page of models under three methods, and its rows."""
    _, rows = page(study)
    of_model = pd.concat([rows.assign(method=method) for method in ("ig", "sig", "amig")])
    joint = joint_findings.joint_findings(study["method_agreements"], study["class_agreements"])
    found, together = (
        pd.concat([part.assign(model=model)[findings.COLUMNS] for model in models])
        for part in (of_model, joint)
    )
    return shown(found, together), found, together


def with_interventions(rows, study):
    """The same rows, with what interventions found for every method of every model."""
    parts = [rows]
    for model, method in rows[["model", "method"]].drop_duplicates().itertuples(index=False):
        mappings, synapses = (
            study[name][study[name]["method"] == method]
            for name in ("mapping_comparisons", "synapse_comparisons")
        )
        found = intervention_findings.intervention_findings(mappings, synapses, "paper")
        parts.append(found.assign(model=model, method=method)[findings.COLUMNS])
    return pd.concat(parts, ignore_index=True)


def with_edits(rows, study, method="ig"):
    """The same rows, with what edits showed for this method of every model."""
    tables = study["edit_summaries"], study["edit_comparisons"]
    found = edit_findings.edit_findings(*tables, "calibrated")
    parts = [
        found.assign(model=model, method=method)[findings.COLUMNS]
        for model in rows["model"].unique()
    ]
    return pd.concat([rows, *parts], ignore_index=True)


def read(text):
    """The text outside tags, with one blank between words."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def seen(text):
    """The text outside tags and folded parts, as a reader sees it first."""
    return read(re.sub(r"<details>.*?</details>", "", text, flags=re.S))


def numbers(text):
    """The folded part that says what was found."""
    return re.search(r"<details><summary>What was found, in numbers.*?</details>", text, re.S)[0]


def besides_claims(text):
    """All but the table of claims."""
    return re.sub(r'<table class="claims">.*?</table>', "", text, flags=re.S)


def claim_table(text):
    """The table of claims: lines of cells, the first of them the head."""
    table = re.search(r'<table class="claims">.*?</table>', text, re.S)[0]
    lines = re.findall(r"<tr>.*?</tr>", table, re.S)
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line, re.S) for line in lines]


def n_words(text):
    return len(re.findall(r"[^\W\d]{2,}", text))


def test_it_says_what_was_asked_and_found_and_what_organisms_are(study):
    text, rows = page(study)
    mean = rows.set_index("finding").loc["mean_consistency_score", "estimate"]
    assert number(mean) in read(numbers(text))
    assert "A verdict on an organism is a verdict on an organism" in seen(text)
    assert "tiny_m|1| was trained in this run" in seen(text)
    assert "What organisms cannot show" in text


def test_a_checkpoint_is_no_organism(study):
    text, _ = page(study, models=[CHECKPOINT])
    assert "A verdict on an organism" not in text
    assert "What organisms cannot show" not in text
    assert "some/gpt2 at revision abc" in text


def test_hostile_names_are_shown_as_text(study):
    hostile = front_page.StudiedModel(HOSTILE, HOSTILE, True)
    text, _ = page(study, model=HOSTILE, models=[hostile])
    assert "script" not in re.sub(r"&lt;/script&gt;", "", text)
    # Verdicts and organisms in words, two heads, findings in words and their head, the run twice.
    assert html.unescape(text).count(HOSTILE) == 8
    assert [html.unescape(cell) for cell in claim_table(text)[0][2:]] == [
        f"{HOSTILE} [95 %]",
        HOSTILE,
    ]


def test_no_script_no_request_and_buttons_that_do_no_harm_elsewhere(study):
    text, _ = page(study)
    assert "<script" not in text
    assert "</script" not in text
    assert "http" not in text
    assert text.count("<button") == len(front_page.BUTTONS) + len(CLAIM_NAME)


def test_it_is_read_in_two_minutes(study):
    _, rows = page(study)
    both = pd.concat([rows, rows.assign(model="tiny-llama")])
    assert 200 < n_words(seen(shown(both, models=[ORGANISM]))) <= 350


def test_with_all_methods_interventions_and_edits_it_is_still(study):
    _, rows, joint = page_of_methods(study, "tiny-gpt2-seed0", "tiny-llama-seed0")
    every = with_edits(with_interventions(rows, study), study)
    assert n_words(seen(shown(every, joint))) <= 350


def test_what_was_found_is_no_longer_than_it_was_when_it_came_first(study):
    text, rows, joint = page_of_methods(study, "tiny-gpt2-seed0", "tiny-llama-seed0")
    assert n_words(read(numbers(text))) <= 525
    manipulated = with_interventions(rows, study)
    assert n_words(read(numbers(shown(manipulated, joint)))) <= 700
    assert n_words(read(numbers(shown(with_edits(manipulated, study), joint)))) <= 1000


def test_verdicts_are_said_first_and_every_claim_is_a_row(study):
    text, _ = page(study)
    assert "On tiny-gpt2 , 11 of 11 claims are supported." in seen(text)
    head, *lines = claim_table(text)
    assert head == ["#", "claim", "tiny-gpt2 [95 %]", "tiny-gpt2"]
    for line, (claim, name) in zip(lines, CLAIM_NAME.items(), strict=True):
        assert read(line[0]) == claim
        assert read(line[1]).startswith(name)
        assert read(line[3]) == "✓ supported n = 40"
    measured = "share of facts whose adjusted CS lies clearly below the level: above 0.20"
    assert read(lines[0][1]) == f"{CLAIM_NAME['1']} {measured}"
    assert read(lines[0][2]) == "0.40 [0.38, 0.42]"


def test_several_models_are_a_column_each_and_the_estimate_is_that_of_the_first(study):
    _, rows = page(study)
    both = pd.concat([rows, rows.assign(model="tiny-llama")])
    tables = {"tiny-gpt2": claims.found(-1.0), "tiny-llama": claims.found()}
    text = shown(both, claimed=tables)
    assert "On tiny-gpt2 , 1 of 11 claims is supported, 10 not supported." in seen(text)
    assert "On tiny-llama , 11 of 11 claims are supported." in seen(text)
    head, first, *_ = claim_table(text)
    assert head[2:] == ["tiny-gpt2 [95 %]", "tiny-gpt2", "tiny-llama"]
    assert [read(cell) for cell in first[2:]] == [
        "0.10 [0.08, 0.12]",
        "✗ not supported n = 40",
        "✓ supported n = 40",
    ]


def test_claims_are_those_of_the_first_method_and_of_all(study):
    text, *_ = page_of_methods(study, "m1", "m2")
    assert len(claim_table(text)) == 1 + len(CLAIM_NAME)
    assert "11 of 11 claims" in seen(text)
    assert "set before looking, by IG;" in seen(text)
    one, _ = page(study)
    assert "set before looking; with" in seen(one)


def test_a_verdict_that_ten_at_once_change_has_a_star(study):
    tables = claims.replaced(
        claims.found(), "agreements", "simultaneous_ci_low", -0.01, criterion="otsu"
    )
    text, _ = page(study, claimed=tables)
    marked = {read(line[0]): read(line[3]) for line in claim_table(text) if "*" in line[3]}
    assert marked == {"2": "✓ supported* n = 40"}


def test_a_claim_has_a_button_where_it_was_tested(study):
    text, _ = page(study)
    buttons = [html.unescape(line[0]) for line in claim_table(text)[1:]]
    assert [re.search(r"\('(\w+)'\)\">", button)[1] for button in buttons] == list(WHERE.values())
    tables = dataclasses.replace(claims.found(), agreements=None, synapses=None)
    text, _ = page(study, claimed=tables)
    without = [read(line[0]) for line in claim_table(text)[1:] if "<button" not in line[0]]
    assert without == ["2", "7", "8"]


@pytest.mark.parametrize("tables", [claims.found(), claims.found(-1.0), claims.nothing()])
def test_no_cell_of_a_claim_is_empty_or_nan(study, tables):
    text, _ = page(study, claimed=tables)
    for line in claim_table(text):
        assert len(line) == 4
        for cell in line:
            assert read(cell)
            assert "nan" not in read(cell)


def test_interventions_are_said_and_stand_in_the_table(study):
    _, rows = page(study)
    text = shown(with_interventions(rows, study))
    flat = " ".join(html.unescape(text).split())
    for question in intervention_findings.INTERVENTION_QUESTIONS.values():
        assert f'<th scope="row">{question}</th>' in flat
    assert "lower its answer by 0.21 [0.16, 0.25] more" in read(numbers(text))
    assert "<em>knowledge synapse</em>" in flat
    assert "mass-matched controls" in flat
    assert "Who moves the answer?" in flat


def test_edits_are_said_and_stand_in_the_table(study):
    _, rows = page(study)
    text = shown(with_edits(rows, study))
    flat = " ".join(html.unescape(text).split())
    for question in edit_findings.EDIT_QUESTIONS.values():
        assert f'<th scope="row">{question}</th>' in flat
    assert "generalize by −0.28 [−0.37, −0.19] compared with consistent ones" in read(numbers(text))
    assert "update −0.28 [−0.37, −0.19]; erase −0.26" in flat
    assert "<em>consistency-aware</em>" in flat
    assert "Can it be changed?" in flat


def test_edits_are_one_cell_of_the_model_that_names_their_method(study):
    _, rows, joint = page_of_methods(study, "m1", "m2")
    text = shown(with_edits(rows, study, "sig"), joint)
    assert read(numbers(text)).count("Edited by SIG: ") == 2
    line = re.search(r'<tr><th scope="row">On K_C, consistency.*?</tr>', text, re.S)[0]
    assert re.findall(r'<td colspan="3">(S?IG: update)', line) == ["SIG: update"] * 2


def test_without_edits_nothing_is_said_of_them(study):
    _, rows = page(study)
    tables = dataclasses.replace(claims.found(), edits=None, edit_comparisons=None)
    text = shown(with_interventions(rows, study), claimed=tables)
    assert "edit" not in html.unescape(besides_claims(text)).lower()
    assert "plot_tradeoff" not in text


def test_without_interventions_nothing_is_said_of_them(study):
    tables = dataclasses.replace(claims.found(), synapses=None)
    text, _ = page(study, claimed=tables)
    assert "synapse" not in besides_claims(text)
    assert "uppressed" not in besides_claims(text)
    assert "plot_synapses" not in text


def test_every_finding_is_a_row_with_its_cell(study):
    text, rows = page(study)
    for name in rows["finding"]:
        assert findings.QUESTIONS[name] in html.unescape(numbers(text))
    assert len(re.findall(r'<th scope="row">', numbers(text))) == len(rows)


def test_no_nan_is_printed_for_a_model_that_knows_nothing(make_study):
    text, _ = page(make_study(0, 0), claimed=claims.nothing())
    assert "nan" not in read(text).replace("provenance", "")
    assert "0 of 11 claims are supported, 11 not tested" in seen(text)
    assert "no fact could be scored" in read(numbers(text))


@pytest.mark.parametrize("n", [2, 6])
def test_many_models_stand_in_the_table_and_four_in_words(study, n):
    _, rows = page(study)
    many = pd.concat([rows.assign(model=f"m{i}") for i in range(n)])
    text = shown(many)
    assert claim_table(text)[0][3:] == [f"m{i}" for i in range(n)]
    assert seen(text).count("11 of 11 claims") == min(n, front_page.IN_WORDS)
    assert text.count('<th scope="colgroup" colspan="1">m') == n
    assert text.count('<th scope="col">IG</th>') == n
    assert text.count("<li><strong>m") == min(n, front_page.IN_WORDS)
    assert (f"{n - 4} more in the table" in text) == (n > 4)


def test_methods_stand_under_their_model_in_their_order(study):
    text, *_ = page_of_methods(study, "m1", "m2")
    text = numbers(text)
    head = re.search(r"<thead>.*?</thead>", text, re.S)[0]
    assert re.findall(r'colspan="3">(\w+)', head) == ["m1", "m2"]
    assert re.findall(r'"col">(I?A?S?M?I?G)<', head) == ["IG", "SIG", "AMIG"] * 2
    for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", text, re.S):
        widths = [int(width or 1) for width in re.findall(r'<td(?: colspan="(\d)")?>', row)]
        assert sum(widths) == 6


def test_what_all_methods_say_is_one_cell_of_the_model_and_a_sentence(study):
    text, _, joint = page_of_methods(study, "m1", "m2")
    flat = " ".join(html.unescape(text).split())
    for question in joint_findings.JOINT_QUESTIONS.values():
        assert question in flat
    assert flat.count("0.34 [0.28, 0.40] of the facts inconsistent by Otsu's threshold") == 2
    assert flat.count("0.13 [0.07, 0.19] more than independent methods would") == 2
    assert "IG, SIG 0.31 [0.26, 0.36]; IG, AMIG 0.62" in flat
    assert len(joint) == 2 * (4 + 2 * 3)
    assert "Do the methods agree?" in flat
    assert "SIG; Enguehard" in flat


def test_one_method_says_nothing_of_others(study):
    text, _ = page(study)
    flat = html.unescape(text)
    assert "All methods" not in flat
    assert "Do the methods agree?" not in flat
    assert "SIG" not in flat
    assert "IG; Dai" in flat


def test_without_an_otsu_threshold_no_sentence_is_said_of_all_methods(study):
    classes = study["class_agreements"]
    classes.loc[classes["criterion"] == "otsu", ["estimate", "ci_low", "ci_high"]] = np.nan
    found = joint_findings.joint_findings(study["method_agreements"], classes)
    assert joint_findings.joint_sentence(found) == ""
    assert joint_findings.joint_cell(found, "excess_otsu")[0] == "not defined"
