"""Tables are read piece by piece, whatever contract they were written under."""

import errno

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.errors import StudyError
from qloc.pieces import pieces, stored
from qloc.tables import read_table, write_table


@pytest.fixture
def path(study, tmp_path):
    path = tmp_path / "neurons.parquet"
    write_table(KNOWLEDGE_NEURONS, study["knowledge_neurons"], path)
    return path


def test_a_file_says_which_table_it_holds(path):
    found = stored(path)
    assert (found.table, found.version) == ("knowledge_neurons", "1")
    assert found.columns == tuple(KNOWLEDGE_NEURONS.names)
    assert found.n_rows == len(read_table(KNOWLEDGE_NEURONS, path))


def test_a_file_of_somebody_else_says_nothing(tmp_path):
    pd.DataFrame({"score": [0.5]}).to_parquet(tmp_path / "other.parquet")
    assert stored(tmp_path / "other.parquet").table == ""


def test_pieces_are_the_rows_in_their_order(path):
    columns = ["neuron", "query_id", "score"]
    found = list(pieces(path, columns, n_rows=7))
    assert max(map(len, found)) == 7
    whole = read_table(KNOWLEDGE_NEURONS, path)[columns]
    pd.testing.assert_frame_equal(pd.concat(found, ignore_index=True), whole)


@pytest.mark.parametrize("read", [stored, lambda path: list(pieces(path, ["query_id"]))])
def test_what_cannot_be_read_is_named_with_the_way_out(read, path):
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(StudyError, match=r"neurons\.parquet cannot be read .* Delete the file"):
        read(path)
    path.unlink()
    with pytest.raises(StudyError, match=r"neurons\.parquet is missing"):
        read(path)


def test_no_more_of_a_file_is_held_than_one_of_its_groups(tmp_path):
    numbers = np.random.default_rng(2).random(1 << 20)
    path = tmp_path / "large.parquet"
    pq.write_table(pa.table({"score": numbers}), path, row_group_size=1 << 16, compression="none")
    before, largest = pa.total_allocated_bytes(), 0
    found = []
    for piece in pieces(path, ["score"], n_rows=1 << 14):
        largest = max(largest, pa.total_allocated_bytes() - before)
        found.append(piece["score"].to_numpy().copy())
    np.testing.assert_array_equal(np.concatenate(found), numbers)
    assert largest < numbers.nbytes / 4


def test_a_disk_that_fails_is_told_as_such(path, monkeypatch):
    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(pq, "ParquetFile", fail)
    with pytest.raises(StudyError, match=r"neurons\.parquet cannot be read: the device reports"):
        stored(path)
