"""SVGs at a third of their size: what matplotlib writes, said in fewer words.

Nothing that is seen changes: curves of many points stand within 0.05 points of their places,
letters within 0.04, everything else within 0.005. The same figure gives the same bytes. All
definitions stand in front, so that a page of several figures can say them once: things of equal
names are equal, also looks.
"""

import re
from collections import Counter
from hashlib import sha256
from itertools import groupby
from xml.etree import ElementTree as ET

from qloc.figures.svg_paths import rounded, shorter

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"

FONT = re.compile(r"^(#?)DejaVuSans(?:-([A-Z])[a-z]+)?-")
"""How the name of a letter begins; of a style the first letter is kept."""

LOOK = "stroke-linejoin:round;stroke-linecap:butt"
"""How lines join and end where nothing else is said."""

GLYPH_SCALE = "scale(0.015625)"
EM = 1000
"""Letters are drawn on a square of so many units; matplotlib's has 6,400."""

CURVE = 40
"""From so many points on a path is a curve, or so many marks that none is measured by eye."""

RUN = 2
"""So many neighbours of one look are worth a group, and so many elements of it a name."""


def lean(content: bytes) -> bytes:
    """The same picture in fewer bytes."""
    root = ET.fromstring(content)
    root.attrib = {
        "xmlns": SVG.strip("{}"),
        **{name: root.attrib[name] for name in ("width", "height", "viewBox")},
        "style": LOOK,
    }
    for element in root.iter():
        _shorten(element)
    title, *others = (part for part in root if part.tag != "metadata")
    definitions = ET.Element("defs")
    definitions.extend(_taken_out(others))
    blank = {f"#{each.get('id')}" for each in definitions if each.get("d") == ""}
    drawn = _grouped(_flat(others, blank))
    root[:] = [title, _named(drawn), definitions, *drawn]
    _name_only_what_is_used(root)
    text = ET.tostring(root, encoding="unicode").replace(" />", "/>")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _shorten(element: ET.Element) -> None:
    """One element without its children: short names, numbers and looks, no blanks around it."""
    element.tag = element.tag.removeprefix(SVG)
    if element.tag != "title":
        element.text = None
    element.tail = None
    if LINK in element.attrib:
        element.attrib = {"href": element.attrib.pop(LINK), **element.attrib}
    for name in {"id", "href"} & element.attrib.keys():
        element.set(name, FONT.sub(r"\1D\2", element.get(name, "")))
    if element.tag == "path":
        _shorten_path(element)
    for name in {"x", "y", "width", "height", "transform"} & element.attrib.keys():
        element.set(name, re.sub(r"-?\d+\.\d+", _two_decimals, element.get(name, "")))
    if element.tag == "use":
        _place_letter(element)
    if "style" in element.attrib:
        element.set("style", _look(element.attrib["style"]))


def _two_decimals(number: re.Match[str]) -> str:
    value = float(number[0])
    return number[0] if abs(value) < 0.2 else rounded(value, 2)


def _shorten_path(path: ET.Element) -> None:
    """Letters on a coarser square, curves to a tenth of a point, all else to a hundredth."""
    data = path.get("d", "")
    if path.get("transform") == GLYPH_SCALE:
        path.set("transform", f"scale({100 / EM:g})")
        path.set("d", shorter(data, 0, EM / 6400))
    else:
        path.set("d", shorter(data, 1 if data.count(" ") > 2 * CURVE else 2))


def _place_letter(use: ET.Element) -> None:
    """Where a letter stands on its line, in hundredths of its size."""
    found = re.fullmatch(r"translate\((\S+) 0\)", use.get("transform", ""))
    if found:
        del use.attrib["transform"]
        use.set("x", rounded(float(found[1]), 0))


