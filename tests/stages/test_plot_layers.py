"""`plot-layers` draws where neurons lie, and writes the numbers drawn."""

import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "layers.svg", tmp_path / "layers.csv"
    said = run_stage(
        "plot-layers",
        knowledge_neurons=study.write(tmp_path, "knowledge_neurons"),
        model=study.write_manifest(tmp_path),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    rows = pd.read_csv(numbers)
    assert rows["layer"].tolist() == [0, 1, 2, 3]
    assert rows["n_selections"].sum() == len(study["knowledge_neurons"])
    assert "of 4 (from 0)" in said
