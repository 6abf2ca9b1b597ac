"""The study's estimates in two runs, with both intervals: what a reader looks at first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qloc.comparison.moves import Scales, Value, moved, plain
from qloc.comparison.runs import Run, known_tables, place_of, stored_of
from qloc.pieces import pieces

ESTIMATES: Mapping[str, str] = {
    "class_summaries": "estimate",
    "class_agreements": "estimate",
    "mapping_summaries": "mean",
    "mapping_comparisons": "difference",
    "synapse_summaries": "mean",
    "synapse_comparisons": "difference",
    "edit_summaries": "mean",
    "edit_comparisons": "difference",
}
"""The column of estimates, by the name of the table, in the order in which they are told."""

INTERVAL = ("ci_low", "ci_high")


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; None where the run has none."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class EstimateMove:
    """An estimate that moved.

    Attributes:
        place: Which one: what the file's place says, and the row's key.
        first: In the first run.
        second: In the second.
        is_outside: Whether either lies outside the other's interval.
    """

    place: Mapping[str, Value]
    first: Estimate
    second: Estimate
    is_outside: bool


@dataclass(frozen=True)
class EstimatesChange:
    """How the estimates of one table differ.

    Attributes:
        table: Its name.
        column: Of the estimates.
        n_both: Estimates in both runs.
        n_moved: Those that moved by more than rounding.
        n_outside: Those of them that lie outside the other run's interval, or it outside theirs.
        largest: Those that moved most, by the half widths of their intervals.
    """

    table: str
    column: str
    n_both: int
    n_moved: int
    n_outside: int
    largest: tuple[EstimateMove, ...]


def estimates_change(name: str, first: Run, second: Run, most: int) -> EstimatesChange | None:
    """Compare the estimates of one table; None if the runs have none to compare.

    Raises:
        StudyError: A file cannot be read, or holds another table.
    """
    column = ESTIMATES[name]
    shared = [place for place in first.table(name) if place in second.table(name)]
    frames = [_read(name, run, shared) for run in (first, second)]
    if not all({column, *INTERVAL} <= set(frame) for frame in frames):
        return None
    places = [str(part) for part in frames[0] if part not in {column, *INTERVAL}]
    scales = Scales(known_tables()[name], [column, *INTERVAL])
    scales.kinds = places
    for frame in frames:
        scales.add(frame)
    both = frames[0].merge(frames[1], on=places, suffixes=("", "_after"))
    scale = scales.of(both)[column].to_numpy(dtype=float)
    sizes, is_moved = moved(both[column], both[f"{column}_after"], scale)
    is_outside = is_moved & (
        _outside(both, column, "", "_after") | _outside(both, column, "_after", "")
    )
    order = np.argsort(-_by_width(both, sizes, is_moved), kind="stable")[
        : min(most, int(is_moved.sum()))
    ]
    return EstimatesChange(
        name,
        column,
        len(both),
        int(is_moved.sum()),
        int(is_outside.sum()),
        tuple(_move(both.iloc[row], column, places, bool(is_outside[row])) for row in order),
    )


def _read(name: str, run: Run, shared: Sequence[str]) -> pd.DataFrame:
    """The estimates of one table with their intervals and all that names them."""
    table = known_tables()[name]
    frames = []
    for place in shared:
        path = run.table(name)[place]
        columns = set(stored_of(table, path).columns)
        wanted = [*table.key, *(c for c in (ESTIMATES[name], *INTERVAL) if c in columns)]
        told = {n: value for n, value in (place_of(name, place) or {}).items() if n not in wanted}
        for rows in pieces(path, wanted):
            frames.append(rows.assign(**told)[[*told, *wanted]])
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _outside(rows: pd.DataFrame, column: str, of: str, other: str) -> np.ndarray:
    """Whether an estimate lies outside the other run's interval; not if there is none."""
    low, high = (rows[f"{end}{other}"].to_numpy(dtype=float) for end in INTERVAL)
    value = rows[f"{column}{of}"].to_numpy(dtype=float)
    return np.asarray((value < low) | (value > high))


def _by_width(rows: pd.DataFrame, sizes: np.ndarray, is_moved: np.ndarray) -> np.ndarray:
    """How far estimates moved, in half widths of the wider interval; largest without one."""
    widths = np.fmax(
        *(
            (rows[f"ci_high{of}"] - rows[f"ci_low{of}"]).to_numpy(dtype=float) / 2
            for of in ("", "_after")
        )
    )
    has_width = np.nan_to_num(widths, nan=0.0) > 0
    shares = np.divide(sizes, widths, out=np.zeros_like(sizes), where=has_width)
    return np.where(is_moved, shares, -1.0)


def _move(row: pd.Series, column: str, places: Sequence[str], is_outside: bool) -> EstimateMove:
    place = {part: plain(row[part]) for part in places}
    first, second = (
        Estimate(*(_number(row[f"{part}{of}"]) for part in (column, *INTERVAL)))
        for of in ("", "_after")
    )
    return EstimateMove(place, first, second, is_outside)


def _number(value: object) -> float | None:
    found = plain(value)
    return None if found is None else float(found)
