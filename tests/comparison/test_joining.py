"""Rows of two files meet by their key, whatever the pieces they are read in."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from qloc.comparison.joining import pairs
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.errors import StudyError
from qloc.tables import write_table

KEY = KNOWLEDGE_NEURONS.key


def rows_of(cells):
    """Knowledge neurons with a score that says which they are."""
    rows = pd.DataFrame(cells, columns=KEY)
    return rows.assign(
        fact_id=rows["query_id"].str[:-3],
        relation="P1",
        score=(rows["layer"] * 100 + rows["neuron"]).astype(np.float32),
    )


def drawn(seed):
    cells = list(product([f"P1/{f:05d}/{t:02d}" for f in (0, 9, 10) for t in (0, 1)], (0, 3), (1, 2, 7)))  # fmt: skip  # noqa: E501
    draw = np.random.default_rng(seed)
    return [cells[place] for place in np.flatnonzero(draw.random(len(cells)) < 0.6)]


@pytest.fixture
def write(tmp_path):
    def write_cells(name, cells):
        path = tmp_path / f"{name}.parquet"
        write_table(KNOWLEDGE_NEURONS, rows_of(cells), path)
        return path

    return write_cells


def keys(rows):
    return [tuple(row) for row in rows[list(KEY)].to_numpy().tolist()] if len(rows) else []


@pytest.mark.parametrize("n_rows", [1, 2, 5, 1000])
@pytest.mark.parametrize(
    ("first", "second"),
    [(drawn(1), drawn(2)), (drawn(3), []), ([], drawn(3)), (drawn(4), drawn(4)), ([], []),
     (drawn(5)[:4], drawn(5)[4:]), (drawn(5)[4:], drawn(5)[:4])],
)  # fmt: skip
def test_every_row_is_found_once_on_its_side_or_with_its_partner(write, first, second, n_rows):
    found = list(pairs(write("a", first), write("b", second), KEY, ["score"], n_rows))
    shared = [key for pair in found for key in keys(pair.first)]
    assert shared == [key for pair in found for key in keys(pair.second)]
    assert sorted(shared) == sorted(set(first) & set(second))
    only = [key for pair in found for key in keys(pair.only_first)]
    assert sorted(only) == sorted(set(first) - set(second))
    only = [key for pair in found for key in keys(pair.only_second)]
    assert sorted(only) == sorted(set(second) - set(first))
    for pair in found:
        if len(pair.first):
            assert pair.first["score"].tolist() == pair.second["score"].tolist()


def test_no_more_than_a_piece_of_each_is_held(write):
    path = write("a", drawn(6))
    found = list(pairs(path, path, KEY, ["score"], 3))
    assert max(len(pair.first) for pair in found) == 3


def test_a_file_out_of_order_is_refused(write, tmp_path):
    path = write("a", drawn(7))
    other = tmp_path / "mixed.parquet"
    pd.read_parquet(path).iloc[::-1].to_parquet(other)
    for n_rows in (1, 1000):
        with pytest.raises(StudyError, match=r"mixed\.parquet is not sorted by query_id, layer"):
            list(pairs(path, other, KEY, ["score"], n_rows))
