"""Tables: the contracts between rules, and the one place that reads and writes Parquet.

A contract (one module each in ``qloc.contracts``) says what a table holds. Writing refuses
whatever breaks it; the same content gives the same bytes. Tables are in long form,
sorted by their key.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qloc.errors import StudyError, is_of_storage, unreadable
from qloc.outputs import outputs

_ARROW_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "category": pa.dictionary(pa.int32(), pa.string()),
    "bool": pa.bool_(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float32": pa.float32(),
    "float64": pa.float64(),
}


@dataclass(frozen=True)
class Column:
    """One column: what it means, its type, unit and range, and when it may be missing."""

    name: str
    type: str
    meaning: str
    unit: str = ""
    low: int | float | None = None
    high: int | float | None = None
    choices: tuple[str, ...] = ()
    missing: str = ""

    @property
    def is_text(self) -> bool:
        return self.type in ("string", "category")


@dataclass(frozen=True)
class Table:
    """The contract of one table: name, columns and key. Rows are sorted by the key."""

    name: str
    path: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    version: int = 1

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def write_table(table: Table, rows: pd.DataFrame, path: Path) -> None:
    """Write one table under its contract; see `write_tables`."""
    write_tables([(table, rows, path)])


def write_tables(parts: Sequence[tuple[Table, pd.DataFrame, Path]]) -> None:
    """Write tables under their contracts: all of them, or none.

    Raises:
        ContractError: Rows do not fit their contract.
    """
    checked = [(_arrow(table, rows), path) for table, rows, path in parts]
    with outputs(*(path for _, path in checked)) as drafts:
        for (content, _), draft in zip(checked, drafts, strict=True):
            write_draft(content, draft)


def write_draft(content: pa.Table, draft: Path) -> None:
    """Write a checked table to a file that `outputs` will move into place."""
    apart = [name for name in content.column_names if _hardly_repeats(content[name])]
    pq.write_table(
        content,
        draft,
        compression="zstd",
        store_schema=True,
        use_dictionary=[name for name in content.column_names if name not in apart],
        use_byte_stream_split=apart,
    )


def _hardly_repeats(values: pa.ChunkedArray) -> bool:
    """Whether these are numbers of which most differ: their bytes are better stored apart.

    The first, second, ... bytes of all of them lie together then, and of numbers of similar size
    the high ones are alike. It makes tables of scores smaller by a third.
    """
    if not pa.types.is_floating(values.type):
        return False
    return bool(2 * pc.count_distinct(values).as_py() > len(values))


def checked_rows(table: Table, rows: pd.DataFrame) -> pa.Table:
    """The rows as Arrow, checked and sorted, for a stage that writes other files with them."""
    return _arrow(table, rows)


class ContractError(AssertionError):
    """Rows break their table's contract: a mistake in the package, not of its user."""


def read_table(table: Table, path: Path) -> pd.DataFrame:
    """Read one table.

    Raises:
        StudyError: The file is missing, damaged, or another table or version.
    """
    return _frame(table, _open(table, path))


def read_tables(table: Table, paths: Iterable[Path]) -> pd.DataFrame:
    """Read several files of one table as one frame, in the order of the paths."""
    frames = [read_table(table, path) for path in paths]
    return pd.concat(frames, ignore_index=True) if frames else empty(table)


def read_placed_tables(table: Table, paths: Iterable[Path]) -> pd.DataFrame:
    """Read several files of one table, with what their paths say as further columns, in front.

    A table at `results/answers/{model}/{relation}.parquet` gets the columns `model` and `relation`
    (but keeps a column of its own of that name).
    """
    frames = []
    for path in paths:
        frame = read_table(table, path)
        told = {n: value for n, value in _wildcards(table, path).items() if n not in frame}
        frames.append(frame.assign(**told)[[*told, *frame.columns]])
    return pd.concat(frames, ignore_index=True) if frames else empty(table)


def _wildcards(table: Table, path: Path) -> dict[str, str]:
    """The values of a path's wildcards, as its table's contract has them."""
    pattern = Path(table.path)
    pairs = zip(
        reversed(pattern.with_suffix("").parts), reversed(path.with_suffix("").parts), strict=False
    )
    found = {name[1:-1]: value for name, value in pairs if name.startswith("{")}
    return dict(reversed(found.items()))


def empty(table: Table) -> pd.DataFrame:
    """A frame of this table without rows, with the right column types."""
    return _frame(table, _schema(table).empty_table())


def _frame(table: Table, content: pa.Table) -> pd.DataFrame:
    """Arrow as pandas, repeated texts as plain texts."""
    plain = [pa.string() if c.is_text else _ARROW_TYPES[c.type] for c in table.columns]
    frame: pd.DataFrame = content.cast(pa.schema(zip(table.names, plain, strict=True))).to_pandas()
    return frame


