"""Fig. 1 shows the value and the score of every kept pair of a query and a neuron."""

import numpy as np
import pandas as pd
import pytest

from qloc.figures import heatmaps, neurons

QUERIES = pd.DataFrame(
    {
        "query_id": ["f/00", "f/01", "g/00"],
        "fact_id": ["f", "f", "g"],
        "pattern": ["[X] is in [Y] .", "The home of [X] is [Y]", "[X] is in [Y] ."],
        "prompt": ["Lyon is in", "The home of Lyon is", "Bonn is in"],
        "answer": ["France", "France", "Germany"],
    }
)
ATTRIBUTIONS = pd.DataFrame(
    [
        ("f/00", 0, 1, "f", 0.8, -2.0),
        ("f/00", 1, 5, "f", 0.2, 0.5),
        ("f/01", 0, 1, "f", 0.1, 1.5),
        ("f/01", 0, 2, "f", 0.4, 1.0),
        ("f/01", 0, 9, "f", 0.01, 1.0),
        ("g/00", 0, 1, "g", 0.9, 9.0),
    ],
    columns=["query_id", "layer", "neuron", "fact_id", "score", "activation"],
)
CHOSEN = ATTRIBUTIONS[ATTRIBUTIONS["score"] >= 0.1].drop(columns="activation")
SCORES = pd.DataFrame({"fact_id": ["f", "g"], "consistency_score": [1 / 3, 0.0]})


@pytest.fixture
def fact():
    return neurons.example("f", "inconsistent", SCORES, ATTRIBUTIONS, CHOSEN, QUERIES)


def grid(axes):
    """The drawn cells, NaN where none."""
    (drawn,) = [c for c in axes.get_children() if type(c).__name__ in ("QuadMesh", "AxesImage")]
    return np.ma.filled(drawn.get_array().astype(float), np.nan).tolist()


def same(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_cells_are_of_the_facts_own_knowledge_neurons(fact):
    cells = fact.cells.set_index(["query_id", "layer", "neuron"])
    assert set(cells.index) == {("f/00", 0, 1), ("f/00", 1, 5), ("f/01", 0, 1), ("f/01", 0, 2)}
    assert cells.loc[("f/01", 0, 1), "n_selected"] == 2
    assert cells.loc[("f/01", 0, 1), "score_share"] == pytest.approx(0.25)
    assert fact.title == "Lyon → France"


def test_shared_neurons_stand_first_and_gaps_stay_blank(fact):
    left, right = neurons.draw([fact], 0.05).axes[:2]
    same(grid(left), [[-2.0, np.nan, 0.5], [1.5, 1.0, np.nan]])
    same(grid(right), [[1.0, np.nan, 0.25], [0.25, 1.0, np.nan]])


def test_dots_mark_selected_cells_and_the_bar_the_shared_neurons(fact):
    right = neurons.draw([fact], 0.05).axes[1]
    dots, bar = right.lines
    assert set(zip(dots.get_xdata(), dots.get_ydata(), strict=True)) == {
        (0.5, 0.5),
        (2.5, 0.5),
        (0.5, 1.5),
        (1.5, 1.5),
    }
    assert list(bar.get_xdata()) == [0, 1]


def test_queries_are_named_by_their_patterns(fact):
    left = neurons.draw([fact], 0.05).axes[0]
    names = [label.get_text() for label in left.get_yticklabels()]
    assert names == ["[X] is in", "The home of [X] is"]


def test_all_facts_share_one_scale_of_values(fact):
    other = neurons.example("g", "consistent", SCORES, ATTRIBUTIONS, CHOSEN, QUERIES)
    figure = neurons.draw([fact, other], 0.05)
    limits = {axes.collections[0].get_clim() for axes in (figure.axes[0], figure.axes[2])}
    assert limits == {(-9.0, 9.0)}


def test_more_neurons_than_fit_are_counted(fact):
    many = ATTRIBUTIONS.iloc[:1].merge(pd.DataFrame({"number": range(500)}), how="cross")
    many = many.assign(neuron=many["number"]).drop(columns="number")
    fact = neurons.example("f", "consistent", SCORES, many, many, QUERIES)
    figure = neurons.draw([fact], 0.05)
    assert len(grid(figure.axes[0])[0]) == heatmaps.MOST_NEURONS
    assert "240 of 500 neurons" in figure.axes[1].get_title(loc="right")


def test_the_bar_keeps_the_share_of_shared_neurons_when_some_are_drawn():
    pairs = [("f/00", n) for n in range(600)] + [("f/01", n) for n in range(200)]
    rows = pd.DataFrame(pairs, columns=["query_id", "neuron"])
    rows = rows.assign(layer=0, fact_id="f", score=0.5, activation=1.0)
    fact = neurons.example("f", "consistent", SCORES, rows, rows, QUERIES)
    bar = neurons.draw([fact], 0.05).axes[1].lines[-1]
    assert bar.get_xdata()[1] / heatmaps.MOST_NEURONS == pytest.approx(200 / 600, abs=0.01)
