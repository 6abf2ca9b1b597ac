"""The report of a finished study as its readers meet it: whole, quick, offline, open to all."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.pages import Visit, overflow, violations
from tests.browser.reports import FRONT, pages_of, results_of, shown
from tests.printed import impossible

if TYPE_CHECKING:
    from playwright.sync_api import Page

LARGEST_REPORT = 12_000_000
LARGEST_PAGE = 1_400_000
LONGEST_ADDRESS = 2_097_152
"""Letters of an address that Chromium shows in a frame; beyond, it shows an empty one."""
SLOWEST_MS = 1500
LARGEST_HEAP = 50_000_000
OF_THE_NETWORK = re.compile(
    r"""(?:<(?:script|img|iframe|link|source|image|use)\b[^>]*?|url\(|@import\s+)["'(\s=]https?:"""
)
SHELL = {
    "image-alt",
    "label-title-only",
    "landmark-one-main",
    "landmark-unique",
    "link-name",
    "list",
    "region",
}
"""What axe finds wrong with Snakemake's own page, which is not ours to mend."""


@pytest.fixture
def report(visit: Callable[..., Visit], finished_run: Path) -> "Page":
    page = visit(finished_run / "results/report.html").page
    page.wait_for_selector(FRONT)
    return page


@pytest.fixture(scope="module")
def pages(finished_run: Path) -> list[Path]:
    """Every page of a run that the report shows, as the file it is."""
    found = sorted((finished_run / "results").rglob("*.html"))
    return [path for path in found if path.name not in ("report.html", "front_page.html")]


def test_a_report_can_be_sent_and_each_of_its_pages_shown(
    report: "Page", finished_run: Path, pages: list[Path]
) -> None:
    assert (finished_run / "results/report.html").stat().st_size <= LARGEST_REPORT
    assert {str(path.relative_to(finished_run)) for path in pages} == set(pages_of(report))
    assert {path.name for path in pages if path.stat().st_size > LARGEST_PAGE} == set()
    addresses = {result.path: result.size for result in results_of(report)}
    assert {path for path, size in addresses.items() if size >= LONGEST_ADDRESS} == set()


def test_a_report_opens_at_once_and_takes_little_memory(
    visit: Callable[..., Visit], finished_run: Path, measured: Callable[..., None]
) -> None:
    """The best of three: what else a machine does is not the report's."""
    times = []
    for _ in range(3):
        page = visit(finished_run / "results/report.html").page
        page.wait_for_selector(FRONT)
        times.append(page.evaluate("performance.now()"))
    heap = page.evaluate("performance.memory.usedJSHeapSize")
    measured("the report opens", f"{min(times) / 1000:.2f} s, {heap / 1e6:.0f} MB of heap")
    assert min(times) <= SLOWEST_MS
    assert heap <= LARGEST_HEAP


def test_every_page_stands_in_its_frame_and_keeps_nobody_out(report: "Page") -> None:
    found = {}
    for path in pages_of(report):
        frame = shown(report, path)
        assert frame.inner_text("h1").strip(), path
        found[path] = violations(frame)
    assert {path: broken for path, broken in found.items() if broken} == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_every_page_reads_well_as_a_file(
    visit: Callable[..., Visit], pages: list[Path], width: int
) -> None:
    found = {}
    for path in pages:
        page = visit(path, width).page
        found[path.name] = violations(page), overflow(page)
        page.close()
    assert {name: broken for name, broken in found.items() if broken != ([], 0)} == {}


def test_the_front_page_keeps_nobody_out(report: "Page") -> None:
    assert violations(report, FRONT) == []
    assert {broken.partition(" ")[0] for broken in violations(report)} <= SHELL


def test_nothing_impossible_is_printed(report: "Page", pages: list[Path]) -> None:
    found = {path.name: impossible(path.read_text(encoding="utf-8")) for path in pages}
    found["front page"] = impossible(report.inner_html(FRONT))
    captions = {result.path: impossible(result.caption) for result in results_of(report)}
    assert {name: broken for name, broken in (found | captions).items() if broken} == {}


def test_no_page_fetches_anything(pages: list[Path]) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in pages}
    assert [name for name, text in texts.items() if OF_THE_NETWORK.search(text)] == []


def test_every_page_says_its_language_and_title(
    visit: Callable[..., Visit], pages: list[Path]
) -> None:
    for path in pages:
        page = visit(path).page
        assert page.get_attribute("html", "lang") == "en", path
        assert page.title().strip(), path
        assert page.locator("h1").count() == page.locator("main").count() == 1, path
        page.close()


def test_every_result_has_a_caption_and_none_an_error_in_it(report: "Page") -> None:
    for result in results_of(report):
        assert "system-message" not in result.caption, result.path
        assert re.sub(r"<[^>]+>", "", result.caption).strip(), result.path
