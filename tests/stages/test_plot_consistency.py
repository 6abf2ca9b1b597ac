"""`plot-consistency` draws the consistency of every fact, and writes the numbers drawn."""

import pandas as pd
import pytest


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "consistency.svg", tmp_path / "consistency.csv"
    said = run_stage(
        "plot-consistency",
        scores=study.write(tmp_path, "consistency_scores"),
        classes=study.write(tmp_path, "consistency_classes"),
        summaries=study.write(tmp_path, "class_summaries"),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    rows = pd.read_csv(numbers)
    assert rows["n_facts"].tolist() == [36, 12, 12, 12]
    mean = study["consistency_scores"]["consistency_score"].mean()
    assert rows["mean"][0] == pytest.approx(mean, rel=1e-5)
    assert f"36 facts is {mean:.2f}" in said