def _look(style: str) -> str:
    """A look without blanks, colours of three digits where they suffice.

    Of what is filled only, or only drawn, neighbours can share how clear it is.
    """
    tight = re.sub(r"\s*([:;])\s*", r"\1", style.strip().rstrip(";"))
    painted = re.findall(r"(?:^|;)(fill|stroke):(?!none)", tight)
    if painted == ["fill"] or (painted == ["stroke"] and "fill:none" in tight):
        tight = re.sub(r"(^|;)opacity:", rf"\1{painted[0]}-opacity:", tight)
    tight = re.sub(r"(?<![\d.])0(\.\d)", r"\1", tight)
    return re.sub(r"#(.)\1(.)\2(.)\3(?![0-9a-f])", r"#\1\2\3", tight)


def _taken_out(parts: list[ET.Element]) -> list[ET.Element]:
    """All that parts define, each once, in order; it is no longer in them."""
    found: dict[str, ET.Element] = {}
    for part in parts:
        for parent in list(part.iter()):
            for definitions in parent.findall("defs"):
                found |= {str(each.get("id")): each for each in definitions}
                parent.remove(definitions)
        if part.tag == "defs":
            found |= {str(each.get("id")): each for each in part if each.tag != "style"}
    return list(found.values())


def _flat(elements: list[ET.Element], blank: set[str]) -> list[ET.Element]:
    """What is drawn, in its order, without groups that say nothing and letters that are blank."""
    flat = []
    for element in elements:
        if element.tag == "defs" or element.get("href") in blank:
            continue
        element[:] = _flat(list(element), blank)
        if element.tag == "g" and not element.attrib.keys() - {"id"}:
            flat += list(element)
        else:
            flat.append(element)
    return flat


def _grouped(elements: list[ET.Element]) -> list[ET.Element]:
    """Neighbours of one look as a group that has it; how clear they are each keeps for itself."""
    runs = groupby(elements, key=_shared)
    grouped = [each for _, run in runs for each in _as_group(list(run))]
    for group in grouped:
        if group.tag == "g" and "transform" not in group.attrib:
            group[:] = _grouped(list(group))
    return grouped


def _shared(element: ET.Element) -> dict[str, str]:
    """What a group can say for an element; nothing for one that places others."""
    if element.tag == "g" or "transform" in element.attrib:
        return {"tag": element.tag, "alone": str(id(element))}
    look = ";".join(part for part in element.get("style", "").split(";") if not _is_clear(part))
    said = {"style": look, "clip-path": element.get("clip-path", "")}
    return {name: value for name, value in said.items() if value}


def _is_clear(part: str) -> bool:
    return part.startswith("opacity:")


def _as_group(run: list[ET.Element]) -> list[ET.Element]:
    shared = _shared(run[0])
    if len(run) < RUN or not shared or "alone" in shared:
        return run
    for element in run:
        clear = [part for part in element.attrib.pop("style", "").split(";") if _is_clear(part)]
        element.attrib.pop("clip-path", None)
        if clear:
            element.set("style", clear[0])
    group = ET.Element("g", shared)
    group.extend(run)
    return [group]


def _named(drawn: list[ET.Element]) -> ET.Element:
    """Looks that several elements have, by names that tell what they say; elements use these."""
    styled = [each for part in drawn for each in part.iter() if "style" in each.attrib]
    counts = Counter(each.attrib["style"] for each in styled)
    names = {
        look: f"q{sha256(look.encode()).hexdigest()[:7]}" for look in counts if counts[look] >= RUN
    }
    for element in styled:
        look = element.attrib["style"]
        if look in names:
            del element.attrib["style"]
            element.set("class", names[look])
    style = ET.Element("style")
    style.text = "".join(f".{name}{{{look}}}" for look, name in names.items())
    return style


def _name_only_what_is_used(root: ET.Element) -> None:
    used = {
        name
        for element in root.iter()
        for value in (*element.attrib.values(), element.text or "")
        for name in re.findall(r"(?:^|url\()#([^)\s]+)", value)
    }
    for element in root.iter():
        if element.get("id") not in used:
            element.attrib.pop("id", None)
