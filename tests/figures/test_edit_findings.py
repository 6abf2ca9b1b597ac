"""What the page says of edits is what their summaries and comparisons hold."""

import numpy as np
import pandas as pd
import pytest
from tests.edits import quality

from qloc.figures.edit_findings import (
    EDIT_QUESTIONS,
    PAIRS,
    edit_cell,
    edit_findings,
    edit_sentences,
)
from qloc.figures.edit_formats import change_in_percent
from qloc.figures.findings import cell
from qloc.figures.formats import each

ABOVE = "Updated through a query's own neurons"


@pytest.fixture
def tables(study):
    """Summaries and comparisons of one model and method."""
    return {
        "summaries": study["edit_summaries"].copy(),
        "comparisons": study["edit_comparisons"].copy(),
    }


def found(tables, preset="calibrated"):
    return edit_findings(**tables, preset=preset)


def placed(rows, method="ig"):
    return rows.assign(model="m", method=method)


def test_every_question_has_an_answer_of_both_operations(tables):
    rows = found(tables)
    assert rows["finding"].tolist() == [
        f"{operation}_{name}" for operation in ("update", "erase") for name in EDIT_QUESTIONS
    ]
    assert (rows["ci_low"] < rows["estimate"]).all()
    assert (rows["estimate"] < rows["ci_high"]).all()
    assert (rows["n"] > 0).all()


@pytest.mark.parametrize("preset", ["calibrated", "paper"])
@pytest.mark.parametrize("operation", ["update", "erase"])
def test_numbers_are_those_of_held_out_sets_of_the_preset(tables, preset, operation):
    def of(name, metric):
        return quality(name, operation, preset, 2 if preset == "calibrated" else 0)[metric]

    own = of("query", "generalization")
    expected = {"query_generalization": own[1] - own[0]} | {
        finding: (of(name, metric) - of(other, metric))[int(kind == "inconsistent")]
        for finding, (name, other, kind, metric) in PAIRS.items()
    }
    estimates = found(tables, preset).set_index("finding")["estimate"]
    assert expected == pytest.approx({name: estimates[f"{operation}_{name}"] for name in expected})


def test_other_strengths_and_scorers_are_not_looked_at(tables):
    before = found(tables)
    summaries, comparisons = tables["summaries"], tables["comparisons"]
    is_other = ~summaries["is_chosen"] | (summaries["scorer"] != "first_token")
    summaries.loc[is_other, "mean"] = 77.0
    comparisons.loc[comparisons["scorer"] != "first_token", "difference"] = 77.0
    assert found(tables).equals(before)


def test_the_sentences_say_the_numbers_in_the_order_of_the_claims(tables):
    text = edit_sentences(placed(found(tables)))
    assert text == (
        "Updated through a query's own neurons, inconsistent facts generalize by −0.28"
        " [−0.37, −0.19] compared with consistent ones (n = 22)."
        " On inconsistent facts, updates of the union change locality by −0.52 [−0.58, −0.46]"
        " compared with own neurons, and perplexity by 149 [143, 155] % (n = 10)."
        " Consistency-aware updates change the average there by 0.05 [−0.01, 0.11] compared with"
        " own neurons, 0.07 [0.01, 0.13] with the union, 0.46 [0.40, 0.52] with as many random"
        " neurons, 0.05 [−0.01, 0.11] with as many top scores, and perplexity by −142"
        " [−148, −136] % compared with the union (n = 10)."
        " On consistent facts they change the average by 0.03 [−0.03, 0.09] compared with own"
        " neurons (n = 12)."
    )


def test_every_number_of_the_sentences_stands_in_a_row(tables):
    rows = found(tables)
    text = edit_sentences(placed(rows))
    for row in each(rows[rows["finding"].str.startswith("update")]):
        is_change = row.finding.endswith("_perplexity")
        assert (change_in_percent(row.estimate) if is_change else cell(row)) in text


def test_without_held_out_queries_nothing_is_said(tables):
    seen = {
        name: table[~table["neuron_set"].str.contains("held_out")] for name, table in tables.items()
    }
    seen = {name: table[table["metric"] != "generalization"] for name, table in seen.items()}
    rows = found(seen)
    assert rows.empty
    assert edit_sentences(placed(rows)) == ""


def test_a_class_without_facts_takes_its_sentence_alone(tables):
    comparisons = tables["comparisons"]
    is_lower = comparisons["fact_class"] == "consistent"
    comparisons.loc[is_lower, ["difference", "ci_low", "ci_high"]] = np.nan
    text = edit_sentences(placed(found(tables)))
    assert "On consistent facts" not in text
    assert text.startswith(ABOVE)


def test_a_mean_that_leaves_facts_out_stands_in_the_table_alone(tables):
    comparisons = tables["comparisons"]
    is_change = comparisons["metric"] == "perplexity_change"
    comparisons.loc[is_change, "n_facts"] -= 2
    rows = found(tables)
    note = rows.set_index("finding").loc["update_union_perplexity", "note"]
    assert note == "median 149 %, without 2 facts beyond any number"
    text = edit_sentences(placed(rows))
    assert "perplexity" not in text
    assert "by −0.52 [−0.58, −0.46] compared with own neurons (n = 10)." in text


def test_a_cell_says_both_operations_n_and_medians(tables):
    rows = placed(found(tables))
    text, small = edit_cell(rows, "union_perplexity")
    assert text == "update 149 [143, 155] %; erase 134 [128, 140] %"
    assert small == "n = 10; update: median 149 %; erase: median 134 %"
    rows.loc[rows["finding"] == "erase_query_generalization", "n"] = 9
    assert edit_cell(rows, "query_generalization")[1] == "n = 9 and 22"
    only = rows[rows["finding"] != "erase_aware_less_query"]
    assert edit_cell(only, "aware_less_query")[0] == "update 0.05 [−0.01, 0.11]"
    assert edit_cell(rows.iloc[:0], "aware_less_query") == ("not measured", "")


def test_a_cell_names_methods_where_there_are_several(tables):
    rows = placed(found(tables))
    several = pd.concat([rows, rows.assign(method="sig").head(1)])
    text, _ = edit_cell(several, "query_generalization")
    assert text == (
        "IG: update −0.28 [−0.37, −0.19]; erase −0.26 [−0.35, −0.17]."
        " SIG: update −0.28 [−0.37, −0.19]"
    )


def test_a_method_that_is_not_the_models_first_is_named(tables):
    rows = placed(found(tables), "sig")
    other = rows.head(1).assign(method="ig", finding="mean_chance")
    assert edit_sentences(pd.concat([other, rows])).startswith(f"Edited by SIG: {ABOVE}")
    last = pd.concat([other.assign(method="amig"), placed(found(tables), "ig")])
    assert edit_sentences(last).startswith(f"Edited by IG: {ABOVE}")
    assert edit_sentences(rows).startswith(ABOVE)
