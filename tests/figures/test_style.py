"""Colours by measure: apart from each other for every eye, and readable on white."""

import itertools
import re

import numpy as np
import pytest
from matplotlib import colormaps, rcParams
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from qloc.contracts.claims import VERDICTS
from qloc.figures import style

# Machado, Oliveira and Fernandes (2009), full severity, on linear RGB.
EYES = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
JUDGED = [style.VERDICT_COLOUR[name] for name in ("supported", "not_supported", "undecided")]
SIGNED = [colormaps[style.SIGNED](end) for end in (0.0, 0.5, 1.0)]


def linear(colour):
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(colour, eye):
    seen = np.clip(EYES[eye] @ linear(colour), 0, 1)
    x = TO_XYZ @ seen / np.array([0.9505, 1, 1.089])
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(colour):
    """WCAG contrast with white."""
    return 1.05 / (float(TO_XYZ[1] @ linear(colour)) + 0.05)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize(
    "palette",
    [
        style.CLASS_COLOUR.values(),
        style.METHOD_COLOUR.values(),
        style.SET_COLOUR.values(),
        JUDGED,
        SIGNED,
    ],
    ids=["class", "method", "set", "verdict", "signed"],
)
def test_colours_that_differ_in_meaning_are_20_apart_for_every_eye(palette, eye):
    distances = [
        np.linalg.norm(lab(a, eye) - lab(b, eye)) for a, b in itertools.combinations(palette, 2)
    ]
    assert min(distances) >= 20


def test_a_known_distance_and_contrast_come_out():
    assert np.linalg.norm(lab("white", "normal") - lab("black", "normal")) == pytest.approx(
        100, 1e-3
    )
    assert contrast("black") == pytest.approx(21, 1e-3)


@pytest.mark.parametrize(
    "colour",
    [
        *style.CLASS_COLOUR.values(),
        *style.METHOD_COLOUR.values(),
        *style.SET_COLOUR.values(),
        style.FAINT,
    ],
)
def test_marks_have_a_contrast_of_3(colour):
    assert contrast(colour) >= 3


@pytest.mark.parametrize("colour", [style.INK, style.MUTED, *style.VERDICT_COLOUR.values()])
def test_text_has_a_contrast_of_4_5(colour):
    assert contrast(colour) >= 4.5


@pytest.mark.parametrize(
    ("marks", "colours"),
    [
        (style.CLASS_MARK, style.CLASS_COLOUR),
        (style.METHOD_MARK, style.METHOD_COLOUR),
        (style.SET_MARK, style.SET_COLOUR),
        (style.VERDICT_SYMBOL, style.VERDICT_COLOUR),
    ],
)
def test_what_differs_in_colour_differs_in_mark_too(marks, colours):
    assert len(set(marks.values())) == len(marks)
    assert marks.keys() == colours.keys()


def test_every_verdict_has_a_colour():
    assert style.VERDICT_COLOUR.keys() == set(VERDICTS)


def test_an_svg_has_a_description_and_no_date():
    figure = Figure()
    figure.text(0.5, 0.5, "a")
    text = style.svg(figure, "Half <b>of\x00 all & more").decode()
    assert "<title>Half &lt;b&gt;of all &amp; more</title>" in text
    assert "<dc:date>" not in text
    assert not re.search(r"20\d\d-\d\d-\d\d", text)
    assert "<metadata" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.01, "0.01"), (200, "200"), (10_000, "10,000"), (1e5, "1e5"), (1e-8, "1e−8")],
)
def test_a_number_of_a_logarithmic_axis_has_no_small_exponent(value, text):
    assert style.decade(float(value)) == text


@pytest.mark.parametrize(
    ("ends", "names"), [((60, 700), ["100", "200", "500"]), ((1e-6, 2), ["1e−6", "1e−5", "1e−4"])]
)
def test_a_short_logarithmic_axis_names_more_than_decades(ends, names):
    axes = Figure().subplots()
    axes.plot([1, 2], ends)
    axes.set(yscale="log", ylim=ends)
    style.name_decades(axes.yaxis)
    low, high = ends
    shown = [text for at, text in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)
             if low <= at <= high]  # fmt: skip
    assert [text.get_text() for text in shown][:3] == names
    assert not any(text.get_text() for text in axes.get_yticklabels(minor=True))


def test_the_look_ends_with_the_function_that_draws():
    before = dict(rcParams)

    @style.look
    def draw():
        assert rcParams["svg.hashsalt"] == "qloc"
        raise RuntimeError("torn")

    with pytest.raises(RuntimeError, match="torn"):
        draw()
    assert dict(rcParams) == before


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\tand\x07 more", "two lines and more"),
        ("a" * 50, "a" * 19 + "…"),
        ("hidden\u202eturn", "hiddenturn"),
        ("東京 Tokyo", "□□ Tokyo"),
        ("ירושלים", "ירושלים"),
    ],
)
def test_a_readers_text_is_shown_on_one_short_line(text, shown):
    assert style.label(text, 20) == shown
