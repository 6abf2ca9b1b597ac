"""The axis of changes of perplexity: whole decades, and an end for what is beyond."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from qloc.figures import perplexity


@pytest.mark.parametrize(
    ("changes", "far"),
    [
        ([], 0.1),
        ([-0.5, 0.004, np.nan], 0.1),
        ([0.02, 0.3], 1),
        ([1.0], 1),
        ([1.01], 10),
        ([3e7, 1], 1000),
        ([np.inf], 1000),
    ],
)
def test_an_axis_reaches_the_next_decade_but_a_thousandfold_at_most(changes, far):
    assert perplexity.reach(np.array(changes, dtype=float)) == far


def test_what_is_beyond_the_axis_stands_at_its_end():
    places = perplexity.placed(np.array([-3, -0.004, 0, 7, 11, 1e9, np.nan]), 10.0)
    np.testing.assert_array_equal(places, [-0.005, -0.004, 0, 7, 11, 16, 16])
    assert perplexity.are_beyond(places, 10.0).tolist() == [False] * 5 + [True] * 2


@pytest.mark.parametrize("which", ["x", "y"])
def test_ticks_are_percent_and_every_change_lies_on_the_axis(which):
    axes = Figure().subplots()
    perplexity.lay_axis(axes, which, 100.0)
    axis = axes.xaxis if which == "x" else axes.yaxis
    assert list(axis.get_ticklocs()) == [0, 0.001, 0.01, 0.1, 1, 10, 100]
    labels = [text.get_text() for text in axis.get_ticklabels()]
    assert labels == ["0", "0.1", "1", "10", "100", "1,000", "10,000"]
    assert tuple(axis.get_view_interval()) == tuple(perplexity.placed(np.array([-9, 1e9]), 100.0))
    assert axis.get_scale() == "symlog"


@pytest.mark.parametrize(("which", "mark", "behind"), [("x", ">", 0), ("y", "^", 1)])
def test_an_arrow_leads_beyond_the_end(which, mark, behind):
    figure = Figure(dpi=72)
    axes = figure.subplots()
    perplexity.point_beyond(axes, which, (0.5, 0.5), "#7a7a7a")
    (arrow,) = axes.lines
    moved = arrow.get_transform().transform((0.5, 0.5)) - axes.transData.transform((0.5, 0.5))
    assert arrow.get_marker() == mark
    np.testing.assert_allclose(moved, np.eye(2)[behind] * 6, atol=1e-9)
