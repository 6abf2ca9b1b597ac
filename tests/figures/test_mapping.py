"""Fig. 4 shows the effect of every neuron set on both classes, its interval, and its size."""

import numpy as np
import pytest

from qloc.figures import mapping


@pytest.fixture
def panels(study):
    return mapping.draw(study["mapping_summaries"]).axes


def marks(axes, shape):
    """Where the marks of one shape stand, by line."""
    found = [line for line in axes.lines if line.get_marker() == shape]
    return {round(float(line.get_ydata()[0])): float(line.get_xdata()[0]) for line in found}


def test_every_method_has_a_panel_for_each_manipulation_and_one_for_sizes(panels):
    assert len(panels) == 3 * 3
    titles = [axes.get_title(loc="left") for axes in panels]
    assert titles[:2] == ["suppressed (set to 0)", "enhanced (doubled)"]
    heads = [axes.texts[0].get_text() for axes in panels[::3]]
    assert heads == ["IG", "SIG", "AMIG"]


def test_every_set_has_a_mark_for_both_classes(study, panels):
    rows = (
        study["mapping_summaries"]
        .set_index(["method", "criterion", "fact_class", "manipulation", "neuron_set"])["mean"]
        .sort_index()
    )
    for line, method in enumerate(("ig", "sig", "amig")):
        for axes, manipulation in zip(panels[3 * line :], ("suppress", "enhance"), strict=False):
            for kind, shape in (("consistent", "o"), ("inconsistent", "D")):
                expected = rows[method, "otsu", kind, manipulation]
                found = marks(axes, shape)
                assert found == {at: expected[name] for at, name in enumerate(mapping.SETS)}


def test_controls_are_hollow_and_stand_below_their_sets(panels):
    hollow = {
        round(float(line.get_ydata()[0]))
        for line in panels[0].lines
        if line.get_marker() == "D" and line.get_markerfacecolor() == "white"
    }
    names = [label.get_text() for label in panels[0].get_yticklabels()]
    assert {names[at] for at in hollow} == {name for name in names if name.startswith("– ")}
    assert names[4:6] == ["intersection of its neighbors'", "– as many, drawn from self"]


def test_sizes_empty_sets_and_numbers_of_facts_stand_beside(panels):
    texts = [text.get_text() for text in panels[2].texts]
    assert texts.count("14.2") == 2 * 9
    assert texts.count("3.5 (12 %)") == 2 * 2
    assert "$K_C$\n18 facts" in texts
    assert "$K_I$\n18 facts" in texts


def test_a_set_that_is_seldom_empty_is_not_said_never_to_be(study):
    rows = study["mapping_summaries"]
    rows.loc[rows["empty_share"] > 0, "empty_share"] = 0.002
    texts = [text.get_text() for text in mapping.draw(rows).axes[2].texts]
    assert "3.5 (<1 %)" in texts


def test_the_description_compares_own_neurons_with_unrelated_ones(study):
    text = mapping.describe(study["mapping_summaries"])
    assert "by 62 [54, 71] % on 18 consistent, 71 [63, 80] % on 18 inconsistent facts" in text
    assert text.startswith("Own neurons (IG) set to 0 lower answers by ")
    assert text.endswith("; unrelated 0, 0 %.")


@pytest.mark.parametrize(("factor", "more"), [(1.2, True), (0.8, False)])
def test_that_the_neighbors_union_moves_more_is_said_where_it_does(study, factor, more):
    rows = study["mapping_summaries"].set_index("neuron_set")
    own = rows.loc["self", "mean"].to_numpy()
    rows.loc["neighbor_union", "mean"] = factor * own
    text = mapping.describe(rows.reset_index())
    assert ("neighbors' union by more: " in text) == more


def test_without_classes_all_facts_are_shown(study):
    rows = study["mapping_summaries"]
    classes = rows["fact_class"] != "all"
    rows.loc[classes, "mean"] = np.nan
    assert "on 36 facts;" in mapping.describe(rows)
    assert len(marks(mapping.draw(rows).axes[0], "s")) == len(mapping.SETS)
