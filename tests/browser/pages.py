"""Pages as Chromium shows them with the network cut off, and what is wrong with them."""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the tests are skipped, not broken, where there is no Playwright
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Frame, Page, Request

OWN = ("file:", "data:", "blob:", "about:")
"""How addresses begin that need no network."""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
"""Of axe: what a page is held to."""
PATIENCE = 20_000
"""Milliseconds that anything on a page may take."""
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")


@dataclass
class Visit:
    """A page that is open, what it asked the network for, and what went wrong on it.

    Faults are errors of its scripts, what the browser itself complains of in its console, and
    dialogs: nothing of ours opens one, so somebody's data was run.
    """

    page: "Page"
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note down every request and fault from now on, also those of frames."""
        self.page.on("request", self._note_request)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("console", self._note_console)
        self.page.on("dialog", self._note_dialog)

    def _note_request(self, request: "Request") -> None:
        if not request.url.startswith(OWN):
            self.requests.append(request.url)

    def _note_console(self, message: "ConsoleMessage") -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def _note_dialog(self, dialog: "Dialog") -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()


def opened(browser: "Browser", path: Path, width: int, height: int) -> Visit:
    """A file in a window of its own, which has no network and remembers nothing."""
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    context.set_default_timeout(PATIENCE)
    visit = Visit(context.new_page())
    visit.watch()
    visit.page.goto(path.resolve().as_uri())
    return visit


@cache
def axe() -> str:
    """The script that finds what keeps people from reading a page."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(frame: "Page | Frame", within: str = "html") -> list[str]:
    """What axe finds wrong in an element of a page, frames inside it left out: rule and place."""
    frame.evaluate(f"{axe()};0")
    found = frame.evaluate(
        "([within, rules]) => axe.run(within, {runOnly: rules, iframes: false})",
        [within, list(RULES)],
    )
    return [
        f"{broken['id']} ({broken['impact']}): {node['html'][:160]}"
        for broken in found["violations"]
        for node in broken["nodes"]
    ]


def overflow(frame: "Page | Frame") -> int:
    """By how many pixels a page is wider than its window."""
    pixels: int = frame.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return pixels
