"""`plot-tradeoff` draws what edits gain and cost, and writes the numbers drawn."""

import pandas as pd


def test_the_figure_is_filled_for_the_preset_listed_last(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "tradeoff.svg", tmp_path / "tradeoff.csv"
    said = run_stage(
        "plot-tradeoff",
        summaries=study.write(tmp_path, "edit_summaries"),
        rules='{"calibrated": {}, "paper": {}}',
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    assert len(pd.read_csv(numbers)) == 2 * 2 * (5 * 5 + 9 * 2)
    assert "(locality) of updates, preset paper, 10 inconsistent facts: own" in said
    assert "union 0.61 [" in said
