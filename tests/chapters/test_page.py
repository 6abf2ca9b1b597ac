"""A chapter's page: how long one reads it, and that it fits into a report."""

import pytest

from qloc.chapters.contents import CHAPTERS
from qloc.chapters.page import chapter_page, reading_minutes
from qloc.chapters.sections import Section
from qloc.errors import StudyError


def test_what_is_folded_or_drawn_or_in_tables_is_not_read():
    seen = "word " * 400
    folded = f"<details class='caption'><summary>More</summary>{seen}</details>"
    others = f"<svg>{seen}</svg><table><tr><td>{seen}</td></tr></table><style>{seen}</style>"
    assert reading_minutes(f"<p>{seen}</p>") == 2
    assert reading_minutes(f"<p>{seen}</p>{folded}{others}<details>{seen}</details>") == 2
    assert reading_minutes("<p>short</p>") == 1


def test_no_two_places_of_a_page_have_one_name():
    page = chapter_page(
        CHAPTERS["trust"], "tiny", "5 facts", [], [Section("a", "A", "")], {}, [("Use", "none")]
    ).decode()
    assert page.count('aria-label="Checklist of reproducibility"') == 0
    assert page.count('id="checklist-title"') == 1


def test_texts_of_the_reader_are_texts():
    page = chapter_page(
        CHAPTERS["know"], "</script><b>", "5 facts", [], [Section("a", "<i>&", "")], {"x": "<u>"}
    ).decode()
    assert "</script>" not in page
    assert "&lt;i&gt;&amp;" in page
    assert "<u>" not in page


def test_a_page_that_no_report_can_show_says_what_to_do():
    with pytest.raises(StudyError, match="fewer relations"):
        chapter_page(
            CHAPTERS["know"], "tiny", "5 facts", [], [Section("a", "A" * 1_400_000, "")], {}
        )
