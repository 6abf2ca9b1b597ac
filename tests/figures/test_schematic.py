"""Fig. 2 leads a line from every query to each neuron it selects."""

import numpy as np
import pandas as pd
import pytest

from qloc.figures import schematic

NEURONS = pd.DataFrame(
    [("f/00", 0, 16), ("f/00", 3, 48), ("f/01", 3, 48), ("f/01", 2, 0), ("g/00", 1, 1)],
    columns=["query_id", "layer", "neuron"],
).assign(fact_id=lambda rows: rows["query_id"].str[0])
QUERIES = pd.DataFrame(
    {
        "query_id": ["f/00", "f/01", "g/00"],
        "pattern": ["[X] is in [Y] .", "The home of [X] is [Y]", "[X] is in [Y] ."],
        "prompt": ["Lyon is in", "The home of Lyon is", "Bonn is in"],
        "answer": ["France", "France", "Germany"],
    }
)


@pytest.fixture
def fact():
    return schematic.example("f", "inconsistent", NEURONS, QUERIES)


def ends(axes):
    """Where the lines to neurons end, by shade: own neurons, then shared."""
    _, own, shared = axes.collections
    return [sorted(map(tuple, (path[-1] for path in c.get_segments()))) for c in (own, shared)]


def test_lines_end_at_the_neurons_place_in_its_layer(fact):
    axes = schematic.draw([fact], 4, 64).axes[0]
    own, shared = ends(axes)
    assert own == [(0.0, 2.0), (0.25, 0.0)]
    assert shared == [(0.75, 3.0), (0.75, 3.0)]


def test_every_layer_of_the_model_is_drawn(fact):
    axes = schematic.draw([fact], 7, 64).axes[0]
    heights = [segment[0][1] for segment in axes.collections[0].get_segments()]
    assert heights == list(range(7))


def test_the_sentence_counts_shared_and_all_neurons(fact):
    assert fact.sentence == "1 of 3 neurons serve more than one query: CS = 0.33"


def test_queries_are_named_by_their_patterns_from_top_to_bottom(fact):
    axes = schematic.draw([fact], 4, 64).axes[0]
    named = [(text.get_text(), text.get_position()[1]) for text in axes.texts]
    assert named == [("[X] is in", 3.0), ("The home of [X] is", 0.0)]


def test_connections_are_the_lines(fact):
    rows = schematic.connections([fact])
    assert len(rows) == 4
    assert rows.loc[rows["neuron"] == 48, "n_queries"].tolist() == [2, 2]
    assert schematic.connections([]).empty


def test_a_large_model_names_some_layers(fact):
    axes = schematic.draw([fact], 80, 64).axes[0]
    assert 2 <= len(axes.get_yticklabels()) <= 6
    assert np.isclose(axes.get_ylim(), (-0.5, 79.5)).all()


def test_of_many_neurons_some_are_drawn_with_the_same_share_shared():
    pairs = [("f/00", n) for n in range(120)] + [("f/01", n) for n in range(40)]
    rows = pd.DataFrame(pairs, columns=["query_id", "neuron"]).assign(layer=0, fact_id="f")
    fact = schematic.example("f", "inconsistent", rows, QUERIES)
    axes = schematic.draw([fact], 1, 120).axes[0]
    own, shared = (len(line.get_xdata()) for line in axes.lines[:2])
    assert (own, shared) == (24, 12)
    assert axes.get_title(loc="right").endswith("CS = 0.33 (36 drawn)")
