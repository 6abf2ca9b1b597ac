"""`plot-agreement` draws how far methods agree, and writes the numbers drawn."""

import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "agreement.svg", tmp_path / "agreement.csv"
    said = run_stage(
        "plot-agreement",
        neurons=study.write(tmp_path, "method_agreements"),
        classes=study.write(tmp_path, "class_agreements"),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    rows = pd.read_csv(numbers)
    assert rows.groupby("panel").size().to_dict() == {"neurons": 36, "inconsistent facts": 16}
    assert "overlap by mean Jaccard 0.27 to 0.62" in said
