"""`plot-funnel` draws what every step left, and writes the numbers drawn."""

import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "funnel.svg", tmp_path / "funnel.csv"
    said = run_stage(
        "plot-funnel",
        funnel=study.write(tmp_path, "funnels"),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    assert pd.read_csv(numbers)["n_facts"].tolist() == study["funnels"]["n_facts"].tolist()
    assert "30 facts and 108 queries are left" in said
