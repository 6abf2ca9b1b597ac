"""What the page says of interventions is what the tables of comparisons hold."""

import numpy as np
import pytest

from qloc.figures.findings import cell
from qloc.figures.formats import each
from qloc.figures.intervention_findings import (
    INTERVENTION_QUESTIONS,
    intervention_detail,
    intervention_findings,
    intervention_sentences,
)


@pytest.fixture
def tables(study):
    """The comparisons of one method."""
    return {
        option: study[table][study[table]["method"] == "ig"].copy()
        for option, table in (
            ("mappings", "mapping_comparisons"),
            ("synapses", "synapse_comparisons"),
        )
    }


def found(tables, preset="paper"):
    return intervention_findings(**tables, preset=preset)


def test_every_question_has_one_answer_with_n_and_an_interval(tables):
    rows = found(tables)
    assert rows["finding"].tolist() == list(INTERVENTION_QUESTIONS)
    assert (rows["n"] == 36).all()
    assert (rows["ci_low"] < rows["estimate"]).all()
    assert (rows["estimate"] < rows["ci_high"]).all()


def test_numbers_are_those_of_the_comparisons(tables):
    estimates = found(tables).set_index("finding")["estimate"].to_dict()
    assert estimates == pytest.approx(
        {
            "self_less_neighbor": 0.21,
            "self_less_neighbor_by_class": 0.21 / 4,
            "intersection_less_sample": 0.06,
            "synapses_less_mass": 0.11,
            "synapses_less_columns": 0.37,
            "own_less_neighbors": 0.13,
            "own_less_random": 0.17,
            "suppress_less_enhance": 0.24,
            "suppress_less_enhance_renormalised": 0.16,
        }
    )


def test_synapses_are_those_of_the_preset(tables):
    estimates = found(tables, "lift").set_index("finding")["estimate"]
    assert estimates["synapses_less_mass"] == pytest.approx(0.055)
    assert estimates["self_less_neighbor"] == pytest.approx(0.21)


@pytest.mark.parametrize(
    ("option", "manipulation", "criterion"),
    [("mappings", "enhance", "otsu"), ("synapses", "suppress", "static")],
)
def test_other_manipulations_and_thresholds_are_not_looked_at(
    tables, option, manipulation, criterion
):
    before, rows = found(tables), tables[option]
    other = (rows["manipulation"] == manipulation) & (rows["criterion"] == criterion)
    assert other.any()
    rows.loc[other, "difference"] = 77.0
    assert found(tables).equals(before)


def test_the_sentences_say_the_numbers_in_the_order_of_the_claims(tables):
    text = intervention_sentences(found(tables))
    assert text == (
        "Suppressed, a query's own neurons lower its answer by 0.21 [0.16, 0.25] more than those"
        " of one neighbor, on inconsistent facts by 0.05 [0.00, 0.09] more still."
        " Synapses, suppressed, shrink own neurons by 0.11 [0.06, 0.15] more than the same loss of"
        " attention over all words, by 0.13 [0.08, 0.17] more than neurons of neighbors"
        " only, and by 0.17 [0.12, 0.21] more than random ones."
        " Doubled, they move them less by 0.24 [0.19, 0.28], renormalised by 0.16 [0.11, 0.20]."
    )


def test_every_number_of_the_sentences_stands_in_a_row(tables):
    rows = found(tables)
    cells = {cell(row) for row in each(rows)}
    text = intervention_sentences(rows)
    assert sum(text.count(one) for one in cells) == 7


def test_a_class_without_facts_takes_its_part_of_the_sentence_alone(tables):
    mappings = tables["mappings"]
    numbers = ["difference", "ci_low", "ci_high"]
    mappings.loc[mappings["fact_class"] == "difference", numbers] = np.nan
    rows = found(tables)
    assert "self_less_neighbor_by_class" not in set(rows["finding"])
    assert "one neighbor. Synapses" in intervention_sentences(rows)


def test_medians_stand_beside_where_there_are_any(tables):
    rows = found(tables).set_index("finding")
    assert rows.loc["synapses_less_mass", "note"] == "median 0.10"
    assert rows.loc["self_less_neighbor_by_class", "note"] == ""
    details = {row.finding: intervention_detail(row) for row in each(rows.reset_index())}
    assert details["synapses_less_mass"] == "n = 36; median 0.10"
    assert details["self_less_neighbor_by_class"] == "n = 36"


def test_where_nothing_was_studied_nothing_is_said(tables):
    nothing = {name: table.iloc[:0] for name, table in tables.items()}
    rows = found(nothing)
    assert rows.empty
    assert intervention_sentences(rows) == ""
