"""Which rows speak of a fact: found by its id, its subject, or the id of one of its queries."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from qloc.comparison.runs import Run
from qloc.errors import StudyError
from qloc.pieces import pieces
from qloc.tables import Table
from qloc.wording import did_you_mean


@dataclass(frozen=True)
class Asked:
    """Whose rows are asked for.

    Attributes:
        facts: Their ids.
        query: Of one of their queries; "" for all.
    """

    facts: frozenset[str]
    query: str = ""

    def of(self, relation: str) -> bool:
        """Whether a relation has any of the facts."""
        return any(fact.startswith(f"{relation}/") for fact in self.facts)

    def rows(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Those that speak of them."""
        if self.query and "query_id" in rows:
            return rows[rows["query_id"] == self.query]
        if "fact_id" in rows:
            return rows[rows["fact_id"].isin(self.facts)]
        return rows[rows["query_id"].str.rpartition("/")[0].isin(self.facts)]


def find_facts(run: Run, name: str) -> Asked:
    """The facts of this id, or of this subject in whatever relation.

    Raises:
        StudyError: The run has no such fact.
    """
    subjects: dict[str, str] = {}
    for path in run.table("facts").values():
        for piece in pieces(path, ["fact_id", "subject"]):
            subjects |= dict(zip(piece["fact_id"], piece["subject"], strict=True))
    if name in subjects:
        return Asked(frozenset({name}))
    if name.rpartition("/")[0] in subjects:
        return Asked(frozenset({name.rpartition("/")[0]}), name)
    found = frozenset(fact for fact, subject in subjects.items() if _same(subject, name))
    if not found:
        raise StudyError(
            f"No fact of {run.folder} has the id or the subject `{name}`."
            f"{did_you_mean(name, [*subjects.values(), *subjects])}"
            " `qloc show facts --csv` lists them."
        )
    return Asked(found)


def refuse_without_facts(table: Table, tables: Iterable[Table]) -> None:
    """Refuse a table whose rows are of no fact."""
    if not has_facts(table):
        names = ", ".join(one.name for one in tables if has_facts(one))
        raise StudyError(f"No row of `{table.name}` is of one fact. Rows of these are: {names}.")


def has_facts(table: Table) -> bool:
    """Whether its rows are each of one fact."""
    return bool({"fact_id", "query_id"} & set(table.names))


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
