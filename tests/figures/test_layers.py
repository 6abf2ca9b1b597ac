"""Where neurons lie: shares of selections and of different neurons by layer."""

import pandas as pd
import pytest

from qloc.figures import layers


@pytest.fixture
def neurons():
    """Two relations; layer 0 holds one neuron three times, layer 2 one neuron once."""
    rows = [("P1/0/00", 0, 5, "P1"), ("P1/0/01", 0, 5, "P1"), ("P2/0/00", 0, 5, "P2"),
            ("P2/0/00", 2, 7, "P2")]  # fmt: skip
    return pd.DataFrame(rows, columns=["query_id", "layer", "neuron", "relation"])


def test_layers_without_neurons_are_counted_too(neurons):
    rows = layers.by_layer(neurons, 4)
    assert rows["layer"].tolist() == [0, 1, 2, 3]
    assert rows["n_selections"].tolist() == [3, 0, 1, 0]
    assert rows["n_neurons"].tolist() == [1, 0, 1, 0]
    assert rows["selection_share"].tolist() == [0.75, 0, 0.25, 0]
    assert rows["neuron_share"].tolist() == [0.5, 0, 0.5, 0]


def test_bars_marks_and_points_are_the_shares(neurons):
    axes = layers.draw(neurons, 4).axes[0]
    assert [bar.get_height() for bar in axes.containers[0]] == [0.75, 0, 0.25, 0]
    points, marks = (list(line.get_ydata()) for line in axes.lines)
    assert marks == [0.5, 0, 0.5, 0]
    assert points == [1.0, 0.5, 0.5]


def test_the_largest_layer_is_named(neurons):
    assert "0.75, lies in layer 0 of 4" in layers.describe(neurons, 4)
