"""`plot-quadratures` draws what every rule gets wrong, and writes the numbers drawn."""

import pandas as pd

from qloc.measures.quadrature_comparison import COMPARED


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "quadratures.svg", tmp_path / "quadratures.csv"
    said = run_stage(
        "plot-quadratures",
        comparisons=study.write(tmp_path, "quadrature_comparisons"),
        quadrature="riemann_right",
        steps=50,
        tolerance=0.001,
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    found = pd.read_csv(numbers)
    assert list(zip(found["quadrature"], found["steps"], strict=True)) == list(COMPARED)
    assert ": right Riemann 50 for 18 of 72 queries [" in said
