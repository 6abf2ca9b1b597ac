"""A chapter as a page that stands alone: no scripts, no network, no number typed."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qloc.chapters.card import Tick
from qloc.chapters.contents import CHAPTERS, Chapter
from qloc.chapters.sections import Section
from qloc.chapters.verdicts import Verdict
from qloc.errors import StudyError
from qloc.figures.pages import ENVIRONMENT, LARGEST
from qloc.figures.style import VERDICT_COLOUR

TEMPLATE = ENVIRONMENT.from_string(Path(__file__).with_name("page.html").read_text("utf-8"))
WORDS_PER_MINUTE = 200
UNREAD = re.compile(
    r"<style>.*?</style>|<svg.*?</svg>|<details.*?</details>|<table.*?</table>|<[^>]*>", re.DOTALL
)


def chapter_page(
    chapter: Chapter,
    model: str,
    basis: str,
    verdicts: Sequence[Verdict],
    parts: Sequence[Section],
    settings: Mapping[str, Any],
    card: Sequence[tuple[str, str]] = (),
    checklist: Sequence[Tick] = (),
) -> bytes:
    """The page as HTML.

    Args:
        chapter: Which.
        model: Whose.
        basis: What it rests on, in words.
        verdicts: On the claims of this chapter.
        parts: Its figures and tables.
        settings: What its numbers follow from.
        card: What the study is and is not for; on one page only.
        checklist: What a reviewer asks of it, likewise.

    Raises:
        StudyError: The page is larger than a report can show.
    """
    values = {
        "chapter": chapter,
        "n_chapters": len(CHAPTERS),
        "model": model,
        "basis": basis,
        "verdicts": verdicts,
        "parts": parts,
        "settings": json.dumps(settings, indent=2, ensure_ascii=False),
        "colours": VERDICT_COLOUR,
        "card": card,
        "checklist": checklist,
    }
    minutes = reading_minutes(TEMPLATE.render(values, minutes=1))
    content = TEMPLATE.render(values, minutes=minutes).encode()
    if len(content) > LARGEST:
        raise StudyError(
            f"The chapter “{chapter.question}” of {model} has {len(content):,} bytes, but a report"
            f" shows pages of at most {LARGEST:,} bytes. Study fewer relations at a time."
        )
    return content


def reading_minutes(page: str) -> int:
    """How long one reads: the words of the text, without figures, tables and what is folded."""
    words = UNREAD.sub(" ", page).split()
    return max(1, round(len(words) / WORDS_PER_MINUTE))
