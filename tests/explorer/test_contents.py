"""The document is what the tables say, of the facts that fit; what lacks is null."""

import json

import pytest
from tests import explorers

from qloc.errors import StudyError
from qloc.explorer import page as pages
from qloc.explorer import sampling
from qloc.explorer.page import embedded, page
from qloc.explorer.rows import shown_rows


def test_a_query_that_a_model_is_not_studied_with_is_null_for_it_alone():
    found = explorers.document()
    first, second = found["scores"]
    for of_method in first:
        assert [text is None for text in of_method[::5]] == [True] * len(of_method[::5])
    assert None not in second[0]
    unknown = [value is None for value in found["answer_probability"][0]]
    assert unknown == [text is None for text in first[0]]
    assert "" in second[0]


def test_a_query_that_no_model_is_studied_with_is_not_on_the_page():
    found = explorers.document(models=("one",))
    assert len(found["queries"]["prompt"]) == 12 * 4 - len(range(0, 48, 5))


def test_a_fact_of_one_query_and_one_without_neurons_have_no_score():
    found = explorers.document(n_queries=2)
    assert None in found["adjusted"][0][0]
    place = found["facts"]["fact_id"].index("P2/00001")
    assert found["adjusted"][1][1][place] is None


def test_relations_stand_by_number_with_their_first_pattern():
    found = explorers.document()
    assert found["relations"] == [
        {"name": "P1", "pattern": "[X] is [Y] (0)"},
        {"name": "P2", "pattern": "[X] is [Y] (0)"},
    ]


def test_where_not_all_fit_a_sample_does_and_the_rows_are_of_its_facts(monkeypatch):
    source = explorers.source(n_facts=40)
    whole = pages.page(explorers.document(n_facts=40))
    monkeypatch.setattr(sampling, "BUDGET", 9_000)
    monkeypatch.setattr(sampling, "ENOUGH_FACTS", 5)
    found = explorers.document(n_facts=40)
    n_shown = found["sampled"]["n_shown"]
    assert 5 <= n_shown < 40
    assert found["sampled"]["n_all"] == 40
    assert len(found["facts"]["fact_id"]) == n_shown
    assert set(shown_rows(source, found)["fact_id"]) == set(found["facts"]["fact_id"])
    assert len(embedded(found)) == pytest.approx(9_000, rel=0.3)
    assert len(page(found)) < len(whole)


def test_where_few_would_fit_low_shares_are_left_out(monkeypatch):
    monkeypatch.setattr(sampling, "BUDGET", 15_000)
    found = explorers.document(n_facts=40)
    stops = found["settings"]["stops"]
    assert explorers.SETTINGS.keep < stops[0] <= explorers.SELECTION
    assert explorers.SELECTION in stops


def test_a_page_that_no_report_can_show_is_refused(monkeypatch):
    monkeypatch.setattr(pages, "LARGEST", 20_000)
    with pytest.raises(StudyError, match=r"The explorer has 12 facts .* Study fewer models"):
        page(explorers.document())


def test_nothing_in_a_document_ends_its_script():
    text = embedded({"a": "</script><!--", "b": None})
    assert "<" not in text
    assert json.loads(text) == {"a": "</script><!--", "b": None}
