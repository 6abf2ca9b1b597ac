"""The figure of all claims: every part has its band, interval and numbers, for every model."""

import dataclasses

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from tests.claims import claims, found, nothing, replaced

from qloc.figures import style
from qloc.figures.claim_marks import FAR
from qloc.figures.claim_words import CLAIM_SHORT, PART_SHORT
from qloc.figures.claims import describe, draw, of_method

MODELS = {"z": found(-1.0), "a": found()}


def texts(axes):
    """What stands on every line, by line, right of the names."""
    return {round(text.get_position()[1]): text.get_text() for text in axes.texts
            if text.get_position()[0] > 1}  # fmt: skip


def names(axes):
    return {text.get_text(): round(text.get_position()[1]) for text in axes.texts
            if text.get_position()[0] < 0}  # fmt: skip


def marks(axes, shape):
    return {
        (round(float(line.get_ydata()[0])), float(line.get_xdata()[0]))
        for line in axes.lines
        if line.get_marker() == shape
    }


def bands(axes):
    """Where the claimed regions begin and end, by line."""
    found = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    return {
        round(patch.get_y() + 0.42): (patch.get_x(), patch.get_x() + patch.get_width())
        for patch in found
    }


def test_every_claim_and_part_has_a_line_and_every_model_a_panel():
    panels = draw(claims(MODELS)).axes
    assert [axes.get_title(loc="left") for axes in panels] == ["z", "a"]
    named = names(panels[0])
    assert len(named) == len(CLAIM_SHORT) + len(PART_SHORT) + 1
    assert not names(panels[1])
    assert len({axes.get_xlim() for axes in panels}) == 1
    assert len({axes.get_ylim() for axes in panels}) == 1


def test_a_part_has_its_region_interval_and_numbers():
    axes = draw(claims(found())).axes[0]
    at = names(axes)["generalization, $K_I$ − $K_C$"]
    assert bands(axes)[at] == (-FAR, 0)
    assert (at, -0.2) in marks(axes, "o")
    ends = [line.get_xdata() for line in axes.lines if set(line.get_ydata()) == {at}]
    assert any(np.allclose(pair, [-0.22, -0.18]) for pair in ends if len(pair) == 2)
    assert texts(axes)[at] == "−0.20 [−0.22, −0.18]"
    margin = names(axes)["10 They match own neurons on $K_C$"] + 1
    assert bands(axes)[margin] == pytest.approx((-0.08, 0.08))
    share = names(axes)["lowest share of all thresholds"]
    assert bands(axes)[share] == pytest.approx((0.06, FAR))


def test_a_verdict_has_symbol_word_colour_and_n():
    axes = draw(claims(MODELS)).axes[0]
    at = names(axes)["4 Own neurons generalize worse on $K_I$"]
    said = next(text for text in axes.texts if text.get_text().startswith("✗")
                and round(text.get_position()[1]) == at)  # fmt: skip
    assert said.get_text() == "✗ not supported, n = 40"
    assert said.get_color() == style.VERDICT_COLOUR["not_supported"]
    bar = [
        line for line in axes.lines if line.get_linewidth() > 2 and line.get_ydata()[0] == at + 1
    ]
    assert to_hex(bar[0].get_color()) == style.VERDICT_COLOUR["not_supported"]


def test_a_star_says_that_ten_at_once_have_another_verdict():
    tables = replaced(found(), "synapses", "simultaneous_ci_low", -0.01, contrast="random")
    said = texts(draw(claims(tables)).axes[0]).values()
    assert [text for text in said if "*" in text] == ["✓ supported*, n = 40"]


def test_what_the_paper_prints_is_a_diamond_on_a_line_of_its_own():
    axes = draw(claims(found())).axes[0]
    at = names(axes)["Otsu's threshold, beside it"]
    assert marks(axes, "D") == {(at, 0.08), (at, 0.17)}
    assert texts(axes)[at].startswith("0.20 [")
    assert at not in bands(axes)


def test_what_lies_beyond_the_axis_ends_in_an_arrow():
    tables = replaced(found(), "synapses", "ci_low", -2.0, contrast="random")
    axes = draw(claims(tables)).axes[0]
    at = names(axes)["– less the effect on random ones"]
    assert marks(axes, "<") == {(at, -FAR)}
    assert not marks(axes, ">")
    drawn = np.concatenate([np.asarray(line.get_xdata(), float) for line in axes.lines])
    assert np.abs(drawn).max() <= FAR


def test_what_was_not_tested_says_so_and_has_no_mark():
    axes = draw(claims(dataclasses.replace(found(), edits=None))).axes[0]
    at = names(axes)["generalization, $K_I$ − $K_C$"]
    assert texts(axes)[at] == "not measured"
    assert texts(axes)[at - 1] == "– not tested"
    assert at not in {line for line, _ in marks(axes, "o")}
    every = draw(claims(nothing())).findobj(Text)
    assert not any("nan" in text.get_text() or "n = 0" in text.get_text() for text in every)


def test_more_than_two_models_stand_below_one_another():
    models = dict.fromkeys("abcde", found())
    figure = draw(claims(models))
    lefts = [round(axes.get_position().x0, 4) for axes in figure.axes]
    assert lefts == [lefts[0], lefts[1]] * 2 + [lefts[0]]
    assert figure.get_figwidth() == style.TEXT
    said = describe(claims(models))
    assert said.endswith("11 of 11 on a and 11 of 11 on b, and on 3 more models as shown.")


def test_claims_are_those_of_one_method_and_of_all():
    rows = claims(found(), methods=("ig", "sig"))
    assert set(of_method(rows, "sig")["method"]) == {"sig", "all"}


def test_the_description_counts_what_is_supported_on_each_model():
    said = describe(claims(MODELS))
    assert said == "Claims of the paper that are supported: 1 of 11 on z and 11 of 11 on a."
    assert describe(claims(found()).iloc[:0]) == "No claim was judged."
    assert not draw(claims(found()).iloc[:0]).axes
    long = describe(claims(dict.fromkeys(["m" * 60, "n" * 60, "o"], found())))
    assert len(long) <= 160


def test_a_file_is_small_and_the_same_twice():
    first, second = (style.svg(draw(claims(MODELS)), describe(claims(MODELS))) for _ in range(2))
    assert first == second
    assert len(first) <= 250_000


def test_a_hostile_name_of_a_model_is_a_text():
    name = "</script> $x_1^{ " + "long " * 30
    figure = draw(claims({name: found()}))
    style.svg(figure, describe(claims({name: found()})))
    assert figure.axes[0].get_title(loc="left").startswith("</script>")


def test_the_part_that_decides_is_marked_and_the_method_named():
    figure = draw(claims(replaced(found(), "mappings", "ci_low", -0.5, fact_class="difference")))
    axes = figure.axes[0]
    at = names(axes)["own − a neighbor's, $K_I$ − $K_C$"]
    signs = [round(text.get_position()[1]) for text in axes.texts if text.get_text() == "?"]
    assert signs == [at]
    assert [text.get_text() for text in figure.texts] == ["by IG, 95 % intervals"]


def test_a_clear_interval_that_does_not_decide_has_its_reason_below():
    tables = replaced(found(), "summaries", "estimate", 0.9, statistic="mean_chance")
    axes = draw(claims(tables)).axes[0]
    at = names(axes)["undecided all the same"]
    assert texts(axes)[at] == "chance alone exceeds the static threshold"
    assert "undecided all the same" not in names(draw(claims(found())).axes[0])
