"""`plot-schematic` draws two facts of the run and the neurons of their queries."""

import pandas as pd

from qloc.figures.examples import example_facts


def test_the_lines_are_the_knowledge_neurons_of_the_two_facts(study, run_stage, tmp_path):
    figure, numbers = tmp_path / "schematic.svg", tmp_path / "schematic.csv"
    said = run_stage(
        "plot-schematic",
        queries=study.write_by_relation(tmp_path, "queries"),
        knowledge_neurons=study.write(tmp_path, "knowledge_neurons"),
        scores=study.write(tmp_path, "consistency_scores"),
        classes=study.write(tmp_path, "consistency_classes"),
        model=study.write_manifest(tmp_path),
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    chosen = example_facts(study["consistency_scores"], study["consistency_classes"])
    neurons = study["knowledge_neurons"]
    assert len(pd.read_csv(numbers)) == neurons["fact_id"].isin(chosen.values()).sum()
    scores = study["consistency_scores"].set_index("fact_id")
    for fact_id in chosen.values():
        row = scores.loc[fact_id]
        assert f"{row['n_neurons_shared']} of {row['n_neurons_any']} neurons of" in said
