"""Figs. 5 and 10 show the values of two facts' neurons under every manipulation."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from qloc.figures import synapse_examples, synapses


@pytest.fixture
def facts(study):
    return synapse_examples.examples(
        study["synapse_examples"],
        study["queries"],
        study["consistency_scores"].assign(method="ig"),
        study["consistency_classes"].assign(method="ig"),
    )


def grid(axes):
    (drawn,) = [c for c in axes.get_children() if type(c).__name__ in ("QuadMesh", "AxesImage")]
    return np.ma.filled(drawn.get_array().astype(float), np.nan)


def test_there_is_one_fact_of_each_class_among_those_kept(study, facts):
    kept = set(study["synapse_examples"]["fact_id"])
    classes = study["consistency_classes"].set_index(["criterion", "fact_id"])["is_consistent"]
    assert [fact.kind for fact in facts] == ["consistent", "inconsistent"]
    for fact in facts:
        (fact_id,) = fact.cells["fact_id"].unique()
        assert fact_id in kept
        assert classes["otsu", fact_id] == (fact.kind == "consistent")
    assert facts[0].title.startswith("Subject")


def test_every_form_has_its_panel_with_the_same_order_of_neurons(facts):
    panels = synapse_examples.draw(facts).axes[:10]
    titles = [axes.get_title(loc="left").strip() for axes in panels[:5]]
    assert titles == ["as it is", *synapses.FORMS.values()]
    clean, suppressed, _, enhanced, _ = (grid(axes) for axes in panels[:5])
    np.testing.assert_allclose(suppressed, clean / 2)
    np.testing.assert_allclose(enhanced, 0.75 * clean)
    assert clean.shape[1] == facts[0].cells.groupby(["layer", "neuron"]).ngroups


def test_own_values_are_summed_with_their_signs(facts):
    """Values of −2 and 1 that become −3 and 1 grow by a third."""
    cells = (
        facts[0]
        .cells.head(2)
        .assign(
            query_id="q",
            manipulation="suppress",
            is_renormalised=False,
            is_own=True,
            value_before=[-2.0, 1.0],
            value_after=[-3.0, 1.0],
        )
    )
    effects = synapse_examples.own_effects(cells)
    assert effects["suppress", False] == pytest.approx(1 / 3)
    assert np.isnan(effects["enhance", True])
    assert np.isnan(synapse_examples.own_effects(cells.assign(is_own=False))["suppress", False])


def test_hardly_any_growth_has_no_sign(facts):
    cells = facts[0].cells
    same = replace(facts[0], cells=cells.assign(value_after=cells["value_before"] * 1.001))
    panels = synapse_examples.draw([same]).axes
    assert [axes.get_xlabel() for axes in panels[1:5]] == ["0 %"] * 4


def test_some_neurons_of_many_are_drawn(facts):
    cells = facts[0].cells.assign(n_selected=1)
    many = pd.concat([cells.assign(neuron=cells["neuron"] + 100 * shift) for shift in range(9)])
    panels = synapse_examples.draw([replace(facts[0], cells=many)]).axes
    assert panels[0].get_xlabel() == "30 of 180 neurons"
    assert {grid(axes).shape[1] for axes in panels[:5]} == {30}


def test_below_every_panel_stands_how_far_own_values_grow(facts):
    panels = synapse_examples.draw(facts).axes
    assert [axes.get_xlabel() for axes in panels[1:5]] == ["−50 %", "−50 %", "−25 %", "−25 %"]
    assert panels[0].get_xlabel().endswith(" neurons")


def test_dots_mark_the_querys_own_neurons_in_every_panel(facts):
    panels = synapse_examples.draw(facts).axes[:5]
    clean = facts[0].cells.drop_duplicates(["query_id", "layer", "neuron"])
    counts = {len(axes.lines[0].get_xdata()) for axes in panels}
    assert counts == {int(clean["is_own"].sum())}


def test_the_description_names_the_facts_and_their_effects(facts):
    text = synapse_examples.describe(facts)
    assert re.search(
        r"^Two examples, no evidence: .+ −50 % for .+ \(consistent\), −50 % .+ \(inconsistent\)\.$",
        text,
    )
