"""The trade-off shows every set and strength where it stands, and controls apart from them."""

import numpy as np
import pytest
from matplotlib.colors import same_color
from tests import edits

from qloc.figures import style, tradeoff
from qloc.figures.edit_points import points


@pytest.fixture
def found(study):
    return points(study["edit_summaries"])


@pytest.fixture(scope="module")
def panels(make_study):
    figure = tradeoff.draw(points(make_study(3, 12)["edit_summaries"]), "calibrated")
    return np.array(figure.axes).reshape(4, 4)


def of_sets(axes):
    """Every set's marks: places of filled ones and of hollow ones."""
    drawn = {}
    for name, shape in style.SET_MARK.items():
        shaped = [line for line in axes.lines if line.get_marker() == shape]
        colour = style.SET_COLOUR[name]
        lines = [line for line in shaped if same_color(line.get_markeredgecolor(), colour)]
        places = [(line.get_xdata()[0], line.get_ydata()[0]) for line in lines]
        hollow = [same_color(line.get_markerfacecolor(), "white") for line in lines]
        drawn[name] = [
            [place for place, is_hollow in zip(places, hollow, strict=True) if is_hollow == kind]
            for kind in (False, True)
        ]
    return drawn


@pytest.mark.parametrize("column", [0, 1])
def test_a_set_stands_at_every_strength_by_what_is_lost_and_gained(panels, column):
    for line, (operation, gain) in enumerate(tradeoff.ROWS):
        drawn = of_sets(panels[line, column])
        for name in style.SET_NAME:
            which = name if name == "query" or "seen" in gain else f"{name}_held_out"
            for preset, places in zip(("calibrated", "paper"), drawn[name], strict=True):
                expected = []
                for strength in range(len(edits.STRENGTHS[preset])):
                    told = edits.quality(which, operation, preset, strength)
                    expected.append((1 - told["locality"][column], told[gain][column]))
                np.testing.assert_allclose(sorted(places), sorted(expected))


def test_the_same_edits_stand_at_their_change_of_perplexity(panels):
    told = [edits.quality("union_held_out", "update", "calibrated", at) for at in range(4)]
    expected = [(edit["perplexity_change"][1], edit["generalization"][1]) for edit in told]
    np.testing.assert_allclose(of_sets(panels[0, 3])["union"][0], expected)


def test_the_chosen_strength_is_the_largest_mark_and_has_intervals(panels):
    marks = [line for line in panels[0, 0].lines if line.get_marker() == "s"]
    filled = [line for line in marks if not same_color(line.get_markerfacecolor(), "white")]
    largest = max(filled, key=lambda line: line.get_markersize())
    chosen = edits.quality("union_held_out", "update", "calibrated", edits.CHOSEN["calibrated"])
    place = (1 - chosen["locality"][0], chosen["generalization"][0])
    assert (largest.get_xdata()[0], largest.get_ydata()[0]) == pytest.approx(place)
    bands = [line for line in panels[0, 0].lines if line.get_linewidth() == 2.4]
    assert len(bands) == 2 * 3
    ends = [(*line.get_xdata(), *line.get_ydata()) for line in bands]
    upright = (place[0], place[0], place[1] - 0.09, place[1] + 0.09)
    assert any(end == pytest.approx(upright) for end in ends)


def test_controls_are_marks_of_their_own_at_the_chosen_strength_only(panels):
    for shape, end in (("x", "_random"), ("+", "_top")):
        drawn = [line for line in panels[0, 1].lines if line.get_marker() == shape]
        assert len(drawn) == (3 if shape == "x" else 2)
        (of_union,) = (
            line for line in drawn if same_color(line.get_color(), style.SET_COLOUR["union"])
        )
        told = edits.quality(f"union_held_out{end}", "update", "calibrated", 2)
        place = (of_union.get_xdata()[0], of_union.get_ydata()[0])
        assert place == pytest.approx((1 - told["locality"][1], told["generalization"][1]))


def test_the_axis_reaches_as_far_as_filled_marks_and_an_arrow_leads_to_others(panels):
    """Updates of the union by preset `paper` raise perplexity on inconsistent facts 18-fold."""
    assert panels[0, 2].get_xlim()[1] == 16
    assert [axes.get_xticks()[-1] for axes in panels[0, 2:]] == [10, 10]
    arrows = [[line.get_marker() for line in axes.lines].count(">") for axes in panels.ravel()]
    assert arrows == [0, 0, 0, 1] * 2 + [0] * 8


def test_a_perplexity_too_large_for_a_number_stands_at_the_end_with_an_arrow(found):
    is_union = (found["neuron_set"] == "union") & (found["preset"] == "paper")
    found.loc[is_union, "is_perplexity_partial"] = True
    axes = np.array(tradeoff.draw(found, "calibrated").axes).reshape(4, 4)
    arrows = [[line.get_marker() for line in panel.lines].count(">") for panel in axes.ravel()]
    assert arrows == [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1]
    far = axes[1, 2].get_xlim()[1]
    assert far in [place for place, _ in of_sets(axes[1, 2])["union"][1]]


def test_every_panel_of_localities_says_its_number_of_facts(panels, study):
    roles = study["edited_facts"]
    own = roles[roles["role"] == "evaluation"]["is_consistent"]
    for line in range(4):
        said = [[text.get_text() for text in axes.texts] for axes in panels[line]]
        assert said == [[f"n = {own.sum()} facts"], [f"n = {(~own).sum()} facts"], [], []]


def test_without_held_out_queries_and_a_class_their_panels_are_left_out(found):
    seen = found.assign(generalization=np.nan)
    figure = tradeoff.draw(seen[seen["fact_class"] == "consistent"], "calibrated")
    assert len(figure.axes) == 2 * 2
    assert figure.axes[0].get_ylabel() == "updated: Gen,\nalso seen queries"


def test_the_description_says_gain_and_locality_on_inconsistent_facts(found):
    text = tradeoff.describe(found, "calibrated")
    assert text.startswith(
        "Held-out Gen (locality) of updates, preset calibrated, 10 inconsistent facts: own"
    )
    assert "union 0.76 [0.67, 0.85] (0.40)" in text
    seen = tradeoff.describe(found.assign(generalization=np.nan), "calibrated")
    assert seen.startswith("Gen, also seen queries (locality) of updates, preset calibrated, 10 ")
    assert tradeoff.describe(found[:0], "calibrated") == "No fact was edited."
