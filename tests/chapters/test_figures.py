"""Figures inside a page: their finding is their text, what they define stands once."""

import xml.etree.ElementTree as ET

import pytest
from matplotlib.figure import Figure

from qloc.chapters.figures import inline, read_drawing
from qloc.errors import StudyError
from qloc.figures import style

HOSTILE = '5 < 6 & "so" </script><script>alert(1)</script>'


@pytest.fixture
def drawn(tmp_path):
    def drawn(words, finding):
        figure = Figure(figsize=(2, 1))
        figure.subplots().set_title(words)
        path = tmp_path / "figure.svg"
        path.write_bytes(style.svg(figure, finding))
        return path

    return drawn


def test_the_finding_is_what_a_reader_is_told(drawn):
    drawing = read_drawing(drawn("abc", HOSTILE))
    assert drawing.finding == HOSTILE
    text = inline(drawing, set())
    assert "<script>" not in text
    root = ET.fromstring(text)
    assert root.get("role") == "img"
    assert root.get("aria-label") == HOSTILE
    assert "width" not in root.attrib
    assert root.get("viewBox")
    assert "title" not in {element.tag for element in root}


def test_letters_of_two_figures_are_defined_once(drawn):
    first, second = (read_drawing(drawn(words, "one")) for words in ("abc", "abcd"))
    alone = len(inline(read_drawing(drawn("abcd", "one")), set()))
    known: set[str] = set()
    texts = [inline(first, known), inline(second, known)]
    assert len(texts[1]) < 0.7 * alone
    defined = [
        element.get("id")
        for text in texts
        for element in ET.fromstring(text).iter()
        if element.get("id")
    ]
    assert len(defined) == len(set(defined))
    used = {
        element.get("href")
        for text in texts
        for element in ET.fromstring(text).iter()
        if element.get("href")
    }
    assert used <= {f"#{name}" for name in defined}


@pytest.mark.parametrize("content", [b"", b"<svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'])
def test_what_is_no_figure_is_refused_with_its_path(tmp_path, content):
    path = tmp_path / "cut.svg"
    path.write_bytes(content)
    with pytest.raises(StudyError, match=r"cut\.svg is not a whole figure"):
        read_drawing(path)
