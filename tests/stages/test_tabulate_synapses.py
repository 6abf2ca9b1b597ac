"""`tabulate-synapses` tabulates what synapses move, of all models."""

import pandas as pd
import pytest

MODELS = ("tiny-llama", "tiny-gpt2")


@pytest.fixture
def tabulate(study, run_stage, tmp_path):
    """A function that tabulates both models: the CSV and the page."""

    def tabulate():
        csv, page = tmp_path / "synapses.csv", tmp_path / "synapses.html"
        options = {
            name: " ".join(str(study.write(tmp_path, f"synapse_{name}", model)) for model in MODELS)
            for name in ("summaries", "comparisons", "answers")
        }
        run_stage("tabulate-synapses", csv=csv, page=page, **options)
        return pd.read_csv(csv), page.read_text(encoding="utf-8")

    return tabulate


def test_every_model_and_preset_is_on_the_page(tabulate):
    rows, text = tabulate()
    assert rows["model"].unique().tolist() == list(MODELS)
    assert set(rows["outcome"].dropna()) == {
        "own", "neighbors", "neighbors_only", "random", "random_any", "answer"
    }  # fmt: skip
    assert set(rows.dropna(subset=["outcome", "synapse_set"])["synapse_set"]) == {"synapses"}
    assert text.count("<table>") == 1 + 2 * 2 * 5
    assert text.count(">SIG, suppressed, renormalised<") == 2 * 2 * 5
    assert "static threshold tiny-gpt2 has facts of one class only" in text
    assert rows["attention_mass"].dropna().tolist() == [0.8] * 2 * 2 * 2
    assert text.count(">80.0<") == 2 * 2 * 2
    assert ">nan" not in text


def test_no_query_is_said(study, tabulate):
    for name in ("synapse_summaries", "synapse_comparisons", "synapse_answers"):
        study.tables[name] = study[name].iloc[:0]
    rows, text = tabulate()
    assert rows.empty
    assert "No query was looked at" in text
