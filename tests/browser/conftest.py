"""A browser for pages, where there is one, and a finished study, where one is named.

The browser is Debian's Chromium, driven by Playwright: `apt-get install chromium` and
`pip install -c constraints.txt -e '.[browser]'`. QLOC_RUN names the folder of a finished study.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser.pages import FLAGS, Visit, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


MEASURED = pytest.StashKey[dict[str, str]]()


@pytest.fixture(scope="session")
def measured(pytestconfig: pytest.Config) -> Callable[[str, str], None]:
    """A function that notes what was measured, for the last lines of the run of the tests."""
    notes = pytestconfig.stash.setdefault(MEASURED, {})
    return notes.__setitem__


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for what, value in config.stash.get(MEASURED, {}).items():
        terminalreporter.write_line(f"Measured: {what}: {value}")


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """One Chromium for the tests of a file: its loop of events would trouble those of others."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium: `apt-get install chromium`")
    pytest.importorskip("axe_playwright_python")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def visit(browser: "Browser") -> Iterator[Callable[..., Visit]]:
    """A function that opens a file in a window of its own: `visit(path, width, height)`.

    A test that opened one fails if a page asked the network for anything or if a script failed.
    """
    visits = []

    def visit(path: Path, width: int = 1440, height: int = 900) -> Visit:
        visits.append(opened(browser, path, width, height))
        return visits[-1]

    yield visit
    for visited in visits:
        visited.page.context.close()
    assert [request for visited in visits for request in visited.requests] == []
    assert [fault for visited in visits for fault in visited.faults] == []


@pytest.fixture
def show(visit: Callable[..., Visit], tmp_path: Path) -> Callable[..., Visit]:
    """A function that opens a page that a test made: `show(html, width, height)`."""

    def show(html: bytes | str, width: int = 1440, height: int = 900) -> Visit:
        path = tmp_path / "page.html"
        path.write_bytes(html.encode() if isinstance(html, str) else html)
        return visit(path, width, height)

    return show


@pytest.fixture(scope="session")
def finished_run() -> Path:
    """The folder of a finished study, with its report."""
    if "QLOC_RUN" not in os.environ:
        pytest.skip("no finished study: set QLOC_RUN to the folder that has its results")
    folder = Path(os.environ["QLOC_RUN"])
    assert (folder / "results/report.html").is_file(), f"no finished study in {folder}"
    return folder
