"""`plot-checks` draws the error bars of attributions, and writes the numbers drawn."""

import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "checks.svg", tmp_path / "checks.csv"
    said = run_stage(
        "plot-checks",
        checks=study.write(tmp_path, "attribution_checks"),
        tolerance=0.001,
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    assert pd.read_csv(numbers)["layer"].tolist() == ["0", "1", "2", "3", "all"]
    assert "1 of 576 attributions" in said
