"""The page of the explorer: its document, its look and its script in one file."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from qloc.errors import StudyError
from qloc.figures.pages import ENVIRONMENT, LARGEST

SCRIPTS = ("study.js", "list.js", "elements.js", "lines.js", "matrix.js", "page.js")


def page(document: Mapping[str, Any]) -> bytes:
    """The page as HTML.

    Raises:
        StudyError: It is larger than a report can show.
    """
    template = ENVIRONMENT.from_string(_file("page.html"))
    text = template.render(
        data=embedded(document),
        style=_file("page.css"),
        script="\n".join(_file(name) for name in SCRIPTS),
    )
    content = text.encode()
    if len(content) > LARGEST:
        n_facts = len(document["facts"]["fact_id"])
        raise StudyError(
            f"The explorer has {n_facts:,} facts and {len(content):,} bytes, but a report shows"
            f" pages of at most {LARGEST:,} bytes. Study fewer models or methods at a time, or"
            " raise `attribution.keep`."
        )
    return content


def embedded(document: Mapping[str, Any]) -> str:
    """A document as JSON that a script element can hold: nothing in it ends the element."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _file(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
