"""The explorer in a browser: its scores are the study's, and everybody can use it."""

import base64
import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tests import explorers
from tests.browser.pages import Visit, overflow, violations

from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.threshold_sweeps import THRESHOLD_SWEEPS
from qloc.explorer.contents import contents
from qloc.explorer.page import page
from qloc.explorer.source import Source
from qloc.tables import read_placed_tables

if TYPE_CHECKING:
    from playwright.sync_api import Page

Show = Callable[..., Visit]
SLOWEST_MS = 50
HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "|x| `*_ \"'&amp;",
    "=1+2",
    "مدينة القدس",
    "x" * 300,
    "\u202ecba",
)
EVERY_SCORE = """() => DATA.models.flatMap((shape, model) => DATA.methods.flatMap((name, method) =>
  DATA.facts.fact_id.map((fact_id, fact) => ({fact_id, model: shape.name, method: name,
    ...scored(model, method, fact, OWN_STOP)}))))"""
SLIDE = """id => {
  const slider = document.getElementById(id);
  for (let place = 0; place <= slider.max; place++) {
    slider.value = place;
    slider.dispatchEvent(new Event("input"));
    document.body.offsetHeight;
  }
  return Number(slider.max) + 1;
}"""


def shown(show: Show, source: Source | None = None, *size: int) -> "Page":
    """The explorer of a made-up study."""
    made = page(contents(source or explorers.source(), explorers.SETTINGS))
    return show(made, *size).page


def slide(page: "Page", name: str, place: int) -> None:
    page.locator(f"#{name}").evaluate(
        "(slider, place) => { slider.value = place; slider.dispatchEvent(new Event('input')); }",
        place,
    )


def own_stop(page: "Page") -> int:
    place: int = page.evaluate("OWN_STOP")
    return place


def listed(page: "Page") -> list[list[str]]:
    """The lines of the list: fact, score with its mark, queries, neurons."""
    return [row.split("\t") for row in page.locator("#list tr").all_inner_texts()]


def same_as_the_tables(page: "Page", scores: pd.DataFrame) -> int:
    """Hold every score on a page against the tables; how many there are."""
    found = pd.DataFrame(page.evaluate(EVERY_SCORE))
    found = found[found["studied"] > 0]
    both = found.merge(scores, on=["model", "method", "fact_id"], how="left", validate="1:1")
    assert (both["studied"] == both["n_queries"]).all()
    assert (both["any"] == both["n_neurons_any"]).all()
    assert (both["shared"] == both["n_neurons_shared"]).all()
    np.testing.assert_array_equal(
        both["score"].astype(float).to_numpy(), both["consistency_score"].to_numpy()
    )
    return len(both)


@pytest.mark.parametrize("n_queries", [1, 2, 5])
def test_at_the_studys_settings_every_score_is_the_tables(show: Show, n_queries: int) -> None:
    source = explorers.source(n_facts=20, n_queries=n_queries)
    visited = shown(show, source)
    n_scores = same_as_the_tables(visited, source.scores)
    assert n_scores == len(source.scores)


def test_at_the_studys_settings_every_score_of_a_finished_run_is_the_tables(
    visit: Show, finished_run: Path
) -> None:
    visited = visit(finished_run / "results/explorer.html").page
    scores, classes, sweeps = (
        read_placed_tables(
            table, sorted((finished_run / "results" / table.name).rglob("*.parquet"))
        )
        for table in (CONSISTENCY_SCORES, CONSISTENCY_CLASSES, THRESHOLD_SWEEPS)
    )
    n_scores = same_as_the_tables(visited, scores)
    sampled = visited.evaluate("DATA.sampled")
    assert n_scores > 0
    if sampled["n_all"] == sampled["n_shown"]:
        assert n_scores == len(scores)
        assert_the_sweep_is_the_tables(visited, sweeps)
    thresholds = visited.evaluate("DATA.thresholds")
    for model, name in enumerate(visited.evaluate("DATA.models.map(shape => shape.name)")):
        for method, said in enumerate(visited.evaluate("DATA.methods")):
            own = classes[(classes["model"] == name) & (classes["method"] == said)]
            expected = own.drop_duplicates("criterion").set_index("criterion")["threshold"]
            assert thresholds[model][method] == {"static": 0.1, **expected.to_dict()}


