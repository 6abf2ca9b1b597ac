"""`tabulate-classes` tabulates both classes of all models (Table 1)."""

import itertools

import pandas as pd
import pytest

MODELS = ("tiny-llama", "tiny-gpt2")


@pytest.fixture
def tabulate(study, run_stage, tmp_path):
    """A function that tabulates both models' classes by these methods: the CSV and the page."""

    def tabulate(methods, compared):
        csv, page = tmp_path / "classes.csv", tmp_path / "classes.html"
        places = list(itertools.product(MODELS, methods))
        written = {
            "summaries": [study.write(tmp_path, "class_summaries", *place) for place in places],
            "comparisons": [study.write(tmp_path, "class_comparisons", *place) for place in places],
            "agreements": [study.write(tmp_path, "class_agreements", model) for model in compared],
        }
        options = {name: " ".join(map(str, paths)) for name, paths in written.items()}
        run_stage("tabulate-classes", csv=csv, page=page, **options)
        return pd.read_csv(csv), page.read_text(encoding="utf-8")

    return tabulate


def test_every_model_and_criterion_is_a_row(tabulate):
    rows, text = tabulate(["ig"], [])
    assert list(zip(rows["model"], rows["criterion"], strict=True)) == [
        (model, criterion) for model in MODELS for criterion in ("static", "otsu")
    ]
    assert text.count("tiny-llama, IG") == 2
    assert "&lt; 1e−300" in text


def test_one_method_has_nothing_to_be_compared_with(tabulate):
    rows, text = tabulate(["ig"], [])
    assert not any("all" in column for column in rows)
    assert "all methods" not in text


def test_methods_stand_in_their_order_with_what_all_of_them_say(tabulate):
    rows, text = tabulate(["ig", "sig", "amig"], MODELS)
    assert rows["method"].tolist() == ["ig", "ig", "sig", "sig", "amig", "amig"] * 2
    by_all = rows.groupby("criterion")["inconsistent_by_all"].unique()
    assert by_all.map(list).to_dict() == {"otsu": [0.34], "static": [0]}
    assert text.count("0.34 [0.28, 0.40]") == 2
    assert text.index("tiny-llama, SIG") < text.index("tiny-llama, AMIG")
    assert "R_I, SIG" in text
    assert "0.13 [0.07, 0.19]" in text
