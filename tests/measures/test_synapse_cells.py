"""Cells and contrasts of synapses are those that the tables promise, and no others."""

import pytest

from qloc.measures.synapse_cells import Cell, Contrast, synapse_cells, synapse_contrasts


def test_every_run_has_every_outcome_and_mass_is_matched_without_renormalising():
    cells = synapse_cells(["lift", "paper"])
    runs = {cell[:-1] for cell in cells}
    assert len(cells) == len(set(cells)) == 2 * 14 * 6
    assert len(runs) == 2 * 14
    assert {run[3] for run in runs if run[1] == "mass_matched"} == {False}


@pytest.mark.parametrize(
    ("contrast", "taken_away"),
    [
        ("random_columns", Cell("lift", "random_columns", "suppress", True, "own")),
        ("without_first_column", Cell("lift", "without_first_column", "suppress", True, "own")),
        ("neighbors_only", Cell("lift", "synapses", "suppress", True, "neighbors_only")),
        ("random_any", Cell("lift", "synapses", "suppress", True, "random_any")),
        ("enhance", Cell("lift", "synapses", "enhance", True, "own")),
    ],
)
def test_a_contrast_takes_away_what_its_name_says(contrast, taken_away):
    synapses = Cell("lift", "synapses", "suppress", True, "own")
    assert Contrast("lift", "suppress", True, "own", contrast).cells == (synapses, taken_away)


def test_contrasts_are_all_that_exist():
    contrasts = synapse_contrasts(["paper"])
    cells = set(synapse_cells(["paper"]))
    assert all(set(contrast.cells) <= cells for contrast in contrasts)
    found = {contrast[1:] for contrast in contrasts}
    of_own = {name for _, _, outcome, name in found if outcome == "own"}
    of_answer = {name for _, _, outcome, name in found if outcome == "answer"}
    assert of_own - of_answer == {"neighbors_only", "random", "random_any"}
    assert ("suppress", True, "answer", "enhance") in found
    assert ("enhance", True, "answer", "enhance") not in found
    assert ("suppress", False, "own", "mass_matched") in found
    assert ("suppress", True, "own", "mass_matched") not in found
    assert len(contrasts) == 24 + 24 + 12 + 12 + 12


def test_no_preset_has_no_cell():
    assert synapse_cells([]) == synapse_contrasts([]) == []
