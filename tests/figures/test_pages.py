"""Pages show what they are given, as text, without scripts and without a network."""

import html.parser
import re

import pandas as pd
import pytest

from qloc.errors import StudyError
from qloc.figures import pages

HOSTILE = '</script><script>alert("x")</script> & <img src=http://x/y> {{ 7 * 7 }}'


class Reader(html.parser.HTMLParser):
    """Tags with their attributes, and texts by tag."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self._open = [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open and data.strip():
            self.texts.setdefault(self._open[-1], []).append(data)


@pytest.fixture
def read():
    cells = pd.DataFrame({"fact": [HOSTILE, "b"], "CS": ["0.50", "שלום"]})
    table = pages.PageTable("What was <found>", cells)
    return Reader(pages.page("A & B", "Lead.", [table], ["Note 1.", "Note 2."]).decode())


def test_hostile_text_is_shown_as_text(read):
    assert read.texts["th"] == ["fact", "CS", HOSTILE, "b"]
    assert not {"script", "img"} & {tag for tag, _ in read.tags}


def test_tables_can_be_read_aloud(read):
    assert ("html", {"lang": "en"}) in read.tags
    scopes = [attributes["scope"] for tag, attributes in read.tags if tag == "th"]
    assert scopes == ["col", "col", "row", "row"]
    assert read.texts["caption"] == ["What was <found>"]
    (region,) = [attributes for tag, attributes in read.tags if attributes.get("role") == "region"]
    assert region["tabindex"] == "0"
    assert region["aria-label"] == "What was <found>"


def test_a_page_fits_a_phone_and_asks_for_nothing(read):
    viewport = {"name": "viewport", "content": "width=device-width, initial-scale=1"}
    assert ("meta", viewport) in read.tags
    assert not any({"src", "href", "onclick"} & set(attributes) for _, attributes in read.tags)
    assert not re.search(r"url\(|@import", "".join(read.texts["style"]))


def test_title_lead_and_notes_are_there(read):
    assert read.texts["h1"] == read.texts["title"] == ["A & B"]
    assert read.texts["p"] == ["Lead.", "Note 1.", "Note 2."]


def test_a_page_too_large_for_a_report_is_refused():
    cells = pd.DataFrame({"fact": ["x" * 1000] * 1500})
    with pytest.raises(StudyError, match=r"“Big” has 1,500 rows and 1,\d+,\d+ bytes"):
        pages.page("Big", "", [pages.PageTable("c", cells)], [])
