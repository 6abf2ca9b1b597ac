"""A comparison as text, as JSON and as a page, and the command that gives them."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tests.comparison.conftest import RECORDS

from qloc.cli import main
from qloc.comparison import compare

PAGE = (Path(__file__).parents[2] / "docs/how-to/compare.md").read_text(encoding="utf-8")

# Keys of a place: wildcards and keys of tables.
PLACE = ("model", "method", "relation", "criterion", "statistic",
         "fact_id", "query_id", "layer", "neuron")  # fmt: skip


@pytest.fixture
def runs(write_run, study):
    """A run, and another of another seed in which an estimate, a class and scores moved."""
    summaries = study["class_summaries"].reset_index(drop=True)
    summaries.loc[4, "estimate"] += 0.25
    classes = study["consistency_classes"]
    flipped = classes["is_consistent"].where(classes.index > 1, ~classes["is_consistent"])
    scores = study["attributions"]["score"].to_numpy() + np.float32(0.125)
    second = write_run(
        "second",
        RECORDS | {("settings", "seed"): "7"},
        class_summaries=summaries,
        consistency_classes=classes.assign(is_consistent=flipped),
        attributions=study["attributions"].assign(score=scores),
        knowledge_neurons=study["knowledge_neurons"].iloc[:-1],
        answers=None,
        manipulation_costs=study["manipulation_costs"].assign(seconds=9.0),
    )
    return write_run("first"), second


def called(*arguments):
    return CliRunner().invoke(main, ["compare", *map(str, arguments)])


def test_the_text_tells_what_differs_then_estimates_then_flips_then_tables(runs, study):
    text = str(compare(*runs))
    parts = ["What differs", "Estimates, with their 95 % intervals", "Classes, answers and sets",
             "Tables", "Not compared"]  # fmt: skip
    assert re.findall(rf"^(?:{'|'.join(parts)})$", text, re.M) == parts
    assert "  settings\n    seed\n      A  0\n      B  7\n" in text
    assert "class_summaries.estimate: 1 of 20 moved, 1 of them outside" in text
    assert "by +0.25, outside the other's interval" in text
    n_classes = len(study["consistency_classes"])
    assert f"consistency_classes.is_consistent: 2 of {n_classes} differ" in text
    assert "only in A: results/answers/tiny-gpt2/P1.parquet" in text
    assert f"score: {len(study['attributions']):,} moved; most" in " ".join(text.split())
    assert "manipulation_costs: times, which no two runs share." in text


def test_no_line_is_wider_than_a_terminal(runs):
    words = [line for line in str(compare(*runs)).splitlines() if len(line) > 80]
    assert all(len(line.split()) <= 2 for line in words), words


def test_the_text_says_it_when_nothing_moved(runs):
    text = str(compare(runs[0], runs[0]))
    assert "No number moved: 9 tables agree." in text
    assert "Nothing that is recorded." in text
    assert "Classes, answers and sets" not in text


def test_json_has_the_keys_that_the_page_of_the_manual_lists(runs):
    result = called(*runs, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    listed = set(re.findall(r"^\| `(\w+)`", PAGE, re.M))
    assert keys_of(found) - set(PLACE) == listed
    (estimate,) = [table for table in found["estimates"] if table["n_moved"]]
    assert estimate["largest"][0]["is_outside"] is True
    assert found["differences"] == [
        {"topic": "settings", "item": "seed", "first": "0", "second": "7"}
    ]


def keys_of(found):
    if isinstance(found, dict):
        return set(found) | {key for value in found.values() for key in keys_of(value)}
    return {key for value in found for key in keys_of(value)} if isinstance(found, list) else set()


def test_the_page_stands_alone_and_tells_the_same(runs, tmp_path):
    path = tmp_path / "compare.html"
    assert called(*runs, "--page", path).exit_code == 0
    page = path.read_text(encoding="utf-8")
    assert not re.search(r"<script|https?://|<link|src=", page)
    assert page.count("<table>") == 6
    for words in ("settings", "+0.25", "consistency_classes.is_consistent", "knowledge_neurons",
                  "attributions.score", "2e-5", "manipulation_costs: times"):  # fmt: skip
        assert words in page


def test_what_stands_in_somebodys_data_is_shown_and_never_run(write_run, tmp_path):
    hostile = RECORDS | {("settings", "<script>alert(1)</script>"): "<b>"}
    page = compare(write_run("a"), write_run("b", hostile)).as_page().decode()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_same_comparison_is_the_same_text(runs):
    assert compare(*runs).as_json() == compare(*runs).as_json()
    assert compare(*runs) == compare(*runs)


def test_top_limits_the_estimates_that_are_shown(runs):
    assert "      A  " not in called(*runs, "--top", 0).stdout.partition("Estimates")[2]


def test_comparing_writes_nothing(runs):
    def files():
        return {path: path.stat().st_mtime_ns for run in runs for path in run.rglob("*")}

    before = files()
    compare(*runs)
    assert files() == before


def test_what_is_no_run_is_refused_in_a_sentence(runs, tmp_path):
    result = called(runs[0], tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "nowhere does not exist. Give the folder in which a study ran" in result.stderr


def test_the_manual_gives_every_option():
    for option in re.findall(r"--\w+", called("--help").stdout):
        assert option in PAGE or option == "--help", option
