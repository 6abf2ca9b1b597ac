"""Diagnostics are shown against one hump, and evidence needs both tests that know no cut."""

import numpy as np
import pytest

from qloc.figures import diagnostics


def with_values(study, **changed):
    """The study's diagnostics with some values changed: `name=(column, value)`."""
    rows = study["class_diagnostics"].set_index("diagnostic").copy()
    for name, values in changed.items():
        for column, value in values.items():
            rows.loc[name, column] = value
    return rows.reset_index()


@pytest.mark.parametrize(
    ("bic", "dip", "said"),
    [
        ({"value": 9.0, "p_value": 0.01}, {"p_value": 0.01}, "evidence of two kinds"),
        ({"value": 9.0, "p_value": 0.01}, {"p_value": 0.4}, "the tests disagree"),
        ({"value": 9.0, "p_value": 0.2}, {"p_value": 0.4}, "no evidence of two kinds"),
        ({"value": -1.0, "p_value": 0.01}, {"p_value": 0.4}, "no evidence of two kinds"),
        ({"value": np.nan, "p_value": np.nan}, {"p_value": 0.4}, "cannot be said"),
    ],
)
def test_evidence_needs_both_bic_and_dip(study, bic, dip, said):
    rows = with_values(study, bic_difference=bic, dip=dip)
    assert diagnostics.evidence(rows) == said


def test_a_large_t_is_no_evidence(study):
    rows = with_values(study, welch_t={"value": 220.0, "p_value": 0.001})
    assert diagnostics.evidence(rows) == "no evidence of two kinds"


def test_the_histogram_counts_every_fact_and_marks_the_cut(study):
    scores = study["consistency_scores"]
    axes = diagnostics.draw(scores, study["class_diagnostics"], {"otsu": 0.31}).axes[0]
    assert sum(bar.get_height() for bar in axes.containers[0]) == len(scores)
    assert axes.lines[0].get_xdata()[0] == 0.31


def test_a_value_stands_where_it_lies_between_the_ends_of_one_hump(study):
    rows = with_values(
        study,
        welch_t={"value": 15.0, "reference_low": 10.0, "reference_high": 20.0},
        dip={"value": 9.0, "reference_low": 0.0, "reference_high": 1.0},
    )
    axes = diagnostics.draw(study["consistency_scores"], rows, {}).axes[1]
    marks = {line.get_ydata()[0]: line for line in axes.lines if line.get_marker() in "D<>"}
    names = list(diagnostics.NAMES)
    assert marks[names.index("welch_t")].get_xdata()[0] == 0.5
    assert marks[names.index("dip")].get_marker() == ">"


def test_values_stand_beside_their_marks(study):
    axes = diagnostics.draw(study["consistency_scores"], study["class_diagnostics"], {}).axes[1]
    texts = [text.get_text() for text in axes.texts]
    assert texts[0] == "−7.2 (> 0 favours two)\none kind: −14.0 to 1.5, p = 0.40"


@pytest.mark.parametrize(
    ("bic", "dip", "said"),
    [
        (-7.8, 0.98, "BIC favours one kind (−7.8), the dip shows no gap (p = 0.98); p of BIC 0.04"),
        (9, 0.01, "BIC favours two kinds (9.0), the dip shows a gap (p = 0.01); p of BIC 0.04"),
    ],
)
def test_the_description_is_true_to_both_tests(study, bic, dip, said):
    changed = {"bic_difference": {"value": bic, "p_value": 0.04}, "dip": {"p_value": dip}}
    assert diagnostics.describe(with_values(study, **changed)).startswith(f"{said}, ")


def test_without_a_test_nothing_is_said_of_two_kinds(study):
    rows = with_values(study, dip={"p_value": np.nan})
    assert diagnostics.describe(rows) == "Whether there are two kinds of facts cannot be said."
