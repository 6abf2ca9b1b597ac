"""`tabulate-sequences` tabulates what is left after the last edit (Table 7)."""

import pandas as pd


def write(study, folder, *models):
    return " ".join(study.write_by_operation(folder, "edit_sequences", model) for model in models)


def test_every_model_operation_preset_set_and_scorer_is_a_row(study, run_stage, tmp_path):
    csv, page = tmp_path / "s.csv", tmp_path / "s.html"
    paths = write(study, tmp_path, "tiny-llama", "tiny-gpt2")
    run_stage("tabulate-sequences", csv=csv, page=page, sequences=paths)
    rows, text = pd.read_csv(csv), page.read_text(encoding="utf-8")
    assert rows["model"].drop_duplicates().tolist() == ["tiny-llama", "tiny-gpt2"]
    assert len(rows) == 2 * 2 * 2 * 3 * 3
    assert set(rows["method"]) == {"ig"}
    assert text.count("<table>") == 4
    assert "tiny-gpt2, IG: update" in text
    assert "Loc: the share of queries" in text


def test_a_study_without_a_fact_to_edit_says_so(make_study, run_stage, tmp_path):
    csv, page = tmp_path / "s.csv", tmp_path / "s.html"
    paths = write(make_study(0, 0), tmp_path, "tiny-gpt2")
    run_stage("tabulate-sequences", csv=csv, page=page, sequences=paths)
    assert pd.read_csv(csv).empty
    text = page.read_text(encoding="utf-8")
    assert "<table>" not in text
    assert "No fact was edited" in text
