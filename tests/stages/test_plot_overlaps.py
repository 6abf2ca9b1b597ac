"""`plot-overlaps` draws the Jaccard ladder, and writes the numbers drawn."""

import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "overlaps.svg", tmp_path / "overlaps.csv"
    said = run_stage(
        "plot-overlaps",
        overlaps=study.write(tmp_path, "neuron_set_overlaps"),
        scores=study.write(tmp_path, "consistency_scores"),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    found = pd.read_csv(numbers).set_index("rung")["mean_jaccard"]
    expected = study["neuron_set_overlaps"].set_index("rung")["mean_jaccard"]
    assert found.to_dict() == expected.to_dict()
    assert "of a fact overlap by mean Jaccard 0.41" in said
