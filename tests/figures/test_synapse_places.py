"""The figure shows the share of columns that are synapses, and of synapses in the first column."""

import numpy as np
import pandas as pd
import pytest

from qloc.figures import synapse_places

COLUMNS = ["preset", "layer", "head", "n_queries", "n_columns", "n_synapses", "n_first_synapses"]


@pytest.fixture
def places():
    """Two relations of one preset, two layers of one head."""
    rows = [
        ("paper", 0, 0, 2, 10, 5, 2),
        ("paper", 1, 0, 2, 10, 0, 0),
        ("paper", 0, 0, 3, 10, 10, 3),
        ("paper", 1, 0, 3, 10, 1, 1),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_shares_are_of_all_relations_together(places):
    rows = synapse_places.shares(places).set_index(["layer", "head"])
    assert rows.loc[(0, 0), "synapse_share"] == 15 / 20
    assert rows.loc[(0, 0), "first_share"] == 5 / 15
    assert rows.loc[(1, "all"), "first_share"] == 1
    assert rows.loc[("all", "all"), "synapse_share"] == 16 / 40
    assert rows.loc[("all", "all"), "first_share"] == 6 / 16
    assert set(rows["first_chance"]) == {5 / 20}


def test_a_layer_without_synapses_has_no_share_in_the_first_column(places):
    rows = synapse_places.shares(places.iloc[:2]).set_index(["layer", "head"])
    assert np.isnan(rows.loc[(1, "all"), "first_share"])
    assert synapse_places.describe(places.iloc[1:2]) == (
        "0 % of the columns are synapses (preset paper, 2 queries); the first column holds none of"
        " these, and 20 % of all columns."
    )


def test_every_cell_carries_its_share_in_percent(places):
    axes = synapse_places.draw(places).axes[0]
    assert [text.get_text() for text in axes.texts] == ["75", "5"]
    (mesh,) = axes.collections
    assert mesh.get_array().ravel().tolist() == [0.75, 0.05]
    assert axes.get_title(loc="left") == "preset paper: 40 % are synapses"


def test_first_columns_are_set_against_chance(places):
    axes = synapse_places.draw(places).axes[1]
    chance, here = axes.lines
    assert chance.get_xdata()[0] == 0.25
    assert list(zip(here.get_xdata(), here.get_ydata(), strict=True)) == [(5 / 15, 0), (1, 1)]
    assert axes.get_title(loc="left") == "first column (n = 5 queries)"


def test_many_heads_are_drawn_without_numbers():
    rows = [("paper", at // 12, at % 12, 1, 10, 5, 1) for at in range(144)]
    axes = synapse_places.draw(pd.DataFrame(rows, columns=COLUMNS)).axes[0]
    assert len(axes.texts) == 0
    assert len(axes.collections[0].get_array().ravel()) == 144


def test_the_description_is_of_the_first_preset(study):
    text = synapse_places.describe(study["synapse_places"])
    assert text.startswith("70 % of the columns are synapses (preset paper")
    assert "first column holds 29 % of these" in text
