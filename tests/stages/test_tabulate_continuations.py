"""`tabulate-continuations` tabulates texts before and after edits (Table 8)."""

import pandas as pd


def test_every_text_is_a_row_and_every_edit_a_line(study, run_stage, tmp_path):
    csv, page = tmp_path / "c.csv", tmp_path / "c.html"
    models = ("tiny-llama", "tiny-gpt2")
    paths = " ".join(str(study.write(tmp_path, "continuations", model)) for model in models)
    run_stage("tabulate-continuations", csv=csv, page=page, continuations=paths)
    rows, text = pd.read_csv(csv), page.read_text(encoding="utf-8")
    assert rows["model"].drop_duplicates().tolist() == list(models)
    assert len(rows) == 2 * len(study["continuations"])
    assert text.count("<table>") == 2 * 2 * 2
    assert text.count(">calibrated, consistency aware<") == 2 * 2 * 2


def test_a_study_without_a_fact_to_edit_says_so(make_study, run_stage, tmp_path):
    csv, page = tmp_path / "c.csv", tmp_path / "c.html"
    path = make_study(0, 0).write(tmp_path, "continuations")
    run_stage("tabulate-continuations", csv=csv, page=page, continuations=path)
    assert pd.read_csv(csv).empty
    assert "No fact was edited" in page.read_text(encoding="utf-8")
