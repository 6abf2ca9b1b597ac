"""A query's neurons beside those of its neighbors, by hand."""

import numpy as np
import pandas as pd
import pytest

from qloc.errors import StudyError
from qloc.measures.fact_sets import FactSets, fact_sets

WIDTH = 10


@pytest.fixture
def studied(make_queries):
    """Fact 0 of P7 with three queries, fact 1 with two."""
    return make_queries([("P7", 0, t, "x") for t in range(3)] + [("P7", 1, t, "y") for t in (0, 2)])


def neurons(*rows):
    columns = ["query_id", "layer", "neuron", "relation"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"layer": "int16", "neuron": "int32"})


CHOSEN = neurons(
    ("P7/00001/02", 2, 9, "P7"),
    ("P7/00000/02", 1, 3, "P7"),
    ("P7/00000/00", 1, 3, "P7"),
    ("P7/00000/00", 0, 7, "P7"),
    ("P8/00000/00", 0, 1, "P8"),
)


def test_a_neuron_is_one_number_and_sets_are_ascending(studied):
    first, second = fact_sets(CHOSEN, "sig", studied, np.array([0, 4]), WIDTH)
    assert (first.method, first.query_id) == ("sig", "P7/00000/00")
    assert first.own.tolist() == [7, 13]
    assert [other.tolist() for other in first.others] == [[], [13]]
    assert first.every.tolist() == [7, 13]
    assert (second.query_id, second.own.tolist()) == ("P7/00001/02", [29])
    assert [other.tolist() for other in second.others] == [[]]


def test_the_last_layers_numbers_go_beyond_those_of_small_integers(studied):
    far = neurons(("P7/00000/00", 31, 14335, "P7"))
    (found,) = fact_sets(far, "ig", studied, np.array([0]), 14336)
    assert found.own.tolist() == [32 * 14336 - 1]


def test_neurons_of_a_query_that_is_not_studied_are_refused(studied):
    with pytest.raises(StudyError, match="P7/00001/01, which is not studied"):
        fact_sets(neurons(("P7/00001/01", 0, 0, "P7")), "ig", studied, np.array([0]), WIDTH)


def test_the_fact_holds_what_any_query_holds():
    sets = FactSets("ig", "q", np.array([1, 4]), [np.array([4, 9]), np.array([], dtype=np.int64)])
    assert sets.every.tolist() == [1, 4, 9]