def assert_the_sweep_is_the_tables(page: "Page", sweeps: pd.DataFrame) -> None:
    """Every share of inconsistent facts that the study swept, computed again by the page."""
    compared = 0
    for row in sweeps.to_dict("records"):
        stop = page.evaluate("share => STOPS.indexOf(share)", row["selection_threshold"])
        if stop < 0:
            continue
        share = page.evaluate(
            """([model, method, stop, threshold]) => {
              const facts = DATA.facts.fact_id.map((_, fact) => scored(
                DATA.models.findIndex(shape => shape.name === model),
                DATA.methods.indexOf(method), fact, stop));
              const part = inconsistent(facts, threshold);
              return part.count / part.scored;
            }""",
            [row["model"], row["method"], stop, row["consistency_threshold"]],
        )
        assert share == pytest.approx(row["inconsistent_share"], abs=1e-12)
        compared += 1
    assert compared > 100


def test_a_slider_moves_list_matrix_and_share_and_a_button_sets_them_back(show: Show) -> None:
    visited = shown(show)
    before = listed(visited), visited.locator("#summary").inner_text()
    n_columns = visited.locator("#grid thead th").count()
    slide(visited, "stop", own_stop(visited) + 20)
    assert visited.locator("#stop-now").inner_text() == "0.50"
    assert visited.locator("#grid thead th").count() < n_columns
    slide(visited, "threshold", 90)
    assert visited.locator("#threshold-now").inner_text().startswith("0.")
    assert listed(visited) != before[0]
    assert visited.locator("#summary").inner_text() != before[1]
    visited.locator("#static").click()
    assert (listed(visited), visited.locator("#summary").inner_text()) == before
    assert visited.locator("#stop-now").inner_text() == "0.30 (study)"
    assert visited.locator("#threshold-now").inner_text() == "0.10 (study, static)"


def test_the_matrix_is_what_the_attributions_say(show: Show) -> None:
    """Rows are queries, columns neurons; a bar marks those of at least two."""
    source = explorers.source(n_neurons=6)
    visited = shown(show, source)
    visited.locator("#search").fill("P1/00002")
    assert "P1/00002" in visited.locator("#fact").inner_text()
    (rows,) = [r for r in source.attributions("one", "ig") if r["fact_id"].iloc[0][:2] == "P1"]
    own = rows[rows["fact_id"] == "P1/00002"]
    best = own.groupby("query_id")["score"].transform("max").astype(float)
    above = own[own["score"].astype(float) > explorers.SELECTION * best]
    counts = above.groupby(["layer", "neuron"]).size()
    heads = visited.locator("#grid thead th + th")
    assert sorted(heads.all_inner_texts()) == sorted(f"{a}·{b}" for a, b in counts.index)
    bars = visited.locator("#grid thead th.shared").all_inner_texts()
    assert sorted(bars) == sorted(f"{a}·{b}" for a, b in counts[counts > 1].index)
    assert visited.locator("#grid .dot").count() == len(above)
    assert visited.locator("#grid tbody tr").count() == 4


def test_otsus_threshold_is_that_of_the_model_and_method(show: Show) -> None:
    visited = shown(show)
    visited.locator("#otsu").click()
    for model in "0", "1":
        visited.locator("#model").select_option(model)
        expected = visited.evaluate("model => DATA.thresholds[model][0].otsu", int(model))
        assert visited.evaluate("thresholdNow()") == expected
        assert visited.locator("#threshold-now").inner_text() == f"{expected:.2f} (study, Otsu)"


