"""Tables keep their contracts, and the same content gives the same bytes."""

import errno
import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from qloc.errors import StudyError
from qloc.tables import (
    Column,
    ContractError,
    Table,
    empty,
    read_placed_tables,
    read_table,
    read_tables,
    write_table,
    write_tables,
)

COLOURS = Table(
    name="colours",
    path="results/colours.parquet",
    meaning="For these tests.",
    key=("name", "shade"),
    columns=(
        Column("name", "category", "which", choices=("red", "blue")),
        Column("shade", "int16", "number", low=0, high=300),
        Column("share", "float64", "how much", low=0, high=1, missing="not measured"),
        Column("count", "int32", "how many", missing="not counted"),
        Column("note", "string", "words", missing="none"),
        Column("is_bright", "bool", "bright"),
    ),
)
OTHER = Table(COLOURS.name, COLOURS.path, "", COLOURS.key, COLOURS.columns, version=2)


def colours(**changed: object) -> pd.DataFrame:
    rows: dict[str, object] = {
        "name": ["red", "blue", "blue"],
        "shade": [2, 7, 3],
        "share": [0.25, None, 1.0],
        "count": [None, 5, 6],
        "note": ["late", None, "early"],
        "is_bright": [True, False, True],
    }
    return pd.DataFrame(rows | changed)


def test_what_is_read_is_what_was_written_sorted_by_key(tmp_path: Path) -> None:
    write_table(COLOURS, colours(), tmp_path / "c.parquet")
    read = read_table(COLOURS, tmp_path / "c.parquet")
    assert list(read["name"]) == ["blue", "blue", "red"]
    assert list(read["shade"]) == [3, 7, 2]
    assert list(read["share"].fillna(-1)) == [1.0, -1, 0.25]
    assert list(read["count"].fillna(-1)) == [6, 5, -1]
    assert list(read["note"].fillna("-")) == ["early", "-", "late"]
    assert list(read["is_bright"]) == [True, False, True]


def test_types_on_disk_are_those_of_the_contract(tmp_path: Path) -> None:
    write_table(COLOURS, colours(), tmp_path / "c.parquet")
    types = [str(field.type) for field in pq.read_schema(tmp_path / "c.parquet")]
    assert types[0].startswith("dictionary<values=string")
    assert types[1:] == ["int16", "double", "int32", "string", "bool"]


def test_same_rows_in_another_order_give_the_same_bytes(tmp_path: Path) -> None:
    write_table(COLOURS, colours(), tmp_path / "one.parquet")
    shuffled = colours().sample(frac=1, random_state=4)[::-1]
    write_table(COLOURS, shuffled[COLOURS.names[::-1]], tmp_path / "two.parquet")
    one, two = ((tmp_path / name).read_bytes() for name in ("one.parquet", "two.parquet"))
    assert hashlib.sha256(one).digest() == hashlib.sha256(two).digest()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (colours().drop(columns="note"), "lacking"),
        (colours(extra=1), "not in the contract"),
        (colours(shade=[3, 3, 3]), "share the key"),
        (colours(name=["red", None, "blue"]), "missing"),
        (colours(name=["red", "green", "blue"]), "green"),
        (colours(share=[0.1, 1.5, 0.2]), "outside"),
        (colours(share=[0.1, np.inf, 0.2]), "infinite"),
        (colours(share=["a", "b", "c"]), "share"),
        (colours(shade=[1.5, 2, 3]), "whole number"),
        (colours(shade=[301, 2, 3]), "outside"),
        (colours(count=[2**31, 5, 6]), "outside"),
        (colours(note=["a", 3, None]), "not among"),
        (colours(is_bright=[1, 0, 2]), "true or false"),
    ],
)
def test_rows_that_break_the_contract_are_refused(
    rows: pd.DataFrame, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ContractError, match=message):
        write_table(COLOURS, rows, tmp_path / "c.parquet")
    assert not list(tmp_path.iterdir())


