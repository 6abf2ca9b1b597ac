"""`plot-diagnostics` draws whether there are two kinds of facts, and writes the numbers drawn."""

import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "diagnostics.svg", tmp_path / "diagnostics.csv"
    said = run_stage(
        "plot-diagnostics",
        scores=study.write(tmp_path, "consistency_scores"),
        classes=study.write(tmp_path, "consistency_classes"),
        diagnostics=study.write(tmp_path, "class_diagnostics"),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    assert set(pd.read_csv(numbers)["diagnostic"]) == set(study["class_diagnostics"]["diagnostic"])
    assert "BIC favours one kind (−7.2), the dip shows no gap" in said
