"""The front page is a fragment that any report can hold: escaped, short, and honest."""

import html.parser
import re

import pandas as pd
import pytest

from qloc.figures import findings, front_page
from qloc.figures.formats import number

ORGANISM = front_page.StudiedModel("tiny_m|1|", "an organism, trained in this run", True)
CHECKPOINT = front_page.StudiedModel("gpt2", "some/gpt2 at revision abc", False)
HOSTILE = "</script><b>&"


def page(study, model="tiny-gpt2", models=(ORGANISM,)):
    tables = {
        "answers": "answers",
        "funnel": "funnels",
        "summaries": "class_summaries",
        "diagnostics": "class_diagnostics",
        "overlaps": "neuron_set_overlaps",
        "associations": "probability_associations",
        "checks": "attribution_checks",
    }
    rows = findings.findings(**{option: study[table] for option, table in tables.items()})
    rows = rows.assign(model=model, method="ig")[findings.COLUMNS]
    return front_page.front_page(rows, models).decode(), rows


def seen(text):
    """The text outside tags and folded parts, as a reader sees it first."""
    text = re.sub(r"<details>.*?</details>", "", text, flags=re.S)
    return html.unescape(re.sub(r"<[^>]+>", " ", text))


def test_it_says_what_was_asked_and_found_and_what_organisms_are(study):
    text, rows = page(study)
    mean = rows.set_index("finding").loc["mean_consistency_score", "estimate"]
    assert number(mean) in seen(text)
    assert "A verdict on an organism is a verdict on an organism" in seen(text)
    assert "tiny_m|1| was trained in this run" in " ".join(seen(text).split())
    assert "What organisms cannot show" in text


def test_a_checkpoint_is_no_organism(study):
    text, _ = page(study, models=[CHECKPOINT])
    assert "A verdict on an organism" not in text
    assert "What organisms cannot show" not in text
    assert "some/gpt2 at revision abc" in text


def test_hostile_names_are_shown_as_text(study):
    hostile = front_page.StudiedModel(HOSTILE, HOSTILE, True)
    text, _ = page(study, model=HOSTILE, models=[hostile])
    assert "script" not in re.sub(r"&lt;/script&gt;", "", text)
    assert html.unescape(text).count(HOSTILE) >= 4


def test_no_script_no_request_and_buttons_that_do_no_harm_elsewhere(study):
    text, _ = page(study)
    assert "<script" not in text
    assert "</script" not in text
    assert "http" not in text
    assert text.count("<button") == len(front_page.BUTTONS)


def test_it_is_read_in_two_minutes(study):
    _, rows = page(study)
    both = pd.concat([rows, rows.assign(model="tiny-llama")])
    text = seen(front_page.front_page(both, [ORGANISM]).decode())
    assert len(re.findall(r"[^\W\d]{2,}", text)) <= 350


def test_every_finding_is_a_row_with_its_cell(study):
    text, rows = page(study)
    for name in rows["finding"]:
        assert findings.QUESTIONS[name] in html.unescape(text)
    assert len(re.findall(r'<th scope="row">', text)) == len(rows)


def test_no_nan_is_printed_for_a_model_that_knows_nothing(make_study):
    text, _ = page(make_study(0, 0))
    assert "nan" not in seen(text)
    assert "no fact could be scored" in seen(text)


@pytest.mark.parametrize("n", [2, 6])
def test_many_models_stand_in_the_table_and_four_in_words(study, n):
    _, rows = page(study)
    many = pd.concat([rows.assign(model=f"m{i}") for i in range(n)])
    text = front_page.front_page(many, [CHECKPOINT]).decode()
    assert text.count('<th scope="col">m') == n
    assert text.count("<li><strong>m") == min(n, front_page.IN_WORDS)
    assert (f"{n - 4} more in the table" in text) == (n > 4)
