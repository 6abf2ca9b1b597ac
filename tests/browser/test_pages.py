"""Every page of tables, shown as a file: to anybody, on any screen, whatever the data."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from tests.browser.pages import Visit, opened, overflow, violations

from qloc.figures.pages import PageTable, page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "|x|",
    "`*_",
    "\"'&<>",
    "مدينة القدس",
    "x" * 300,
)


def table_of(texts: tuple[str, ...]) -> bytes:
    cells = pd.DataFrame({"subject": texts, "object": texts[::-1]})
    return page("Facts", "All of them.", [PageTable("The facts", cells)], ["A note."])


def test_a_page_of_tables_breaks_no_rule_of_accessibility(show: Callable[..., Visit]) -> None:
    assert violations(show(table_of(("Paris", "Rome"))).page) == []


@pytest.mark.parametrize("width", [390, 1440])
def test_texts_of_the_data_are_shown_and_never_run(show: Callable[..., Visit], width: int) -> None:
    visit = show(table_of(HOSTILE), width)
    shown = visit.page.locator("tbody th").all_inner_texts()
    assert shown == list(HOSTILE)
    assert overflow(visit.page) == 0


@pytest.mark.parametrize(
    ("script", "faults", "requests"),
    [
        ("alert('run')", ["dialog: run"], []),
        ("throw new Error('broken')", ["error: broken"], []),
        ("new Image().src = 'http://127.0.0.1:9/x'", ["console: "], ["http://127.0.0.1:9/x"]),
    ],
)
def test_what_goes_wrong_on_a_page_is_noticed(
    browser: "Browser", tmp_path: Path, script: str, faults: list[str], requests: list[str]
) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><title>x</title><script>{script}</script>")
    visited = opened(browser, path, 800, 600)
    visited.page.context.close()
    assert visited.requests == requests
    assert [
        fault[: len(begin)] for fault, begin in zip(visited.faults, faults, strict=True)
    ] == faults


def test_a_page_that_keeps_somebody_out_is_noticed(show: Callable[..., Visit]) -> None:
    broken = show("<!doctype html><html><body><img src='data:,'><button></button></body></html>")
    rules = {violation.partition(" ")[0] for violation in violations(broken.page)}
    assert {"button-name", "document-title", "html-has-lang", "image-alt"} <= rules
