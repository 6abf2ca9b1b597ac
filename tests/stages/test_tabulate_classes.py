"""`tabulate-classes` tabulates both classes of all models (Table 1)."""

import pandas as pd


def test_every_model_and_criterion_is_a_row(study, run_stage, tmp_path):
    models = ("tiny-llama", "tiny-gpt2")
    csv, page = tmp_path / "classes.csv", tmp_path / "classes.html"
    summaries = [study.write(tmp_path, "class_summaries", model) for model in models]
    comparisons = [study.write(tmp_path, "class_comparisons", model) for model in models]
    run_stage(
        "tabulate-classes",
        summaries=" ".join(map(str, summaries)),
        comparisons=" ".join(map(str, comparisons)),
        csv=csv,
        page=page,
    )
    rows = pd.read_csv(csv)
    assert list(zip(rows["model"], rows["criterion"], strict=True)) == [
        (model, criterion) for model in models for criterion in ("static", "otsu")
    ]
    text = page.read_text(encoding="utf-8")
    assert text.count("tiny-llama, IG") == 2
    assert "&lt; 1e−300" in text
