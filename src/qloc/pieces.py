"""Tables too large to hold, read piece by piece: no more than so many rows of one at a time.

What a file says of itself is told as it stands, whatever contract it was written under.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from qloc.tables import readable

ROWS = 1 << 18
"""Of a piece."""

AGAIN = "run `snakemake` in its study again"


@dataclass(frozen=True)
class Stored:
    """What a file says of itself.

    Attributes:
        table: Name of the table it holds; empty if it does not say.
        version: Of the table's contract.
        columns: Their names.
        n_rows: All rows.
    """

    table: str
    version: str
    columns: tuple[str, ...]
    n_rows: int


def stored(path: Path) -> Stored:
    """What a file says of itself; only its end is read.

    Raises:
        StudyError: The file cannot be read.
    """
    with readable(path, AGAIN), pq.ParquetFile(path) as file:
        said = file.schema_arrow.metadata or {}
        name, version = (said.get(key, b"").decode() for key in (b"table", b"version"))
        return Stored(name, version, tuple(file.schema_arrow.names), file.metadata.num_rows)


def pieces(path: Path, columns: Sequence[str], n_rows: int = ROWS) -> Iterator[pd.DataFrame]:
    """The rows in their order, at most so many at a time, repeated texts as plain texts.

    Raises:
        StudyError: The file cannot be read.
    """
    with readable(path, AGAIN), pq.ParquetFile(path) as file:
        plain = pa.schema([_plain(file.schema_arrow.field(name)) for name in columns])
        # Group by group: asked for all of them, Arrow fetches the whole file at once.
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(n_rows, row_groups=[group], columns=list(columns)):
                content = pa.Table.from_batches([batch]).select(list(columns))
                frame: pd.DataFrame = content.cast(plain).to_pandas()
                yield frame


def _plain(field: pa.Field) -> pa.Field:
    """A column as it is read: no dictionary."""
    is_repeated = pa.types.is_dictionary(field.type)
    return field.with_type(field.type.value_type) if is_repeated else field
