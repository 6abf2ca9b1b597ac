"""`plot-synapse-distributions` draws what synapses move, fact by fact, from all relations."""

import pandas as pd


def test_the_figure_and_its_numbers_are_written_together(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "distributions.svg", tmp_path / "distributions.csv"
    classes = [study.write(tmp_path, "consistency_classes", method=m) for m in ("sig", "ig")]
    said = run_stage(
        "plot-synapse-distributions",
        effects=study.write_by_relation(tmp_path, "synapse_effects"),
        answers=study.write_by_relation(tmp_path, "synapse_answers"),
        classes=" ".join(map(str, classes)),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    rows = pd.read_csv(numbers)
    assert set(rows["method"]) == {"ig"}
    assert rows.groupby("fact_class")["n_facts"].max().sum() == 36
    assert "own neurons by median (middle half)" in said
