"""From a verdict on the front page to its evidence, numbers, settings and code, click by click."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.pages import Visit, overflow
from tests.browser.reports import FRONT, framed

if TYPE_CHECKING:
    from playwright.sync_api import Page

VERDICT = f"{FRONT} table.claims button"
LONGEST_MINUTES = 15
A4 = 794
"""Pixels that a sheet is wide."""


@pytest.fixture
def report(visit: Callable[..., Visit], finished_run: Path) -> "Page":
    page = visit(finished_run / "results/report.html").page
    page.wait_for_selector(FRONT)
    return page


@pytest.fixture(scope="module")
def chapters(finished_run: Path) -> list[Path]:
    found = sorted((finished_run / "results/chapters").glob("*/*.html"))
    assert found
    return found


def test_one_click_on_a_verdict_opens_its_chapter_at_the_claim(report: "Page") -> None:
    """The first model's; what it is stands beside it, and the menu leads back."""
    n_verdicts = report.locator(VERDICT).count()
    assert n_verdicts >= 11
    for place in range(n_verdicts):
        button = report.locator(VERDICT).nth(place)
        target = button.get_attribute("data-opens") or ""
        button.click()
        frame = framed(report)
        assert frame.locator(":target").get_attribute("id") == target.partition("#")[2]
        assert target.partition("#")[0] in report.inner_text("nav >> nth=0")
        assert report.inner_text("nav .prose").strip()  # the caption
        report.locator("nav nav a").first.click()
        report.wait_for_selector(VERDICT)


def test_every_other_button_opens_what_it_names(report: "Page") -> None:
    buttons = report.locator(f"{FRONT} .buttons button")
    for place in range(buttons.count()):
        target = buttons.nth(place).get_attribute("data-opens") or ""
        buttons.nth(place).click()
        if target.endswith(".svg"):
            drawn = report.wait_for_selector("#app .p-3 > img")
            assert drawn.bounding_box()["width"] > 500
        else:
            framed(report)
        report.locator("nav nav a").first.click()
        report.wait_for_selector(VERDICT)
    assert buttons.count() >= 4


def test_numbers_lie_one_click_behind_the_evidence_and_settings_as_well(report: "Page") -> None:
    report.locator(VERDICT).first.click()
    frame = framed(report)
    numbers = frame.locator("details", has_text="The numbers of this figure").first
    assert not numbers.locator("table").is_visible()
    numbers.locator("summary").click()
    assert numbers.locator("tbody tr").count() > 0
    settings = frame.locator("section[aria-labelledby=settings-title] details")
    settings.locator("summary").click()
    assert "selection_threshold" in settings.locator("pre").inner_text()


def test_the_code_of_the_rule_lies_two_clicks_behind_a_verdict(report: "Page") -> None:
    report.locator(VERDICT).first.click()
    framed(report)
    report.locator("li", has_text=re.compile(r"^write_chapter$")).locator("a").click()
    report.wait_for_selector("nav pre")
    assert "qloc write-chapter" in report.inner_text("nav >> nth=0")


def test_the_numbers_of_a_figure_are_those_of_its_file(
    visit: Callable[..., Visit], finished_run: Path, chapters: list[Path]
) -> None:
    for path in chapters:
        page = visit(path).page
        for figure in page.locator("section:has(figure)").all():
            numbers = figure.locator("details", has_text="The numbers of this figure")
            said = numbers.locator("summary").text_content() or ""
            (name,) = re.findall(r"of (results/\S+\.csv)", said)
            with (finished_run / name).open(encoding="utf-8", newline="") as file:
                columns, *rows = csv.reader(file)
            cells = numbers.locator("tbody tr").first.locator("th, td").all_text_contents()
            assert numbers.locator("thead th").all_text_contents() == columns, name
            assert cells == [cell or "–" for cell in rows[0]], name
            assert f" {len(rows)} row" in " ".join(said.replace(",", "").split()), name
        page.close()


def test_the_keyboard_alone_reaches_evidence_and_numbers(report: "Page") -> None:
    focused = "document.activeElement.matches('.front table.claims button')"
    for _ in range(60):
        report.keyboard.press("Tab")
        if report.evaluate(focused):
            break
    outline = report.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert report.evaluate(focused)
    assert outline != "none"
    report.keyboard.press("Enter")
    frame = framed(report)
    in_frame = "document.activeElement && document.activeElement.matches('summary')"
    for _ in range(80):
        report.keyboard.press("Tab")
        if frame.evaluate(in_frame):
            break
    assert frame.evaluate(in_frame)
    report.keyboard.press("Enter")
    assert frame.evaluate("document.activeElement.parentElement.open")


def test_a_figure_is_called_by_what_it_shows(
    visit: Callable[..., Visit], chapters: list[Path]
) -> None:
    """Its heading is its text for those who do not see it: one finding, and the figure is there."""
    n_figures = 0
    for path in chapters:
        page = visit(path).page
        for figure in page.locator("section:has(figure)").all():
            drawn = figure.locator("figure > svg")
            heading = figure.locator("h2").inner_text()
            assert drawn.get_attribute("role") == "img", (path, heading)
            assert drawn.get_attribute("aria-label") == heading
            assert drawn.bounding_box()["height"] > 50, (path, heading)
            assert figure.locator("figcaption").inner_text().strip(), (path, heading)
            n_figures += 1
        page.close()
    assert n_figures > 10


def test_a_study_is_read_in_a_quarter_of_an_hour(
    visit: Callable[..., Visit], chapters: list[Path], measured: Callable[..., None]
) -> None:
    minutes: dict[str, int] = {}
    for path in chapters:
        page = visit(path).page
        (said,) = re.findall(r"about (\d+) minutes?", page.inner_text("main > p"))
        minutes[path.parent.name] = minutes.get(path.parent.name, 0) + int(said)
        page.close()
    measured("minutes to read the chapters", str(minutes))
    assert max(minutes.values()) <= LONGEST_MINUTES


def test_a_chapter_prints_on_paper_without_losing_its_margin(
    visit: Callable[..., Visit], chapters: list[Path]
) -> None:
    for path in chapters:
        page = visit(path, A4, 1123).page
        page.emulate_media(media="print")
        assert overflow(page) == 0, path
        page.close()
