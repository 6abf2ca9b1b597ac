"""The front page is a fragment that any report can hold: escaped, short, and honest."""

import html.parser
import re

import numpy as np
import pandas as pd
import pytest

from qloc.figures import (
    edit_findings,
    findings,
    front_page,
    intervention_findings,
    joint_findings,
)
from qloc.figures.formats import number

ORGANISM = front_page.StudiedModel("tiny_m|1|", "an organism, trained in this run", True)
CHECKPOINT = front_page.StudiedModel("gpt2", "some/gpt2 at revision abc", False)
HOSTILE = "</script><b>&"


NOTHING = pd.DataFrame(columns=findings.COLUMNS)


def page(study, model="tiny-gpt2", models=(ORGANISM,)):
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
    return front_page.front_page(rows, NOTHING, models).decode(), rows


def page_of_methods(study, *models):
    """A page of models under three methods, and its rows."""
    _, rows = page(study)
    of_model = pd.concat([rows.assign(method=method) for method in ("ig", "sig", "amig")])
    joint = joint_findings.joint_findings(study["method_agreements"], study["class_agreements"])
    found, together = (
        pd.concat([part.assign(model=model)[findings.COLUMNS] for model in models])
        for part in (of_model, joint)
    )
    return front_page.front_page(found, together, [CHECKPOINT]).decode(), found, together


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


def seen(text):
    """The text outside tags and folded parts, as a reader sees it first."""
    text = re.sub(r"<details>.*?</details>", "", text, flags=re.S)
    return html.unescape(re.sub(r"<[^>]+>", " ", text))


def test_it_says_what_was_asked_and_found_and_what_organisms_are(study):
    text, rows = page(study)
    mean = rows.set_index("finding").loc["mean_consistency_score", "estimate"]
    assert number(mean) in seen(text)
    assert "A verdict on an organism is a verdict on an organism" in seen(text)
    assert "tiny_m|1| was trained in this run" in " ".join(seen(text).split())
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
    assert html.unescape(text).count(HOSTILE) >= 4


def test_no_script_no_request_and_buttons_that_do_no_harm_elsewhere(study):
    text, _ = page(study)
    assert "<script" not in text
    assert "</script" not in text
    assert "http" not in text
    assert text.count("<button") == len(front_page.BUTTONS)


def test_it_is_read_in_two_minutes(study):
    _, rows = page(study)
    both = pd.concat([rows, rows.assign(model="tiny-llama")])
    text = seen(front_page.front_page(both, NOTHING, [ORGANISM]).decode())
    assert len(re.findall(r"[^\W\d]{2,}", text)) <= 350


def test_three_methods_of_two_models_are_read_in_three(study):
    text, *_ = page_of_methods(study, "tiny-gpt2-seed0", "tiny-llama-seed0")
    assert len(re.findall(r"[^\W\d]{2,}", seen(text))) <= 525


def test_with_interventions_they_are_read_in_four(study):
    _, rows, joint = page_of_methods(study, "tiny-gpt2-seed0", "tiny-llama-seed0")
    text = front_page.front_page(with_interventions(rows, study), joint, [CHECKPOINT]).decode()
    assert len(re.findall(r"[^\W\d]{2,}", seen(text))) <= 700


def test_interventions_are_said_and_stand_in_the_table(study):
    _, rows = page(study)
    text = front_page.front_page(with_interventions(rows, study), NOTHING, [CHECKPOINT]).decode()
    flat = " ".join(html.unescape(text).split())
    for question in intervention_findings.INTERVENTION_QUESTIONS.values():
        assert f'<th scope="row">{question}</th>' in flat
    assert "lower its answer by 0.21 [0.16, 0.25] more" in seen(text)
    assert "<em>knowledge synapse</em>" in flat
    assert "mass-matched controls" in flat
    assert "Who moves the answer?" in flat


def test_with_edits_they_are_read_in_six(study):
    _, rows, joint = page_of_methods(study, "tiny-gpt2-seed0", "tiny-llama-seed0")
    every = with_edits(with_interventions(rows, study), study)
    text = front_page.front_page(every, joint, [CHECKPOINT]).decode()
    assert len(re.findall(r"[^\W\d]{2,}", seen(text))) <= 1000


def test_edits_are_said_and_stand_in_the_table(study):
    _, rows = page(study)
    text = front_page.front_page(with_edits(rows, study), NOTHING, [CHECKPOINT]).decode()
    flat = " ".join(html.unescape(text).split())
    for question in edit_findings.EDIT_QUESTIONS.values():
        assert f'<th scope="row">{question}</th>' in flat
    assert "generalize by −0.28 [−0.37, −0.19] compared with consistent ones" in seen(text)
    assert "update −0.28 [−0.37, −0.19]; erase −0.26" in flat
    assert "<em>consistency-aware</em>" in flat
    assert "Can it be changed?" in flat


def test_edits_are_one_cell_of_the_model_that_names_their_method(study):
    _, rows, joint = page_of_methods(study, "m1", "m2")
    text = front_page.front_page(with_edits(rows, study, "sig"), joint, [CHECKPOINT]).decode()
    assert seen(text).count("Edited by SIG: ") == 2
    line = re.search(r'<tr><th scope="row">On K_C, consistency.*?</tr>', text, re.S)[0]
    assert re.findall(r'<td colspan="3">(S?IG: update)', line) == ["SIG: update"] * 2


def test_without_edits_nothing_is_said_of_them(study):
    _, rows = page(study)
    text = front_page.front_page(with_interventions(rows, study), NOTHING, [CHECKPOINT]).decode()
    assert "edit" not in html.unescape(text).lower()


def test_without_interventions_nothing_is_said_of_them(study):
    text, _ = page(study)
    assert "synapse" not in text
    assert "uppressed" not in text


def test_every_finding_is_a_row_with_its_cell(study):
    text, rows = page(study)
    for name in rows["finding"]:
        assert findings.QUESTIONS[name] in html.unescape(text)
    assert len(re.findall(r'<th scope="row">', text)) == len(rows)


def test_no_nan_is_printed_for_a_model_that_knows_nothing(make_study):
    text, _ = page(make_study(0, 0))
    assert "nan" not in seen(text)
    assert "no fact could be scored" in seen(text)


@pytest.mark.parametrize("n", [2, 6])
def test_many_models_stand_in_the_table_and_four_in_words(study, n):
    _, rows = page(study)
    many = pd.concat([rows.assign(model=f"m{i}") for i in range(n)])
    text = front_page.front_page(many, NOTHING, [CHECKPOINT]).decode()
    assert text.count('<th scope="colgroup" colspan="1">m') == n
    assert text.count('<th scope="col">IG</th>') == n
    assert text.count("<li><strong>m") == min(n, front_page.IN_WORDS)
    assert (f"{n - 4} more in the table" in text) == (n > 4)


def test_methods_stand_under_their_model_in_their_order(study):
    text, *_ = page_of_methods(study, "m1", "m2")
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
