"""`tabulate-edits` tabulates how well edits do, of all models."""

import pandas as pd

MODELS = ("tiny-llama", "tiny-gpt2")


def tabulate(study, run_stage, tmp_path):
    csv, page = tmp_path / "edits.csv", tmp_path / "edits.html"
    options = {
        name: " ".join(str(study.write(tmp_path, f"edit_{name}", model)) for model in MODELS)
        for name in ("summaries", "comparisons")
    }
    run_stage("tabulate-edits", csv=csv, page=page, **options)
    return csv, page.read_text(encoding="utf-8")


def test_every_model_is_on_the_page_and_every_number_in_the_file(study, run_stage, tmp_path):
    csv, text = tabulate(study, run_stage, tmp_path)
    rows = pd.read_csv(csv)
    assert text.count("<table>") == 2 * 2 * 2 * 2 * 3
    assert text.index("Quality of edits: tiny-llama, IG") < text.index(
        "Quality of edits: tiny-gpt2, IG"
    )
    assert "150 [127, 172]" in text
    is_meant = (rows["metric"] == "perplexity_change") & (rows["neuron_set"] == "union")
    is_meant &= (rows["operation"] == "update") & (rows["preset"] == "calibrated")
    found = rows[is_meant & rows["other_set"].isna() & (rows["fact_class"] == "inconsistent")]
    assert found["estimate"].tolist() == [1.5, 1.5]
    assert rows["estimate"].notna().all()
    assert ">nan" not in text


def test_a_study_without_edited_facts_says_so(make_study, run_stage, tmp_path):
    csv, text = tabulate(make_study(0, 0), run_stage, tmp_path)
    assert len(pd.read_csv(csv)) == 0
    assert "No fact was edited" in text
    assert "<table>" not in text
