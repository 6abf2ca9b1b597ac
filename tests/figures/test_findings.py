"""What the front page says is what the tables hold; a changed cell changes the page."""

import math

import numpy as np
import pandas as pd
import pytest

from qloc.figures import findings
from qloc.figures.formats import each

TABLES = {
    "answers": "answers",
    "funnel": "funnels",
    "summaries": "class_summaries",
    "diagnostics": "class_diagnostics",
    "overlaps": "neuron_set_overlaps",
    "associations": "probability_associations",
    "checks": "attribution_checks",
}


def found(study, **changed):
    own = {option: study[table] for option, table in TABLES.items()} | changed
    return findings.findings(**own)


def cells(rows):
    return {row.finding: findings.cell(row) for row in each(rows)}


def test_every_question_has_an_answer(study):
    rows = found(study)
    assert rows["finding"].tolist() != []
    assert set(rows["finding"]) == set(findings.QUESTIONS)
    assert rows["finding"].is_unique


def test_numbers_are_those_of_the_tables(study):
    rows = found(study).set_index("finding")
    summary = study["class_summaries"].set_index(["criterion", "statistic"])
    share = summary.loc[("otsu", "inconsistent_share")]
    taken = rows.loc["inconsistent_share_otsu", ["estimate", "ci_low", "ci_high"]].astype(float)
    assert taken.tolist() == share[["estimate", "ci_low", "ci_high"]].tolist()
    assert rows.loc["known_share", "estimate"] == study["answers"]["is_known"].mean()
    assert rows.loc["known_share_trained", "n"] == 108
    assert rows.loc["known_share_held_out", "n"] == 36
    assert rows.loc["not_settled_share", "estimate"] == 1 / 576
    assert rows.loc["same_final_word", "estimate"] == 0.56


def test_an_attribution_of_several_words_is_one(study):
    checks = study["attribution_checks"]
    words = pd.concat([checks.assign(word=word) for word in (1, 2, 3)])
    rows = found(study, checks=words).set_index("finding")
    assert rows.loc["not_settled_share", ["estimate", "n"]].tolist() == [1 / 576, 576]


def test_queries_that_cannot_be_asked_are_not_unknown(study):
    answers = study["answers"].copy()
    answers.loc[~answers["is_known"], "problem"] = "too_long"
    rows = found(study, answers=answers).set_index("finding")
    assert rows.loc["known_share", "estimate"] == 1


def test_a_changed_cell_is_found_on_the_page(study):
    summaries = study["class_summaries"].copy()
    mean = summaries["statistic"] == "mean_consistency_score"
    summaries.loc[mean, ["estimate", "ci_low", "ci_high"]] = [0.4242, 0.3131, 0.5353]
    rows = found(study, summaries=summaries)
    assert cells(rows)["mean_consistency_score"] == "0.42 [0.31, 0.54]"
    assert "0.42 [0.31, 0.54]" in findings.sentence(rows)


def test_cells_are_words_or_numbers_with_interval_or_counts(study):
    told = cells(found(study))
    assert told["n_facts"] == "30 of 36"
    assert told["two_kinds"] == "no evidence of two kinds"
    assert told["known_share"] == "0.799"
    assert told["not_settled_share"] == "1 of 576"
    assert told["correlation"] == "0.31 [0.12, 0.47]"


def test_details_say_of_how_many(study):
    details = {row.finding: findings.detail(row) for row in each(found(study))}
    assert details["mean_adjusted"] == "n = 36"
    assert details["inconsistent_share_static"] == "n = 36; CS < 0.10"
    assert details["two_kinds"] == "n = 36; BIC gain −7.2"
    assert details["known_share"] == "144 queries"
    assert details["n_facts"] == ""


def test_a_checkpoint_has_no_trained_queries(study):
    answers = study["answers"].assign(was_trained=None)
    summaries = study["class_summaries"].copy()
    trained = summaries["statistic"] == "mean_trained"
    summaries.loc[trained, ["estimate", "ci_low", "ci_high"]] = np.nan
    summaries.loc[trained, "n_facts"] = 0
    rows = found(study, answers=answers, summaries=summaries)
    assert not {"known_share_trained", "known_share_held_out", "mean_trained"} & set(
        rows["finding"]
    )


def test_a_model_that_knows_nothing_has_a_sentence_of_its_own(make_study):
    rows = found(make_study(0, 0))
    assert findings.sentence(rows).startswith("no fact could be scored")
    for row in each(rows):
        assert "nan" not in findings.cell(row) + findings.detail(row)


def test_no_threshold_means_no_share_of_inconsistent_facts(study):
    summaries = study["class_summaries"].copy()
    otsu = (summaries["criterion"] == "otsu") & summaries["statistic"].isin(
        ["threshold", "inconsistent_share"]
    )
    summaries.loc[otsu, ["estimate", "ci_low", "ci_high"]] = np.nan
    rows = found(study, summaries=summaries)
    assert cells(rows)["inconsistent_share_otsu"] == "not defined"
    assert "Otsu" not in findings.sentence(rows)


@pytest.mark.parametrize("column", ["estimate", "n"])
def test_every_finding_has_an_estimate_and_an_n(study, column):
    values = pd.to_numeric(found(study)[column])
    assert not any(math.isnan(value) for value in values)
    assert (found(study)["n"] > 0).all()
