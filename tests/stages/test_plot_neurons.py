"""`plot-neurons` draws the neurons behind a typical fact of each class."""

import pandas as pd

from qloc.figures.examples import example_facts


def test_the_two_typical_facts_are_drawn_from_the_files_of_their_relations(
    study, run_stage, tmp_path
):
    figure, numbers = tmp_path / "neurons.svg", tmp_path / "neurons.csv"
    said = run_stage(
        "plot-neurons",
        attributions=study.write_by_relation(tmp_path, "attributions"),
        queries=study.write_by_relation(tmp_path, "queries"),
        knowledge_neurons=study.write(tmp_path, "knowledge_neurons"),
        scores=study.write(tmp_path, "consistency_scores"),
        classes=study.write(tmp_path, "consistency_classes"),
        keep=0.05,
        figure=figure,
        numbers=numbers,
    )
    assert figure.read_bytes().startswith(b"<?xml")
    chosen = example_facts(study["consistency_scores"], study["consistency_classes"])
    rows = pd.read_csv(numbers)
    shown = rows.groupby("kind")["query_id"].first().str.rpartition("/")[0]
    assert shown.to_dict() == chosen
    neurons = study["knowledge_neurons"]
    n_selected = neurons["fact_id"].isin(chosen.values()).sum()
    assert rows["is_selected"].sum() == n_selected
    assert "share neurons with CS" in said


def test_a_study_without_classes_has_an_empty_figure(make_study, run_stage, tmp_path):
    nothing = make_study(0, 0)
    figure, numbers = tmp_path / "neurons.svg", tmp_path / "neurons.csv"
    said = run_stage(
        "plot-neurons",
        attributions="",
        queries="",
        knowledge_neurons=nothing.write(tmp_path, "knowledge_neurons"),
        scores=nothing.write(tmp_path, "consistency_scores"),
        classes=nothing.write(tmp_path, "consistency_classes"),
        keep=0.05,
        figure=figure,
        numbers=numbers,
    )
    assert pd.read_csv(numbers).empty
    assert "No fact has a class." in said
