"""`plot-synapse-examples` draws one fact of each class, found among those of all relations."""

import numpy as np
import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "examples.svg", tmp_path / "examples.csv"
    said = run_stage(
        "plot-synapse-examples",
        examples=study.write_by_relation(tmp_path, "synapse_examples"),
        queries=study.write_by_relation(tmp_path, "queries"),
        scores=study.write(tmp_path, "consistency_scores"),
        classes=study.write(tmp_path, "consistency_classes"),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    rows = pd.read_csv(numbers)
    assert set(rows["kind"]) == {"consistent", "inconsistent"}
    assert set(rows["preset"]) == {"paper"}
    np.testing.assert_allclose(rows["value_suppress_renormalised"], rows["value_as_it_is"] / 2)
    assert not rows.duplicated(["query_id", "layer", "neuron"]).any()
    assert "no evidence: own values without synapses −50 % for" in said


def test_a_study_without_examples_has_an_empty_figure(make_study, run_stage, tmp_path):
    nothing = make_study(0, 0)
    figure, numbers = tmp_path / "examples.svg", tmp_path / "examples.csv"
    said = run_stage(
        "plot-synapse-examples",
        examples="",
        queries="",
        scores=nothing.write(tmp_path, "consistency_scores"),
        classes=nothing.write(tmp_path, "consistency_classes"),
        figure=figure,
        numbers=numbers,
    )
    assert pd.read_csv(numbers).empty
    assert "No fact with a class" in said
