"""`tabulate-claims` tabulates the claims and their verdicts, of all models and methods."""

import dataclasses

import pandas as pd
import pytest
from tests import claims
from tests.printed import impossible

from qloc.contracts.claims import WHOLE
from qloc.measures.claims import CLAIM

MODELS, METHODS = ("tiny-llama", "tiny-gpt2"), ("ig", "sig")


@pytest.fixture
def tabulate(run_stage, tmp_path):
    """A function that tabulates claims judged on these tables: the CSV's rows and the page."""

    def tabulate(tables, methods=METHODS):
        paths = claims.written(tmp_path, claims.claims(tables, MODELS, methods))
        csv, page = tmp_path / "claims.csv", tmp_path / "claims.html"
        run_stage("tabulate-claims", claims=paths, csv=csv, page=page)
        return pd.read_csv(csv), page.read_text(encoding="utf-8")

    return tabulate


def test_every_model_and_method_is_a_table_in_the_order_of_the_study(tabulate):
    rows, text = tabulate(claims.found())
    places = [f"<caption>{model}, {name}</caption>" for model in MODELS for name in ("IG", "SIG")]
    at = [text.index(place) for place in places]
    assert at == sorted(at)
    assert text.count("<table>") == 4
    assert rows["model"].unique().tolist() == list(MODELS)
    wholes = rows[rows["part"] == WHOLE]
    assert len(wholes) == 2 * (2 * len(CLAIM) - 1)
    assert text.count(">✓ supported<") == 2 * 4 * (len(CLAIM) + 23)


def test_numbers_and_verdicts_are_those_of_the_model(tabulate):
    rows, text = tabulate({"tiny-llama": claims.found(-1.0), "tiny-gpt2": claims.found()}, ["ig"])
    first, second = text.split("<caption>")[1:]
    assert "−0.10 [−0.12, −0.08]" in first
    assert "−0.10 [−0.12, −0.08]" not in second
    assert "✗ not supported" in first
    assert "✗ not supported" not in second
    own = rows[(rows["claim"] == "2") & (rows["part"] == WHOLE)]
    assert own["verdict"].tolist() == ["not_supported", "supported"]
    assert own["estimate"].tolist() == [-0.1, 0.1]
    assert own["method"].tolist() == ["all", "all"]


def test_what_was_not_tested_says_why_without_nan(tabulate):
    rows, text = tabulate(claims.nothing(), ["ig"])
    assert set(rows["verdict"]) == {"not_tested"}
    assert "no preset" in text
    assert ">nan" not in text
    assert ">None" not in text


def test_reasons_are_shown_as_text(tabulate):
    absent = claims.ABSENT | {"synapses": "</script><b>&"}
    _, text = tabulate(dataclasses.replace(claims.found(), synapses=None, absent=absent))
    assert "&lt;/script&gt;&lt;b&gt;&amp;" in text
    assert "</script>" not in text


@pytest.mark.parametrize("tables", [claims.found(), claims.found(-1.0), claims.nothing()])
def test_nothing_impossible_stands_on_the_page(tabulate, tables):
    assert impossible(tabulate(tables)[1]) == []
