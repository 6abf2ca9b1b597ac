"""`plot-sweep` draws both thresholds swept, and writes the numbers drawn."""

import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "sweep.svg", tmp_path / "sweep.csv"
    said = run_stage(
        "plot-sweep",
        sweep=study.write(tmp_path, "threshold_sweeps"),
        classes=study.write(tmp_path, "consistency_classes"),
        selection_threshold=0.2,
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    assert len(pd.read_csv(numbers)) == len(study["threshold_sweeps"])
    assert "the lowest share of inconsistent facts is" in said
