"""`plot-mapping` draws how far every neuron set moves the answer, and writes the numbers drawn."""

import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "mapping.svg", tmp_path / "mapping.csv"
    said = run_stage(
        "plot-mapping",
        summaries=study.write(tmp_path, "mapping_summaries"),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    assert len(pd.read_csv(numbers)) == 3 * 2 * 2 * 11
    assert "lower answers by 62 [54, 71] %" in said