@contextmanager
def readable(path: Path, again: str = "run `snakemake` again") -> Iterator[None]:
    """Say of a file of a table that cannot be read what would do.

    Args:
        path: Of the file.
        again: What to do once it is deleted.

    Raises:
        StudyError: It is missing, cut off or damaged, or the file system refuses.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise StudyError(f"{path} is missing. Run `snakemake {path}` to make it.") from error
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and is_of_storage(error):
            raise unreadable(path, error) from error
        raise StudyError(
            f"{path} cannot be read as a table: it is cut off or damaged ({error})."
            f" Delete the file and {again}."
        ) from error


def _schema(table: Table) -> pa.Schema:
    fields = [
        pa.field(c.name, _ARROW_TYPES[c.type], nullable=bool(c.missing)) for c in table.columns
    ]
    return pa.schema(fields, metadata={"table": table.name, "version": str(table.version)})


def _open(table: Table, path: Path) -> pa.Table:
    with readable(path):
        found = pq.read_table(path)
    metadata = found.schema.metadata or {}
    name = metadata.get(b"table", b"?").decode()
    version = metadata.get(b"version", b"?").decode()
    if (name, version) != (table.name, str(table.version)):
        raise StudyError(
            f"{path} holds table `{name}` version {version}, but `{table.name}` version"
            f" {table.version} was expected. Delete the file and run `snakemake` again."
        )
    return found


def _arrow(table: Table, rows: pd.DataFrame) -> pa.Table:
    """The rows as an Arrow table that keeps the contract."""
    if sorted(rows.columns) != sorted(table.names):
        extra = sorted(set(rows.columns) - set(table.names))
        lacking = sorted(set(table.names) - set(rows.columns))
        raise ContractError(
            f"`{table.name}`: columns lacking {lacking}, not in the contract {extra}"
        )
    if rows.duplicated(list(table.key)).any():
        raise ContractError(f"`{table.name}`: two rows share the key {table.key}")
    ordered = rows.sort_values(list(table.key), kind="stable")
    arrays = [_column(table, column, ordered[column.name]) for column in table.columns]
    return pa.Table.from_arrays(arrays, schema=_schema(table))


def _column(table: Table, column: Column, values: pd.Series) -> pa.Array:
    place = f"`{table.name}.{column.name}`"
    gaps = values.isna()
    if gaps.any() and not column.missing:
        raise ContractError(
            f"{place}: {int(gaps.sum())} values are missing; the contract allows none"
        )
    present = values[~gaps]
    _check_values(place, column, present)
    plain_type = pa.string() if column.is_text else _ARROW_TYPES[column.type]
    try:
        array = pa.array(_plain(column, values, gaps), type=plain_type)
    except (pa.ArrowException, TypeError, OverflowError) as error:
        raise ContractError(f"{place}: not {column.type}: {error}") from error
    return array.dictionary_encode() if column.type == "category" else array


def _plain(column: Column, values: pd.Series, gaps: pd.Series) -> Sequence[object] | np.ndarray:
    """The values as Arrow reads them; whole numbers beside gaps arrive as floats."""
    if not gaps.any():
        return values.tolist() if column.is_text else values.to_numpy(dtype=column.type)
    numbers = values.astype(object)
    if column.type.startswith("int"):
        numbers[~gaps] = numbers[~gaps].map(int)
    return [None if gap else value for gap, value in zip(gaps, numbers, strict=True)]


def _are_all(values: pd.Series, *types: type) -> bool:
    """Whether every value is of one of these types; asked of each type once, not of each value."""
    return all(issubclass(found, types) for found in set(map(type, values)))


def _check_values(place: str, column: Column, present: pd.Series) -> None:
    if column.is_text:
        wrong = set(present) - set(column.choices) if column.choices else set()
        if wrong or not _are_all(present, str):
            raise ContractError(
                f"{place}: not among {column.choices or 'texts'}: {sorted(map(str, wrong))[:3]}"
            )
        return
    if column.type == "bool":
        if not _are_all(present, bool, np.bool_):
            raise ContractError(f"{place}: not all values are true or false")
        return
    try:
        numbers = present.to_numpy(dtype=float)
    except (ValueError, TypeError) as error:
        raise ContractError(f"{place}: not {column.type}: {error}") from error
    is_whole = column.type.startswith("int")
    if not np.isfinite(numbers).all():
        raise ContractError(f"{place}: a value is infinite")
    if is_whole and (numbers != np.round(numbers)).any():
        raise ContractError(f"{place}: a value is not a whole number")
    limits = np.iinfo(column.type) if is_whole else np.finfo(column.type)
    low = limits.min if column.low is None else column.low
    high = limits.max if column.high is None else column.high
    outside = numbers[(numbers < low) | (numbers > high)]
    if outside.size:
        raise ContractError(f"{place}: {outside[0]} lies outside [{low}, {high}]")
