"""What holds for every figure, of every study: it can be drawn, read, sent, and made again."""

import xml.etree.ElementTree as ET

import pytest
from matplotlib.text import Text

from qloc.figures import style

pytestmark = pytest.mark.slow

HOSTILE = "</script><b>&amp; $x_1^{ \x01%s {0} שלום محمد 東京 " + "long " * 60
STUDIES = {
    "usual": {"n_relations": 3, "n_facts": 12},
    "no facts": {"n_relations": 0, "n_facts": 0},
    "one relation": {"n_relations": 1, "n_facts": 4},
    "one fact": {"n_relations": 1, "n_facts": 1},
    "many relations": {"n_relations": 35, "n_facts": 14},
    "hostile subjects": {"n_relations": 2, "n_facts": 3, "subject": HOSTILE},
}


@pytest.fixture(scope="module", params=STUDIES)
def drawn(request, make_study, draw_all):
    return draw_all(make_study(**STUDIES[request.param]))


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


@pytest.mark.slow
def test_a_file_is_valid_small_and_described(drawn):
    for name, (figure, description) in drawn.items():
        content = style.svg(figure, description)
        assert len(content) <= 250_000, name
        title = ET.fromstring(content).find("{http://www.w3.org/2000/svg}title")
        assert title is not None, name
        assert title.text == style.plain(description), name


def test_a_finding_is_short_enough_for_a_heading(drawn):
    for name, (_, description) in drawn.items():
        assert len(description) <= 175, (name, description)
        assert description.endswith("."), name


def test_nothing_impossible_is_printed(drawn):
    for name, (figure, description) in drawn.items():
        for text in [description, *(text.get_text() for text in texts(figure))]:
            assert "nan" not in text.lower().replace("nantes", ""), (name, text)
            assert "inf" not in text.lower(), (name, text)
            assert "None" not in text, (name, text)


def test_no_text_is_too_small(drawn):
    for name, (figure, _) in drawn.items():
        for text in texts(figure):
            assert text.get_fontsize() >= style.SMALL, (name, text.get_text())


def test_text_is_dark_enough(drawn):
    for name, (figure, _) in drawn.items():
        for text in texts(figure):
            assert text.get_color() in (style.INK, style.MUTED), (name, text.get_text())


def test_a_figure_is_as_wide_as_the_text(drawn):
    for name, (figure, _) in drawn.items():
        assert figure.get_figwidth() == style.TEXT, name


@pytest.mark.slow
def test_the_same_tables_give_the_same_bytes(make_study, draw_all):
    first, second = (draw_all(make_study(1, 5)) for _ in range(2))
    for name in first:
        assert style.svg(*first[name]) == style.svg(*second[name]), name


@pytest.mark.slow
def test_points_of_large_studies_are_one_picture(make_study, draw_all):
    drawn = draw_all(make_study(2, 400), "consistency", "probability")
    for name in drawn:
        content = style.svg(*drawn[name])
        assert b"<image" in content, name
        assert len(content) <= 250_000, name


def test_a_class_without_facts_is_drawn_without_it(make_study, draw_all):
    study = make_study(2, 6)
    classes = study["consistency_classes"]
    only_static = classes[classes["criterion"] == "static"].assign(is_consistent=True)
    study.tables["consistency_classes"] = only_static
    drawn = draw_all(study, "neurons", "schematic", "consistency")
    assert "inconsistent" not in drawn["neurons"][1]
    assert len(drawn["schematic"][0].axes) == 1
    labels = [text.get_text() for text in texts(drawn["consistency"][0])]
    assert any("(n=0)" in label for label in labels)
    assert not any("Otsu" in label for label in labels)
