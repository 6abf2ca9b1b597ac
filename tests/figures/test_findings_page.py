"""What was found, in numbers: every finding of every model and method, in its cell."""

import html
import re

import numpy as np
import pandas as pd
from tests.printed import impossible

from qloc.figures import edit_findings, findings, intervention_findings, joint_findings
from qloc.figures.findings_page import findings_page
from qloc.figures.formats import number

HOSTILE = "</script><b>&"
NOTHING = pd.DataFrame(columns=findings.COLUMNS)
TABLES = {
    "answers": "answers",
    "funnel": "funnels",
    "summaries": "class_summaries",
    "diagnostics": "class_diagnostics",
    "overlaps": "neuron_set_overlaps",
    "associations": "probability_associations",
    "checks": "attribution_checks",
}


def found(study, *models, methods=("ig",)):
    """What was found for these models, the same for every method."""
    rows = findings.findings(**{option: study[table] for option, table in TABLES.items()})
    parts = [rows.assign(model=m, method=method) for m in models for method in methods]
    return pd.concat(parts)[findings.COLUMNS]


def joint(study, *models):
    rows = joint_findings.joint_findings(study["method_agreements"], study["class_agreements"])
    return pd.concat([rows.assign(model=model)[findings.COLUMNS] for model in models])


def with_interventions(rows, study):
    """The same rows, with what interventions found for every method of every model."""
    parts = [rows]
    for model, method in rows[["model", "method"]].drop_duplicates().itertuples(index=False):
        mappings, synapses = (
            study[name][study[name]["method"] == method]
            for name in ("mapping_comparisons", "synapse_comparisons")
        )
        own = intervention_findings.intervention_findings(mappings, synapses, "paper")
        parts.append(own.assign(model=model, method=method)[findings.COLUMNS])
    return pd.concat(parts, ignore_index=True)


def with_edits(rows, study, method="ig"):
    """The same rows, with what edits showed for this method of every model."""
    tables = study["edit_summaries"], study["edit_comparisons"]
    own = edit_findings.edit_findings(*tables, "calibrated")
    parts = [
        own.assign(model=model, method=method)[findings.COLUMNS] for model in rows["model"].unique()
    ]
    return pd.concat([rows, *parts], ignore_index=True)


def read(text):
    """The text outside tags, with one blank between words."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def tables(text):
    """Caption, columns and rows of every table of a page."""
    return [
        (
            read(re.search(r"<caption>(.*?)</caption>", table, re.S)[1]),
            [read(name) for name in re.findall(r'<th scope="col">(.*?)</th>', table, re.S)],
            [
                [read(cell) for cell in re.findall(r"<t[hd] .*?</t[hd]>", line, re.S)]
                for line in re.findall(r"<tr>.*?</tr>", table, re.S)[1:]
            ],
        )
        for table in re.findall(r"<table>.*?</table>", text, re.S)
    ]


def shown(rows, together=NOTHING):
    text = findings_page(rows, together).decode()
    assert impossible(text) == []
    return text


def test_every_finding_of_every_model_is_a_row_with_its_cell(study):
    rows = found(study, "m1", "m2")
    all_tables = tables(shown(rows))
    assert [caption for caption, *_ in all_tables] == [
        f"{model}, {what}"
        for model in ("m1", "m2")
        for what in ("by method", "all methods together")
    ]
    questions = [line[0] for _, _, lines in all_tables[:2] for line in lines]
    of_one = rows[rows["model"] == "m1"]["finding"]
    assert sorted(questions) == sorted(findings.QUESTIONS[name] for name in of_one)
    mean = rows.set_index("finding").loc["mean_consistency_score", "estimate"].iloc[0]
    (line,) = [line for line in all_tables[0][2] if line[0] == "Mean consistency score (CS)"]
    assert line[1].startswith(number(mean))


def test_methods_are_columns_in_their_order(study):
    rows = found(study, "m1", methods=("ig", "sig", "amig"))
    text = shown(rows, joint(study, "m1"))
    (_, columns, _), (_, _, answers) = tables(text)
    assert columns == ["question", "IG", "SIG", "AMIG"]
    said = dict(answers)
    assert set(joint_findings.JOINT_QUESTIONS.values()) <= set(said)
    assert any("IG, SIG 0.31 [0.26, 0.36]; IG, AMIG 0.62" in answer for answer in said.values())
    assert "Methods that know nothing of each other" in text


def test_the_first_method_is_put_into_words(study):
    rows = found(study, "m1", methods=("ig", "sig", "amig"))
    text = read(shown(with_edits(with_interventions(rows, study), study), joint(study, "m1")))
    assert "m1, IG: a share of" in text
    assert "0.34 [0.28, 0.40] of the facts inconsistent by Otsu's threshold" in text
    assert "lower its answer by 0.21 [0.16, 0.25] more" in text
    assert "generalize by −0.28 [−0.37, −0.19] compared with consistent ones" in text


def test_interventions_are_rows_and_explained(study):
    rows = found(study, "m1")
    text = shown(with_interventions(rows, study))
    questions = [line[0] for line in tables(text)[0][2]]
    assert set(intervention_findings.INTERVENTION_QUESTIONS.values()) <= set(questions)
    assert "A knowledge synapse is" in text
    assert "A knowledge synapse is" not in shown(rows)


def test_edits_are_rows_of_all_methods_and_explained(study):
    rows = found(study, "m1", methods=("ig", "sig", "amig"))
    text = shown(with_edits(rows, study, "sig"), joint(study, "m1"))
    answers = dict(tables(text)[1][2])
    assert set(edit_findings.EDIT_QUESTIONS.values()) <= set(answers)
    assert any(
        answer.startswith("SIG: update −0.28 [−0.37, −0.19]; erase −0.26")
        for answer in answers.values()
    )
    assert "An edit changes the value vectors" in text
    assert "An edit changes the value vectors" not in shown(rows)


def test_one_method_says_nothing_of_others(study):
    text = read(shown(found(study, "m1")))
    assert "All methods" not in text
    assert "know nothing of each other" not in text
    assert "SIG" not in text


def test_hostile_names_are_shown_as_text(study):
    text = shown(found(study, HOSTILE))
    assert "<script" not in text
    assert "</script" not in text
    assert HOSTILE in html.unescape(text)


def test_of_a_model_that_knows_nothing_words_stand_for_numbers(make_study):
    text = read(shown(found(make_study(0, 0), "m1")))
    assert "no fact could be scored" in text


def test_without_an_otsu_threshold_no_sentence_is_said_of_all_methods(study):
    classes = study["class_agreements"]
    classes.loc[classes["criterion"] == "otsu", ["estimate", "ci_low", "ci_high"]] = np.nan
    rows = joint_findings.joint_findings(study["method_agreements"], classes)
    assert joint_findings.joint_sentence(rows) == ""
    assert joint_findings.joint_cell(rows, "excess_otsu")[0] == "not defined"
