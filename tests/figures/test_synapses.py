"""Fig. 6 shows what synapses move beside their controls, both forms side by side."""

import re

import numpy as np
import pytest

from qloc.figures import synapses

KEY = [
    *("method", "criterion", "fact_class", "preset", "manipulation", "is_renormalised"),
    *("outcome", "synapse_set"),
]


@pytest.fixture
def panels(study):
    return synapses.draw(study["synapse_summaries"]).axes


def marks(axes, shape):
    """Where the marks of one shape stand, by line."""
    found = [line for line in axes.lines if line.get_marker() == shape]
    return {round(float(line.get_ydata()[0])): float(line.get_xdata()[0]) for line in found}


def test_every_preset_has_a_panel_for_each_form_the_papers_first(panels):
    assert len(panels) == 2 * 4
    titles = [axes.get_title(loc="left") for axes in panels[:4]]
    assert titles == list(synapses.FORMS.values())
    heads = [text.get_text() for at in (0, 4) for text in panels[at].texts]
    assert heads == ["preset paper", "preset lift"]


def test_every_outcome_and_control_has_a_mark_for_both_classes(study, panels):
    rows = study["synapse_summaries"].set_index(KEY)["mean"].sort_index()
    for line, preset in enumerate(("paper", "lift")):
        for axes, form in zip(panels[4 * line :], synapses.FORMS, strict=False):
            for kind, shape in (("consistent", "o"), ("inconsistent", "D")):
                expected = rows["ig", "otsu", kind, preset, form[0], form[1]]
                drawn = {
                    at: expected[key]
                    for at, key in enumerate(synapses.LINES)
                    if not (key[1] == "mass_matched" and form[1])
                }
                assert marks(axes, shape) == drawn


def test_what_renormalising_would_undo_is_said_not_to_be_done(panels):
    said = [[text.get_text() for text in axes.texts].count(" not done") for axes in panels]
    assert said == [0, 2, 0, 2] * 2


def test_all_panels_share_one_scale(panels):
    assert len({axes.get_xlim() for axes in panels}) == 1


def test_controls_alone_are_hollow(panels):
    lines = list(synapses.LINES)
    hollow = {
        lines[round(float(line.get_ydata()[0]))][1]
        for line in panels[0].lines
        if line.get_marker() == "o" and line.get_markerfacecolor() == "white"
    }
    assert hollow == set(synapses.CONTROLS)


def test_the_description_sets_synapses_against_as_much_attention(study):
    text = synapses.describe(study["synapse_summaries"])
    assert text.startswith("Suppressed synapses (preset paper, plain) lower own neurons by ")
    assert "45 [37, 54] % on 18 consistent, 38 [30, 47] % on 18 inconsistent facts" in text
    assert re.search(r"; as much of all columns by 27, \d\d %\.$", text)


def test_queries_without_neurons_leave_the_answer(study):
    rows = study["synapse_summaries"]
    rows.loc[rows["outcome"] != "answer", "mean"] = np.nan
    assert synapses.describe(rows) == "No query has knowledge neurons."
    drawn = set(marks(synapses.draw(rows).axes[0], "o"))
    assert drawn == {at for at, key in enumerate(synapses.LINES) if key[0] == "answer"}
