"""`tabulate-mapping` tabulates how far neuron sets move the answer, of all models."""

import pandas as pd

MODELS = ("tiny-llama", "tiny-gpt2")


def test_every_model_is_on_the_page_and_every_row_shown_in_the_file(study, run_stage, tmp_path):
    csv, page = tmp_path / "mapping.csv", tmp_path / "mapping.html"
    options = {
        name: " ".join(str(study.write(tmp_path, f"mapping_{name}", model)) for model in MODELS)
        for name in ("summaries", "comparisons")
    }
    run_stage("tabulate-mapping", csv=csv, page=page, **options)
    rows, text = pd.read_csv(csv), page.read_text(encoding="utf-8")
    tables = (study["mapping_summaries"], study["mapping_comparisons"])
    n_rows = sum(int((table["criterion"] == "otsu").sum()) for table in tables)
    assert rows.groupby("model", sort=False).size().to_dict() == dict.fromkeys(MODELS, n_rows)
    assert text.count("<table>") == 2 * 2 * 2
    assert text.count(">IG, self − unrelated<") == 4
    assert "61.0 [56.0, 65.0]" in text
    assert "Under the static threshold tiny-llama has facts of one class only" in text
    assert ">nan" not in text
