"""The parts of a chapter, put together from files that other stages wrote."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qloc.chapters.captions import caption
from qloc.chapters.contents import Chapter, Figure, Page
from qloc.chapters.figures import inline, read_drawing
from qloc.chapters.numbers import Numbers, read_numbers, tables_of
from qloc.figures.style import METHOD_NAME

MOST_TABLES = 3
"""Of one page; the others stand on the page itself."""


@dataclass(frozen=True)
class Section:
    """A figure or a page of tables in its chapter.

    Attributes:
        name: Of its file; the section's address on the page.
        heading: What it shows; of a figure, its finding.
        paper: The figure or table of the paper that it stands for.
        drawing: The figure, as HTML.
        caption: What is drawn, likewise.
        reading: How to read it, what the paper says, settings, likewise.
        numbers: What is drawn.
        tables: Tables as they stand on their own page.
        more: Where the rest of that page is.
    """

    name: str
    heading: str
    paper: str
    drawing: str = ""
    caption: str = ""
    reading: str = ""
    numbers: Numbers | None = None
    tables: Sequence[str] = ()
    more: str = ""


@dataclass(frozen=True)
class Study:
    """Whose chapter it is, and of which study.

    Attributes:
        model: Whose.
        models: All of the study.
        methods: Ways of attributing; the first is that of the chapter's figures.
        settings: What captions speak of, as Snakemake's `config`.
    """

    model: str
    models: Sequence[str]
    methods: Sequence[str]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Files:
    """What a chapter is made of, each by the name of its figure or page."""

    figures: Mapping[str, Path]
    numbers: Mapping[str, Path]
    captions: Mapping[str, Path]
    tables: Mapping[str, Path]


def sections(chapter: Chapter, study: Study, files: Files) -> Iterator[Section]:
    """Those parts of a chapter that this study has, in the chapter's order."""
    known: set[str] = set()
    for part in chapter.parts:
        if isinstance(part, Figure) and part.name in files.figures:
            yield _figure(part, study, files, known)
        elif isinstance(part, Page) and part.name in files.tables:
            yield _page(part, study, files.tables[part.name])


def _figure(part: Figure, study: Study, files: Files, known: set[str]) -> Section:
    drawing = read_drawing(files.figures[part.name])
    text = files.captions[part.name].read_text(encoding="utf-8")
    drawn, reading = caption(text, study.model, study.methods[0], study.settings)
    return Section(
        part.name,
        drawing.finding,
        part.paper,
        drawing=inline(drawing, known),
        caption=drawn,
        reading=reading,
        numbers=read_numbers(files.numbers[part.name]),
    )


def _page(part: Page, study: Study, path: Path) -> Section:
    others = {name for name in study.models if name != study.model}
    others |= {METHOD_NAME[method] for method in study.methods[1:]}
    tables = tables_of(path.read_text(encoding="utf-8"), others)
    n_more = len(tables) - MOST_TABLES
    rest = f"{n_more} more of this model, and all" if n_more > 0 else "All"
    return Section(
        f"{part.name}-table",
        part.title,
        part.paper,
        tables=tables[:MOST_TABLES],
        more=f"{rest} models and methods: {path.as_posix()}, in this chapter of the menu.",
    )
