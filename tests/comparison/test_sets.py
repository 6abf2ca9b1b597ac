"""Sets of neurons are compared by their members."""

import pandas as pd
import pytest

from qloc.comparison.joining import pairs
from qloc.comparison.sets import SETS, SetTally
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.tables import write_table


@pytest.fixture
def write(tmp_path):
    def write_sets(name, sets):
        cells = [(q, 0, n) for q, members in sets.items() for n in members]
        rows = pd.DataFrame(cells, columns=KNOWLEDGE_NEURONS.key)
        rows = rows.assign(fact_id="P1/00000", relation="P1", score=0.5)
        write_table(KNOWLEDGE_NEURONS, rows, tmp_path / name)
        return tmp_path / name

    return write_sets


@pytest.mark.parametrize("n_rows", [1, 2, 100])
def test_sets_are_counted_and_their_overlap_is_the_mean_over_sets_in_both(write, n_rows):
    first = write("a", {"q1": [1, 2, 3], "q2": [4], "q3": [5, 6], "q4": [7]})
    second = write("b", {"q1": [2, 3, 4], "q2": [4], "q3": [7, 8], "q5": [9]})
    tally = SetTally(SETS["knowledge_neurons"])
    for _ in tally.counting(pairs(first, second, KNOWLEDGE_NEURONS.key, [], n_rows)):
        pass
    found = tally.change()
    assert (found.n_both, found.n_same) == (3, 1)
    assert (found.n_only_first, found.n_only_second) == (1, 1)
    assert found.mean_jaccard == pytest.approx((2 / 4 + 1 + 0) / 3, abs=0)


def test_sets_of_a_file_with_the_same_bytes_are_all_the_same(write, monkeypatch):
    monkeypatch.setattr("qloc.comparison.sets.pieces", _small)
    tally = SetTally(["query_id"])
    tally.add_same(write("a", {"q1": [1, 2, 3], "q2": [4], "q3": [5, 6]}))
    found = tally.change()
    assert (found.n_both, found.n_same, found.mean_jaccard) == (3, 3, 1.0)


def _small(path, of):
    from qloc.pieces import pieces  # noqa: PLC0415

    return pieces(path, of, 2)


def test_without_sets_there_is_no_overlap():
    assert SetTally(["query_id"]).change().mean_jaccard is None
