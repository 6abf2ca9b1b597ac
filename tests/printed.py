"""What a page prints that cannot be: no number, nothing, or an estimate outside its interval."""

import re
from html.parser import HTMLParser

NO_NUMBER = re.compile(r"\bnan\b|\bNaN\b|[-\N{MINUS SIGN}]?\binf\b|\bn\s*=\s*0\b(?![.,]\d)")
NO_WORD = {"None", "undefined", "NaT", "<NA>", "[object Object]"}
NUMBER = r"[-\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?"
INTERVAL = re.compile(rf"(?<![\w.,])({NUMBER})(?: %)? \[({NUMBER})(?: %)?, ({NUMBER})(?: %)?\]")
BROKEN = ("system-message", "Traceback (most")
UNSEEN = {"script", "style", "title"}
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class _Texts(HTMLParser):
    """The texts of a page, one by one, and its cells that have none."""

    def __init__(self) -> None:
        super().__init__()
        self.above: list[str] = []
        self.texts: list[str] = []
        self.cell: list[str] | None = None
        self.empty_cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.above.append(tag)
        if tag in ("td", "th"):
            self.cell = []
        elif self.cell is not None and tag in ("svg", "img", "input", "button"):
            self.cell.append(tag)
        self.texts += [value for name, value in attrs if name in ("alt", "aria-label") and value]

    def handle_endtag(self, tag: str) -> None:
        while self.above and self.above.pop() != tag:
            continue
        if tag in ("td", "th") and self.cell is not None:
            self.empty_cells += not "".join(self.cell).strip()
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)
        if not UNSEEN & set(self.above):
            self.texts.append(data.strip())


def impossible(page: str) -> list[str]:
    """What stands on a page of HTML and cannot be, each with the words around it."""
    reader = _Texts()
    reader.feed(page)
    found = [f"broken: {trace}" for trace in BROKEN if trace in page]
    found += ["a cell without a word"] * reader.empty_cells
    for text in reader.texts:
        found += [f"no word: {text}"] * (text in NO_WORD)
        found += [_around(text, match) for match in NO_NUMBER.finditer(text)]
        found += [_around(text, match) for match in INTERVAL.finditer(text) if _is_outside(match)]
    return found


def _is_outside(match: re.Match[str]) -> bool:
    estimate, low, high = (
        float(end.replace(",", "").replace("\N{MINUS SIGN}", "-")) for end in match.groups()
    )
    return not low <= estimate <= high


def _around(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 60) : match.end() + 20]
