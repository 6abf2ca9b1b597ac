"""`tabulate-costs` tabulates time and memory of all models (Table 6)."""

import pandas as pd


def test_every_model_value_and_operation_is_a_row(study, run_stage, tmp_path):
    csv, page = tmp_path / "costs.csv", tmp_path / "costs.html"
    models = ("tiny-llama", "tiny-gpt2")
    costs = " ".join(str(study.write(tmp_path, "manipulation_costs", model)) for model in models)
    run_stage("tabulate-costs", csv=csv, page=page, costs=costs)
    rows, text = pd.read_csv(csv), page.read_text(encoding="utf-8")
    assert list(zip(rows["model"], rows["value"], rows["operation"], strict=True)) == [
        (model, value, operation)
        for model in models
        for value in ("activation", "attribution")
        for operation in ("none", "suppress", "enhance")
    ]
    assert rows["relative_seconds"].tolist() == [1, 1.2, 1.3] * 4
    assert "10 queries × 5" in text
    assert text.count("1.20 ×") == 4
