"""Reads general text: what tiny models learn language from, and what perplexity is measured on.

One paragraph is one line. WikiText (Merity et al., ICLR 2017, https://arxiv.org/abs/1609.07843)
marks headings with ``=``, writes ``@-@``, ``@,@`` and ``@.@`` for a hyphen, comma or point inside
a word or number, and ``<unk>`` for a rare word or a part of one. Headings are left out, the signs
put back, and words with an unknown part dropped: no text but WikiText has them.
"""

import re
from pathlib import Path

from qloc.datasets.relation import read_lines
from qloc.errors import StudyError

_HEADING = re.compile(r"= .* =")
_INNER_SIGN = re.compile(r" @([-,.])@(?: |$)")


def check_file(path: Path) -> None:
    """Refuse a text without any paragraph.

    Raises:
        StudyError: The file is missing, empty, not UTF-8, or only headings.
    """
    read_paragraphs(path)


def read_paragraphs(path: Path) -> list[str]:
    """The paragraphs of a text, cleaned, in their order; none is blank.

    Raises:
        StudyError: See `check_file`.
    """
    lines = (line.strip() for line in read_lines(path))
    cleaned = (_clean(line) for line in lines if not _HEADING.fullmatch(line))
    paragraphs = [paragraph for paragraph in cleaned if paragraph]
    if not paragraphs:
        raise StudyError(
            f"{path} holds headings only. Write one paragraph to a line, or name another file."
        )
    return paragraphs


def _clean(line: str) -> str:
    words = _INNER_SIGN.sub(r"\1", line).split()
    return " ".join(word for word in words if "<unk>" not in word)
