"""`plot-training` draws how a model learned, and writes the numbers drawn."""

import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "training.svg", tmp_path / "training.csv"
    said = run_stage(
        "plot-training",
        training=study.write(tmp_path, "training"),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    assert pd.read_csv(numbers)["step"].tolist() == study["training"]["step"].tolist()
    assert "After 500 steps" in said
