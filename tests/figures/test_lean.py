"""A lean SVG shows what matplotlib drew: the same shapes, in the same order, of the same look."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib.figure import Figure

from qloc.figures import style
from qloc.figures.lean import lean

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
NUMBER = r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?"
IN_ALL = {"stroke-linejoin": "round", "stroke-linecap": "butt"}


@pytest.fixture
def contents(monkeypatch):
    """A function that gives a figure's SVG as matplotlib writes it, and lean."""

    def both(figure):
        plain = []
        monkeypatch.setattr(style, "lean", lambda content: plain.append(content) or content)
        style.svg(figure, "a")
        return plain[0], lean(plain[0])

    return both


@style.look
def drawing():
    figure = Figure(figsize=(4, 3))
    left, right = figure.subplots(1, 2)
    left.plot(np.linspace(0, 1, 90), np.linspace(0, 3, 90) ** 2, alpha=0.5)
    left.plot([0.1, 0.5, 0.9], [1, 2, 3], "D", color="#D55E00", mec="#0072B2", alpha=0.4)
    left.plot([0.1, 0.5, 0.9], [2, 3, 4], "o", mew=0, alpha=0.4)
    left.bar([0, 1], [1, 2], color="white", ec=style.MUTED, hatch="////")
    left.fill_between([0, 1], [0, 1], [1, 3], alpha=0.2)
    right.vlines([1, 2, 3], 0, [1, 2, 3], color=style.INK)
    right.plot([1, 3], [0, 3], ls=(0, (4, 2)))
    right.set(title="words beside $x_1^2$", ylabel="turned", xscale="log")
    return figure


def test_everything_is_drawn_where_it_was_and_as_it_looked(contents):
    plain, small = contents(drawing())
    before, after = drawn(plain), drawn(small)
    assert [look for _, look in after] == [look for _, look in before]
    for (here, _), (there, look) in zip(after, before, strict=True):
        np.testing.assert_allclose(here, there, atol=0.06, rtol=0, err_msg=str(look))


def test_a_lean_file_is_smaller_and_says_nothing_unseen(contents):
    plain, small = contents(drawing())
    assert len(small) < 0.5 * len(plain)
    text = small.decode()
    assert "<!--" not in text
    assert "metadata" not in text
    names, used = (set(re.findall(found, text)) for found in (r'id="([^"]+)"', r"#([A-Z\w]+)[\")]"))
    assert names <= used


def test_a_file_that_stands_in_a_page_changes_nothing_around_it(contents):
    rules = re.findall(r"<style>(.*?)</style>", contents(drawing())[1].decode())
    assert len(rules) == 1
    assert set(re.sub(r"\{[^}]*\}", " ", rules[0]).split()) == set(
        re.findall(r"\.q[0-9a-f]{7}(?=\{)", rules[0])
    )


def test_things_of_equal_names_are_equal_in_every_file(contents):
    first = contents(drawing())[1]
    figure = Figure(figsize=(2, 2))
    figure.subplots().plot([0, 7], [1, 5])
    found = [definitions(content) for content in (first, contents(figure)[1])]
    shared = found[0].keys() & found[1].keys()
    assert len(shared) > 5
    assert all(found[0][name] == found[1][name] for name in shared)


def test_the_same_figure_gives_the_same_bytes(contents):
    assert contents(drawing())[1] == contents(drawing())[1]


def definitions(content):
    root = ET.fromstring(content)
    named = {e.get("id"): ET.tostring(e) for e in root.find(f"{SVG}defs")}
    (rules,) = (e.text for e in root.iter(f"{SVG}style"))
    return named | dict(re.findall(r"\.(q\w+)\{([^}]*)\}", rules))


def drawn(content):
    """Every shape that a browser would draw: its points on the page, and its look."""
    root = ET.fromstring(content)
    rules = dict(re.findall(r"\.(q\w+)\{([^}]*)\}", "".join(root.itertext())))
    named = {f"#{element.get('id')}": element for element in root.iter() if element.get("id")}
    shapes = []

    def walk(element, placed, look):
        tag = element.tag.removeprefix(SVG)
        if tag in ("defs", "clipPath", "title", "metadata", "style"):
            return
        inside = placed @ matrix(element.get("transform", ""))
        own = parts(rules.get(element.get("class"), "")) | parts(element.get("style", ""))
        clip = {"clip": element.get("clip-path")} if element.get("clip-path") else {}
        look = {**look, **own, **clip}
        if tag == "path" and element.get("d"):
            at = places(element.get("d"))
            shapes.append(((inside @ np.column_stack([at, np.ones(len(at))]).T)[:2], shown(look)))
        elif tag == "use":
            to = np.eye(3)
            to[:2, 2] = float(element.get("x", 0)), float(element.get("y", 0))
            walk(named[element.get("href", element.get(LINK))], inside @ to, look)
        for child in element:
            walk(child, inside, look)

    walk(root, np.eye(3), IN_ALL)
    return shapes


def matrix(transform):
    whole = np.eye(3)
    for name, numbers in re.findall(r"(\w+)\(([^)]*)\)", transform):
        values = [float(number) for number in re.findall(NUMBER, numbers)]
        step = np.eye(3)
        if name == "translate":
            step[:2, 2] = values
        elif name == "scale":
            step[0, 0], step[1, 1] = values[0], values[-1]
        elif name == "rotate":
            turn = np.deg2rad(values[0])
            step[:2, :2] = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
        whole = whole @ step
    return whole


def places(data):
    """Every point of a path, also those that bend it, as it says them: in places or in steps."""
    found, here, start = [], np.zeros(2), np.zeros(2)
    for command, numbers in re.findall(r"([MLQClqchvz])([^MLQClqchvz]*)", data):
        values = [float(number) for number in re.findall(NUMBER, numbers)]
        if command == "z":
            here = start
        if command in "hv":
            values = [part for v in values for part in ((v, 0) if command == "h" else (0, v))]
        pairs, bend = np.reshape(values, (-1, 2)), {"q": 2, "c": 3}.get(command.lower(), 1)
        for number, pair in enumerate(pairs, start=1):
            found.append(pair if command.isupper() else here + pair)
            if number % bend == 0:
                here = found[-1]
        start = here if command == "M" else start
    return np.array(found)


def parts(look):
    return dict(part.strip().split(":", 1) for part in look.split(";") if part.strip())


def shown(look):
    """A look in one form: full colours, numbers as such, and how clear each paint is."""
    look = {name: value.strip() for name, value in look.items()}
    clear = float(look.pop("opacity", 1))
    for paint in ("fill", "stroke"):
        own = float(look.pop(f"{paint}-opacity", 1)) * clear
        look[paint] = full(look.get(paint, "none"))
        look[f"{paint}-opacity"] = own if look[paint] != "none" else 1
    return {name: float(v) if re.fullmatch(NUMBER, str(v)) else v for name, v in look.items()}


def full(colour):
    short = re.fullmatch(r"#(.)(.)(.)", colour)
    return "#" + "".join(2 * digit for digit in short.groups()) if short else colour
