"""Tables whose rows are members of sets: how much of every set is the same in both runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from qloc.comparison.joining import Pair
from qloc.pieces import pieces

SETS: Mapping[str, tuple[str, ...]] = {
    "knowledge_neurons": ("query_id",),
    "neuron_sets": ("fact_id", "neuron_set"),
}
"""The columns that name a set, by the name of the table that lists its members."""


@dataclass(frozen=True)
class SetChange:
    """How sets of neurons differ. Sets without a member are in no table, and not counted.

    Attributes:
        of: The columns that name a set.
        n_both: Sets that both runs have.
        n_same: Those of them with the same members.
        mean_jaccard: Of the sets in both, the mean of members in both over members in either;
            None if there is no such set.
        n_only_first: Sets that only the first run has.
        n_only_second: That only the second has.
    """

    of: tuple[str, ...]
    n_both: int
    n_same: int
    mean_jaccard: float | None
    n_only_first: int
    n_only_second: int


class SetTally:
    """Counts of sets, file by file and piece by piece."""

    def __init__(self, of: Sequence[str]) -> None:
        self.of = list(of)
        self.n_both, self.n_same, self.n_only_first, self.n_only_second = 0, 0, 0, 0
        self.sum_of_jaccards = 0.0

    def add_same(self, path: Path) -> None:
        """Count the sets of a file that is the same in both runs."""
        n = sum(len(names) for names in _runs(path, self.of))
        self.n_both, self.n_same = self.n_both + n, self.n_same + n
        self.sum_of_jaccards += n

    def counting(self, joined: Iterator[Pair]) -> Iterator[Pair]:
        """The pieces of a file as they are; when all were seen, its sets are counted."""
        counts = pd.DataFrame(columns=pd.Index(["shared", "first", "second"]), dtype=float)
        for pair in joined:
            parts = {"shared": pair.first, "first": pair.only_first, "second": pair.only_second}
            found = {
                name: rows.groupby(self.of).size() for name, rows in parts.items() if len(rows)
            }
            new = pd.concat(found, axis=1).reindex(columns=counts.columns).fillna(0.0)
            counts = new if counts.empty else counts.add(new, fill_value=0.0)
            yield pair
        self._add(counts)

    def change(self) -> SetChange:
        """What was counted."""
        mean = self.sum_of_jaccards / self.n_both if self.n_both else None
        of, only = tuple(self.of), (self.n_only_first, self.n_only_second)
        return SetChange(of, self.n_both, self.n_same, mean, *only)

    def _add(self, counts: pd.DataFrame) -> None:
        is_first = counts["shared"] + counts["first"] > 0
        is_second = counts["shared"] + counts["second"] > 0
        both = counts[is_first & is_second]
        jaccards = both["shared"] / both.sum(axis=1)
        self.n_both += len(both)
        self.n_same += int((jaccards == 1).sum())
        self.n_only_first += int((is_first & ~is_second).sum())
        self.n_only_second += int((is_second & ~is_first).sum())
        self.sum_of_jaccards += float(jaccards.sum())


def _runs(path: Path, of: Sequence[str]) -> Iterator[pd.DataFrame]:
    """The names of a file's sets, each once: a file is sorted, so that a set ends but once."""
    last: list[object] = []
    for rows in pieces(path, of):
        names = rows.drop_duplicates()
        is_continued = len(names) and names.iloc[0].tolist() == last
        last = names.iloc[-1].tolist() if len(names) else last
        yield names.iloc[1:] if is_continued else names
