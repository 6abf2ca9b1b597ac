"""`plot-claims` draws the claims of all models by one method, and writes the numbers drawn."""

import pandas as pd
from tests import claims


def test_the_figure_and_its_numbers_are_written_together(run_stage, tmp_path):
    tables = {"tiny-llama": claims.found(-1.0), "tiny-gpt2": claims.found()}
    rows = claims.claims(tables, methods=["ig", "sig"])
    figure, numbers = tmp_path / "claims.svg", tmp_path / "claims.csv"
    said = run_stage(
        "plot-claims",
        claims=claims.written(tmp_path, rows),
        method="sig",
        figure=figure,
        numbers=numbers,
    )
    assert "1 of 11 on tiny-llama and 11 of 11 on tiny-gpt2" in said
    assert b"1 of 11 on tiny-llama and 11 of 11" in figure.read_bytes()
    drawn = pd.read_csv(numbers)
    assert set(drawn["method"]) == {"sig", "all"}
    assert drawn["model"].unique().tolist() == list(tables)
