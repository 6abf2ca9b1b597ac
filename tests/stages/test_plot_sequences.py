"""`plot-sequences` draws edits one after another, and writes the numbers drawn."""

import pandas as pd


def test_the_figure_and_its_numbers_are_of_both_operations(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "sequences.svg", tmp_path / "sequences.csv"
    said = run_stage(
        "plot-sequences",
        sequences=study.write_by_operation(tmp_path, "edit_sequences"),
        rules='{"calibrated": {}, "paper": {}}',
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    rows = pd.read_csv(numbers)
    assert len(rows) == 2 * 2 * 3 * 3
    assert set(rows["operation"]) == {"erase", "update"}
    assert "reliability (locality) is 0.17" in said
