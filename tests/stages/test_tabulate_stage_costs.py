"""`tabulate-stage-costs` tabulates what the stages of all models took."""

import pandas as pd


def test_every_stage_of_every_model_is_a_row(study, run_stage, tmp_path):
    csv, page = tmp_path / "costs.csv", tmp_path / "costs.html"
    models = ("tiny-llama", "tiny-gpt2")
    costs = " ".join(str(study.write(tmp_path, "stage_costs", model)) for model in models)
    run_stage("tabulate-stage-costs", csv=csv, page=page, costs=costs)
    rows, text = pd.read_csv(csv), page.read_text(encoding="utf-8")
    assert rows["model"].tolist() == [model for model in models for _ in range(6)]
    assert rows["rule"].tolist()[:3] == ["train_tiny_model", "answer_queries", "attribute_neurons"]
    assert rows["operations_per_second"].tolist()[3::6] == [9e12 / 50] * 2
    assert "tiny-llama: attribute neurons, AMIG" in text
    assert text.count("not planned") == 2 * 5
