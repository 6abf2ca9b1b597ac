"""A heatmap of neurons shows every value, hatches gaps, and says how many neurons are drawn."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from qloc.figures import heatmaps


def cells(rows):
    return pd.DataFrame(rows, columns=["query_id", "layer", "neuron", "n_selected", "value"])


def drawn(axes):
    (drawn,) = [c for c in axes.get_children() if type(c).__name__ in ("QuadMesh", "AxesImage")]
    return np.ma.filled(drawn.get_array().astype(float), np.nan).tolist()


def test_neurons_of_most_queries_stand_first_then_those_of_low_layers():
    rows = cells(
        [("b", 0, 5, 1, 1.0), ("a", 0, 5, 1, 2.0), ("a", 1, 1, 2, 3.0), ("a", 0, 2, 1, 4.0)]
    )
    grid = heatmaps.grid(rows, "value")
    assert list(grid.columns) == [(1, 1), (0, 2), (0, 5)]
    np.testing.assert_array_equal(grid.loc["a"], [3.0, 4.0, 2.0])
    np.testing.assert_array_equal(grid.loc["b"], [np.nan, np.nan, 1.0])


def test_of_many_neurons_some_are_drawn_and_all_counted():
    rows = cells([("a", 0, n, 1, 1.0) for n in range(500)])
    grid = heatmaps.grid(rows, "value")
    assert grid.shape == (1, heatmaps.MOST_NEURONS)
    assert (grid.columns[0], grid.columns[-1]) == ((0, 0), (0, 499))
    assert heatmaps.n_neurons_shown(rows) == "240 of 500"
    assert heatmaps.n_neurons_shown(rows[:240]) == "240"
    assert heatmaps.grid(rows, "value", most=3).columns.tolist() == [(0, 0), (0, 250), (0, 499)]
    assert heatmaps.n_neurons_shown(rows, most=3) == "3 of 500"


@pytest.mark.parametrize("is_picture", [True, False])
def test_a_cell_is_drawn_for_every_value_and_none_for_a_gap(is_picture):
    axes = Figure().subplots()
    values = pd.DataFrame([[1.0, np.nan], [0.5, 0.25]])
    heatmaps.draw_heatmap(axes, values, "Greys", Normalize(0, 1), is_picture)
    np.testing.assert_array_equal(drawn(axes), [[1.0, np.nan], [0.5, 0.25]])
    assert len(axes.images) == is_picture
    assert axes.get_xlim() == (0, 2)
    assert axes.get_ylim() == (2, 0)


def test_dots_stand_in_selected_cells_while_there_is_room():
    for n_neurons, n_dots in ((heatmaps.FEW_NEURONS, 1), (heatmaps.FEW_NEURONS + 1, 0)):
        selected = pd.DataFrame([[False] * (n_neurons - 1) + [True]])
        axes = Figure().subplots()
        heatmaps.mark_selected(axes, selected, selected.astype(int))
        (dots,) = axes.lines
        assert len(dots.get_xdata()) == n_dots


def test_values_around_zero_share_one_scale():
    norm = heatmaps.around_zero(4.0)
    assert [norm(-4.0), norm(0.0), norm(4.0)] == [0, 0.5, 1]
    assert heatmaps.around_zero(0.0)(0.0) == 0.5
