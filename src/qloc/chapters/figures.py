"""Figures as parts of a page: what they say, and their drawing inside the page's own text."""

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from qloc.errors import StudyError

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Drawing:
    """A figure of this study: its finding, and what draws it."""

    finding: str
    root: ET.Element


def read_drawing(path: Path) -> Drawing:
    """Read a figure.

    Raises:
        StudyError: It is not an SVG that says what it shows.
    """
    try:
        root = ET.fromstring(path.read_bytes())
    except ET.ParseError:
        root = ET.Element("damaged")
    title = root.find(f"{SVG}title")
    if title is None or not title.text:
        raise StudyError(
            f"{path} is not a whole figure of this study: it does not say what it shows."
            " Delete it and run Snakemake again, which draws it anew."
        )
    root.remove(title)
    return Drawing(title.text, root)


def inline(drawing: Drawing, known: set[str]) -> str:
    """The drawing as a part of a page; its finding is its text for who cannot see it.

    Letters, marks and clips are defined once on a page: their names follow from what they are.

    Args:
        drawing: The figure.
        known: Names that the page has defined so far; those of this figure are added.
    """
    root = drawing.root
    for definitions in root.findall(f"{SVG}defs"):
        for definition in list(definitions):
            name = definition.get("id", "")
            if name in known:
                definitions.remove(definition)
            known.add(name)
    root.attrib = {
        "role": "img",
        "aria-label": drawing.finding,
        **{name: value for name, value in root.attrib.items() if name not in {"width", "height"}},
    }
    for element in root.iter():
        element.tag = element.tag.removeprefix(SVG)
    return ET.tostring(root, encoding="unicode", short_empty_elements=True)
