"""The report of a finished study, taken apart and walked through as its readers do.

`app`, `results` and `categories` are the insides of Snakemake's page: a new version that calls them
otherwise breaks the tests here, and the buttons of the front page.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

LISTED = """
Object.entries(categories).flatMap(([category, parts]) => Object.values(parts).flatMap(paths =>
  paths.map(path => [path, category, results[path].mime_type, results[path].job_properties.rule,
                     results[path].caption || "", results[path].data_uri.length])))
"""
SHOWN = """path => app.setView({
  navbarMode: "resultinfo", resultPath: path, content: "html", contentPath: results[path].data_uri
})"""
FRONT = ".front"


@dataclass(frozen=True)
class Result:
    """One result of a report, and how many letters its address has."""

    path: str
    category: str
    mime: str
    rule: str
    caption: str
    size: int

    @property
    def is_page(self) -> bool:
        return self.mime == "text/html"


def results_of(page: "Page") -> list[Result]:
    """All that the menu of a report leads to."""
    return [Result(*found) for found in page.evaluate(LISTED)]


def pages_of(page: "Page") -> list[str]:
    """The paths of the pages of a report."""
    return [result.path for result in results_of(page) if result.is_page]


def shown(page: "Page", path: str) -> "Frame":
    """A page of a report inside its frame."""
    page.evaluate(SHOWN, path)
    return framed(page)


def framed(page: "Page") -> "Frame":
    """The page that a report shows now, once it stands there in full."""
    frame = page.wait_for_selector("iframe").content_frame()
    assert frame is not None
    frame.wait_for_selector("main")
    frame.wait_for_load_state()
    return frame
