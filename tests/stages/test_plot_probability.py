"""`plot-probability` draws adjusted consistency against probability, and its numbers."""

import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "probability.svg", tmp_path / "probability.csv"
    said = run_stage(
        "plot-probability",
        scores=study.write(tmp_path, "consistency_scores"),
        associations=study.write(tmp_path, "probability_associations"),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    assert set(pd.read_csv(numbers)["stratum"]) == {"all", "P1", "P2", "P3"}
    assert "0.31 [0.12, 0.47] over 36 facts" in said
