"""`plot-synapse-places` draws where synapses lie over all relations, and writes the shares."""

import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "places.svg", tmp_path / "places.csv"
    said = run_stage(
        "plot-synapse-places",
        places=study.write(tmp_path, "synapse_places"),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    rows = pd.read_csv(numbers)
    assert len(rows) == 2 * (4 * 3 + 4 + 1)
    assert "70 % of the columns are synapses (preset paper" in said
