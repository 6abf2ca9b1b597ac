"""`plot-synapses` draws what synapses move, and writes the numbers drawn."""

import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "synapses.svg", tmp_path / "synapses.csv"
    said = run_stage(
        "plot-synapses",
        summaries=study.write(tmp_path, "synapse_summaries"),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    assert len(pd.read_csv(numbers)) == 3 * 2 * 2 * 14 * 6
    assert "own neurons by 45 [37, 54] %" in said