def test_of_several_tables_none_is_written_when_one_is_wrong(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.parquet", tmp_path / "bad.parquet"
    with pytest.raises(ContractError):
        write_tables([(COLOURS, colours(), good), (COLOURS, colours(shade=[-1, 2, 3]), bad)])
    assert not list(tmp_path.iterdir())


def test_no_rows_is_a_table(tmp_path: Path) -> None:
    write_table(COLOURS, empty(COLOURS), tmp_path / "c.parquet")
    read = read_table(COLOURS, tmp_path / "c.parquet")
    assert list(read.columns) == COLOURS.names
    assert read.empty


def test_files_are_read_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name, shade in (("one", 4), ("two", 1)):
        write_table(COLOURS, colours()[:1].assign(shade=shade), tmp_path / name)
    read = read_tables(COLOURS, [tmp_path / "one", tmp_path / "two"])
    assert list(read["shade"]) == [4, 1]
    assert list(read.index) == [0, 1]
    assert read_tables(COLOURS, []).empty


def test_a_missing_file_is_named_with_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"gone\.parquet is missing\. Run `snakemake"):
        read_table(COLOURS, tmp_path / "gone.parquet")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    write_table(COLOURS, colours(), path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(StudyError, match="cannot be read as a table: it is cut off or damaged"):
        read_table(COLOURS, path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.95])
def test_a_table_that_was_cut_anywhere_is_named_and_never_read_in_part(
    share: float, tmp_path: Path
) -> None:
    path = tmp_path / "c.parquet"
    write_table(COLOURS, colours(), path)
    os.truncate(path, int(share * path.stat().st_size))
    with pytest.raises(StudyError, match=rf"^{path} cannot be read .* Delete the file"):
        read_table(COLOURS, path)


def test_a_table_that_may_not_be_read_is_not_taken_for_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(pq, "read_table", deny)
    with pytest.raises(StudyError, match=r"cannot be read: permission is denied\. Ask its owner"):
        read_table(COLOURS, tmp_path / "c.parquet")


def test_another_version_of_a_table_is_refused(tmp_path: Path) -> None:
    write_table(COLOURS, colours(), tmp_path / "c.parquet")
    with pytest.raises(StudyError, match=r"version 1, but `colours` version 2 was expected"):
        read_table(OTHER, tmp_path / "c.parquet")


def test_a_placed_table_says_which_model_and_method_it_is_of(tmp_path: Path) -> None:
    table = Table(
        name="counts",
        path="results/counts/{model}/{relation}/{method}.parquet",
        meaning="",
        key=("relation", "item"),
        columns=(Column("relation", "string", ""), Column("item", "string", "")),
    )
    paths = [tmp_path / f"{model}/P1/ig.parquet" for model in ("b.2", "a")]
    for path in paths:
        write_table(table, pd.DataFrame({"relation": ["own"], "item": ["x"]}), path)
    rows = read_placed_tables(table, paths)
    assert rows.columns.tolist() == ["model", "method", "relation", "item"]
    assert rows["model"].tolist() == ["b.2", "a"]
    assert rows["method"].tolist() == ["ig", "ig"]
    assert rows["relation"].tolist() == ["own", "own"]


def test_no_placed_tables_are_an_empty_table() -> None:
    assert read_placed_tables(COLOURS, []).empty


@pytest.mark.parametrize("is_repeated", [False, True])
def test_numbers_that_hardly_repeat_are_stored_byte_by_byte(
    tmp_path: Path, is_repeated: bool
) -> None:
    """Smaller than their own bytes, and read back to the last bit."""
    n_rows, path = 3000, tmp_path / "c.parquet"
    draw = np.random.default_rng(0)
    share = np.full(n_rows, 0.25) if is_repeated else 0.5 + 0.001 * draw.random(n_rows)
    rows = pd.DataFrame(
        {
            "name": "red",
            "shade": np.arange(n_rows) // 10,
            "share": share,
            "count": np.arange(n_rows),
            "note": None,
            "is_bright": True,
        }
    )
    table = Table("colours", "c", "", ("count",), COLOURS.columns)
    write_table(table, rows, path)
    column = pq.read_metadata(path).row_group(0).column(2)
    assert ("BYTE_STREAM_SPLIT" in column.encodings) is not is_repeated
    assert column.total_compressed_size < 8 * n_rows * 0.9
    np.testing.assert_array_equal(read_table(table, path)["share"], share)
