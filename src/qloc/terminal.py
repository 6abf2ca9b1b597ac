"""Text for a terminal: plain, at most 80 columns unless a word is longer."""

import json
import textwrap
from collections.abc import Sequence

WIDTH = 80
# A blank at which no line is broken.
_FIRM_BLANK = "\N{NO-BREAK SPACE}"


def filled(words: str, indent: str = "") -> list[str]:
    """A paragraph as lines; all but the first are indented by two more."""
    lines = textwrap.wrap(
        words,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_FIRM_BLANK, " ") for line in lines]


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Right-aligned columns."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return [
        "  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in [header, *rows]
    ]


def number(n: int, what: str) -> str:
    """So many of something: ``1 neuron``, ``2 neurons``."""
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def by_layer(counts: Sequence[int]) -> str:
    """How many there are in every layer that has any: ``4 in layer 0, 2 in layer 3``."""
    return ", ".join(f"{count:,} in layer {layer}" for layer, count in enumerate(counts) if count)


def quoted(words: str) -> str:
    """A text in quotes, on one line."""
    return json.dumps(words, ensure_ascii=False)


def firmly_quoted(words: str) -> str:
    """A text in quotes that `filled` never breaks."""
    return quoted(words).replace(" ", _FIRM_BLANK)
