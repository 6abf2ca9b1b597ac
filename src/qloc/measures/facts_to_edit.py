"""The facts that are edited, with their queries, and the neurons of their sets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Int64

from qloc.measures.numbering import numbers_of


class QueryOfFact(NamedTuple):
    """A known query of an edited fact, and its role as in the table `edited_queries`."""

    query_id: str
    role: str
    prompt: str


@dataclass(frozen=True)
class FactToEdit:
    """A fact that is edited.

    Attributes:
        fact_id: The fact.
        role: As in the table `edited_facts`.
        is_consistent: Its class.
        answer: Its object.
        target: The object that an update writes.
        queries: All that are known; the edited one first, then the others, sorted.
    """

    fact_id: str
    role: str
    is_consistent: bool
    answer: str
    target: str
    queries: tuple[QueryOfFact, ...]


@dataclass(frozen=True)
class Cells:
    """Neurons of several layers."""

    layers: Int64[np.ndarray, " neuron"]
    neurons: Int64[np.ndarray, " neuron"]


NO_CELLS = Cells(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
"""What is edited where a set is empty."""


def facts_to_edit(
    edited_facts: pd.DataFrame, edited_queries: pd.DataFrame, queries: pd.DataFrame
) -> list[FactToEdit]:
    """The facts that are edited, sorted.

    Args:
        edited_facts: With the columns of their contract.
        edited_queries: Of these facts.
        queries: Of all relations.

    Raises:
        StudyError: An edited query is not among the queries.
    """
    problem = "The edited queries hold query {}, which the queries do not"
    known = queries["query_id"].to_numpy(dtype=object)
    asked = edited_queries.sort_values("query_id")
    places = numbers_of(asked["query_id"], known, problem)
    asked = asked.assign(
        prompt=queries["prompt"].to_numpy(dtype=object)[places],
        is_other=asked["role"] != "edited",
    ).sort_values("is_other", kind="stable")
    of_facts = {
        str(fact_id): tuple(
            QueryOfFact(*row)
            for row in rows[list(QueryOfFact._fields)].itertuples(index=False, name=None)
        )
        for fact_id, rows in asked.groupby("fact_id", sort=False)
    }
    ordered = edited_facts.sort_values("fact_id")
    columns = [ordered[field.name].tolist() for field in fields(FactToEdit)[:-1]]
    asked_of = [of_facts[fact_id] for fact_id in ordered["fact_id"]]
    return [FactToEdit(*row) for row in zip(*columns, asked_of, strict=True)]


def cells_of(
    cells: Mapping[tuple[str, str], Cells], fact_id: str, names: Iterable[str]
) -> dict[str, Cells]:
    """The neurons of some sets of a fact, by name; see `cells_by_set`."""
    return {name: cells.get((fact_id, name), NO_CELLS) for name in names}


def cells_by_set(sets: pd.DataFrame) -> Mapping[tuple[str, str], Cells]:
    """The neurons of every set that is not empty, by fact and set.

    Args:
        sets: With the columns of `neuron_sets`.
    """
    ordered = sets.sort_values(["fact_id", "neuron_set", "layer", "neuron"])
    return {
        (str(fact_id), str(neuron_set)): Cells(
            rows["layer"].to_numpy(dtype=np.int64), rows["neuron"].to_numpy(dtype=np.int64)
        )
        for (fact_id, neuron_set), rows in ordered.groupby(["fact_id", "neuron_set"], sort=False)
    }
