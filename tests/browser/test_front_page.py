"""The front page in a browser: read at a glance, by anybody, one click from what it rests on."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.pages import Visit, overflow, violations
from tests.browser.reports import FRONT, framed
from tests.fronts import ORGANISM, front

from qloc.figures.claim_front import CHAPTER
from qloc.figures.run_words import StudiedModel

if TYPE_CHECKING:
    from playwright.sync_api import Page

CSS = (Path(__file__).parents[2] / "reports/report.css").read_text(encoding="utf-8")
HOSTILE = StudiedModel(
    "</script><script>alert(1)</script>|x|'\"", "<img src=x onerror=alert(1)>", True
)
LLAMA = StudiedModel("tiny-llama-seed0", "an organism, trained in this run", True)
METHODS = ("ig", "sig", "amig")
SHELL = """var shown = [], app = {setView: view => shown.push(view)};
var results = {"knowledge/results/chapters/tiny-gpt2/place.html": {data_uri: "data:place"},
               "knowledge/results/figures/claims.svg": {data_uri: "data:claims"}};
var categories = {"4 Where?": {"tiny-gpt2": ["knowledge/results/chapters/tiny-gpt2/place.html"]},
                  "1 The claims": {"all models": ["knowledge/results/figures/claims.svg"]}};"""
"""What a front page finds in Snakemake's report, here of a module."""


def page_of(models: Sequence[StudiedModel] = (ORGANISM, LLAMA), script: str = "") -> str:
    """A front page by itself, or in a report that knows these results."""
    return (
        '<!doctype html><html lang="en"><head><title>Front</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>body {{ font: 16px/1.5 sans-serif; }} {CSS}</style>"
        f"<script>{script}</script></head>"
        f"<body><main><h1>Front</h1>{front(models, methods=METHODS)}</main></body></html>"
    )


def unfold(page: "Page") -> None:
    for part in page.locator("details").all():
        part.locator("summary").click()


@pytest.mark.parametrize("width", [390, 1440])
def test_it_keeps_nobody_out(show: Callable[..., Visit], width: int) -> None:
    page = show(page_of(), width).page
    assert violations(page) == []
    unfold(page)
    assert violations(page) == []
    assert overflow(page) == 0


def test_texts_of_the_data_are_shown_and_never_run(show: Callable[..., Visit]) -> None:
    page = show(page_of([HOSTILE, ORGANISM])).page
    unfold(page)
    assert HOSTILE.name in page.inner_text("table.claims thead")
    assert HOSTILE.text in page.inner_text("details >> nth=1")


def test_a_verdict_opens_its_chapter_at_the_claim(show: Callable[..., Visit]) -> None:
    page = show(page_of(script=SHELL)).page
    page.get_by_role("button", name="1b: ✓ supported").first.click()
    assert page.evaluate("shown") == [
        {
            "navbarMode": "resultinfo",
            "category": "4 Where?",
            "subcategory": "tiny-gpt2",
            "resultPath": "knowledge/results/chapters/tiny-gpt2/place.html",
            "content": "html",
            "contentPath": "data:place#claim-1b",
        }
    ]
    assert page.inner_text(".said") == ""


def test_a_figure_is_opened_as_one(show: Callable[..., Visit]) -> None:
    page = show(page_of(script=SHELL)).page
    page.get_by_role("button", name="All claims, drawn").click()
    ((content, path),) = page.evaluate("shown.map(view => [view.content, view.contentPath])")
    assert (content, path) == ("img", "data:claims")


@pytest.mark.parametrize("script", ["", SHELL])
def test_what_a_report_lacks_is_said_and_breaks_nothing(
    show: Callable[..., Visit], script: str
) -> None:
    page = show(page_of(script=script)).page
    page.get_by_role("button", name="Explorer").click()
    assert page.inner_text(".said") == "Not part of this report: explorer.html"
    assert page.get_by_role("status").inner_text() == page.inner_text(".said")


def test_every_verdict_is_reached_and_opened_by_keys(show: Callable[..., Visit]) -> None:
    page = show(page_of([ORGANISM], SHELL)).page
    reached: list[str] = []
    for _ in range(len(CHAPTER) + 6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.dataset.opens || ''"))
    verdicts = [
        f"chapters/tiny-gpt2/{where}.html#claim-{claim}" for claim, where in CHAPTER.items()
    ]
    assert [path for path in reached if "#claim" in path] == verdicts
    page.get_by_role("button", name="3: ✓ supported").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("shown[0].contentPath") == "data:place#claim-3"


@pytest.fixture
def report(visit: Callable[..., Visit], finished_run: Path) -> "Page":
    page = visit(finished_run / "results/report.html").page
    page.wait_for_selector(FRONT)
    return page


def test_all_verdicts_of_a_run_stand_on_the_first_screen(report: "Page") -> None:
    verdicts = report.locator("table.claims td button")
    n_models = verdicts.count() // len(CHAPTER)
    assert verdicts.count() == n_models * len(CHAPTER) > 0
    for verdict in verdicts.all():
        place = verdict.bounding_box()
        assert place is not None
        assert place["y"] >= 0
        assert place["y"] + place["height"] <= 900
        assert place["x"] + place["width"] <= 1440


def test_a_run_is_told_in_350_words_that_are_not_folded(report: "Page") -> None:
    text = report.evaluate(
        """path => {
      const front = document.querySelector(path).cloneNode(true);
      front.querySelectorAll("details").forEach(part => part.remove());
      return [...front.querySelectorAll("td, th, small, p, caption, button")]
        .flatMap(part => [...part.childNodes]).filter(node => node.nodeType === 3)
        .map(node => node.data).join(" ");
    }""",
        FRONT,
    )
    assert 200 < len(re.findall(r"[^\W\d]{2,}", text)) <= 350


def test_every_button_of_a_run_opens_a_result_and_the_place_on_it(report: "Page") -> None:
    missing = report.evaluate(
        """path => [...document.querySelectorAll(path + " [data-opens]")]
      .map(button => button.dataset.opens.split("#"))
      .filter(([page, place]) => {
        const found = Object.keys(results).find(name => name.endsWith("results/" + page));
        const text = found && place ? atob(results[found].data_uri.split("base64,")[1]) : "";
        return !found || (place && !text.includes(`id="${place}"`));
      }).map(parts => parts.join("#"))""",
        FRONT,
    )
    assert missing == []


def test_a_click_on_a_verdict_of_a_run_shows_its_chapter_at_the_claim(report: "Page") -> None:
    report.locator("table.claims td button").last.click()
    frame = framed(report)
    assert frame.url.endswith("#claim-10")
    heading = frame.locator('[id="claim-10"]').bounding_box()
    assert heading is not None
    assert heading["y"] < 900