def test_a_search_that_hides_the_fact_shows_another_and_its_end_brings_it_back(
    show: Show,
) -> None:
    visited = shown(show)
    first = visited.locator("#fact h2").inner_text()
    other = next(line[0] for line in listed(visited) if line[0] != first)
    visited.locator("#search").fill(other.split(" →")[0])
    assert visited.locator("#fact h2").inner_text() == other
    visited.locator("#search").fill("no such fact")
    assert visited.locator("#fact").inner_text() == "No fact fits the search and the choices above."
    assert listed(visited) == []
    visited.locator("#search").fill("")
    assert visited.locator("#fact h2").inner_text() == first
    assert len(listed(visited)) == 12


def test_relation_class_and_order_choose_what_is_listed(show: Show) -> None:
    visited = shown(show)
    visited.locator("#relation").select_option("1")
    assert len(listed(visited)) == 6
    visited.locator("#relation").select_option("")
    scores = sorted(float(line[1].split()[0]) for line in listed(visited) if line[1][0] == "0")
    slide(visited, "threshold", round(100 * scores[len(scores) // 2]))
    for name, letter in (("inconsistent", "◆"), ("consistent", "●")):
        visited.locator("#class").select_option(name)
        marks = [line[1] for line in listed(visited)]
        assert marks
        assert all(letter in mark for mark in marks)
    visited.locator("#class").select_option("")
    for _ in range(2):
        visited.locator("#facts th[data-sort=any] button").click()
    assert visited.locator("#facts th[data-sort=any]").get_attribute("aria-sort") == "descending"
    sizes = [int(line[3]) for line in listed(visited)]
    assert sizes == sorted(sizes, reverse=True)


def test_arrows_walk_the_facts_and_one_stop_of_tab_is_enough(show: Show) -> None:
    visited = shown(show)
    visited.locator("#list tr").first.click()
    names = [line[0] for line in listed(visited)]
    for key, place in (
        ("ArrowDown", 1),
        ("ArrowDown", 2),
        ("ArrowUp", 1),
        ("End", -1),
        ("Home", 0),
    ):
        visited.keyboard.press(key)
        assert visited.locator("#fact h2").inner_text() == names[place]
    assert visited.locator("#list tr[tabindex='0']").count() == 1
    assert visited.locator("#list tr[aria-selected=true]").count() == 1
    reached = set()
    visited.locator("#model").focus()
    for _ in range(20):
        reached.add(visited.evaluate("document.activeElement.id || document.activeElement.tagName"))
        visited.keyboard.press("Tab")
    names_of_all = {"model", "method", "relation", "class", "search", "stop", "threshold"}
    assert names_of_all | {"static", "otsu", "save", "numbers", "TR"} <= reached


def test_the_list_is_saved_as_it_stands(show: Show) -> None:
    source = explorers.source(texts=HOSTILE, models=("two",))
    visited = shown(show, source)
    slide(visited, "stop", own_stop(visited) + 5)
    with visited.expect_download() as download:
        visited.locator("#save").click()
    assert download.value.suggested_filename == "facts_two_ig.csv"
    text = download.value.path().read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 12
    assert {row["selection_threshold"] for row in rows} == {"0.35"}
    subjects = {row["subject"] for row in rows}
    assert {text for text in HOSTILE if not text.startswith("=")} < subjects
    assert "'=1+2" in subjects
    scores = [f"{float(row['consistency_score'] or 'nan'):.2f}" for row in rows]
    assert [line[1].split()[0].replace("none", "nan") for line in listed(visited)] == scores


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_begins_like_a_formula(show: Show, begin: str) -> None:
    visited = shown(show)
    found = visited.evaluate("text => csv(['a'], [[text]])", f'{begin}1"')
    assert next(csv.reader(io.StringIO(found.partition("\n")[2], newline=""))) == [f"'{begin}1\""]
    assert visited.evaluate("csv(['a'], [[-1.5]])") == "a\n-1.5\n"


@pytest.mark.parametrize("width", [390, 1440])
def test_hostile_texts_are_shown_as_texts(show: Show, width: int) -> None:
    source = explorers.source(texts=HOSTILE)
    visited = shown(show, source, width)
    visited.locator("#facts th[data-sort=fact] button").click()
    names = visited.locator("#list bdi:first-child").all_text_contents()
    assert set(HOSTILE) < set(names)
    for line in visited.locator("#list tr").all():
        line.click()
        assert visited.locator("#fact h2").text_content() == line.locator("td").first.text_content()
    assert overflow(visited) == 0


@pytest.mark.parametrize("width", [390, 1440])
def test_it_breaks_no_rule_of_accessibility(show: Show, width: int) -> None:
    visited = shown(show, None, width)
    assert violations(visited) == []
    visited.locator("#numbers").check()
    slide(visited, "threshold", 60)
    assert violations(visited) == []
    assert overflow(visited) == 0


def test_it_works_in_the_frame_of_a_report(show: Show) -> None:
    """A report shows a page as an address of data inside a frame."""
    made = page(contents(explorers.source(texts=HOSTILE), explorers.SETTINGS))
    address = "data:text/html;base64," + base64.b64encode(made).decode()
    visited = show(f'<!doctype html><title>x</title><iframe src="{address}"></iframe>').page
    frame = visited.frames[1]
    frame.wait_for_selector("html[data-ready]")
    frame.locator("#search").fill("Subject 9")
    assert frame.locator("#list tr").count() == 1
    with visited.expect_download() as download:
        frame.locator("#save").evaluate("button => button.click()")
    assert "Subject 9" in download.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize("n_facts", [0, 1, 2])
def test_few_facts_and_none_are_said_in_words(show: Show, n_facts: int) -> None:
    source = explorers.source(n_facts=2)
    few = source.facts["fact_id"].iloc[:n_facts]
    source = replace(
        source,
        **{
            name: rows[rows["fact_id"].isin(few)]
            for name in ("facts", "queries", "answers", "scores", "classes")
            if (rows := getattr(source, name)) is not None
        },
    )
    visited = shown(show, source)
    text = visited.locator("body").inner_text()
    assert len(listed(visited)) == n_facts
    assert not any(word in text for word in ("NaN", "undefined", "null", "Infinity"))
    if n_facts == 0:
        assert "No fact of this study" in text
    assert violations(visited) == []


def test_facts_without_a_score_are_counted_and_say_so(show: Show) -> None:
    visited = shown(show, explorers.source(n_queries=2))
    assert "without a score" in visited.locator("#summary").inner_text()
    for _ in range(2):
        scores = [line[1].startswith("none") for line in listed(visited)]
        assert scores == sorted(scores)
        assert any(scores)
        visited.locator("#facts th[data-sort=score] button").click()
    slide(visited, "stop", int(visited.locator("#stop").get_attribute("max") or 0))
    visited.locator("#search").fill("P2/00001")
    text = visited.locator("#fact").inner_text()
    assert "no score" in text
    assert "No neuron of this fact exceeds the threshold." in text
    assert "NaN" not in visited.locator("body").inner_text()


def assert_quick(visited: "Page") -> None:
    """Of the processor's time, as others work on it, too."""
    watch = visited.context.new_cdp_session(visited)
    watch.send("Performance.enable", {"timeDomain": "threadTicks"})

    def taken() -> float:
        found = watch.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in found if metric["name"] == "TaskDuration")

    for slider in ("stop", "threshold"):
        before = taken()
        n_places = visited.evaluate(SLIDE, slider)
        per_place = 1000 * (taken() - before) / n_places
        assert 0 < per_place < SLOWEST_MS, f"{slider}: {per_place:.0f} ms"


def test_a_slider_is_quick_on_a_page_that_is_full(show: Show) -> None:
    source = explorers.source(n_facts=600, n_neurons=20, n_queries=5, models=("two",))
    visited = shown(show, source)
    assert visited.evaluate("document.querySelectorAll('#list tr').length") == 200
    assert_quick(visited)


def test_a_slider_is_quick_on_a_finished_run(visit: Show, finished_run: Path) -> None:
    visited = visit(finished_run / "results/explorer.html").page
    assert violations(visited) == []
    assert_quick(visited)
