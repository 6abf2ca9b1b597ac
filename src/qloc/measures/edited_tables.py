"""From the facts that are edited, one by one, to the rows of their tables."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float64

from qloc.contracts.edited_facts import EDITED_FACTS
from qloc.contracts.edited_queries import EDITED_QUERIES
from qloc.contracts.neuron_sets import NEURON_SETS
from qloc.errors import StudyError
from qloc.measures.consistency_aware import ConsistencyAwareSet
from qloc.measures.edit_choice import EditedFact
from qloc.measures.edit_sets import Neurons
from qloc.tables import empty

Row = dict[str, Any]
Scores = Float64[np.ndarray, " _"]
AwareSets = Mapping[str, ConsistencyAwareSet]

# Facts that a message names.
MOST_NAMED = 3

FLOOR = "Lower `attribution.mean_floor` to {}, which keeps enough."
NO_FLOOR = (
    "They are chosen by some of the studied queries, or by scores divided by each query's largest:"
    " set `answers.known_only: true` and `editing.normalise_queries: false`, for which there is an"
    " `attribution.mean_floor` that would do."
)


@dataclass
class EditedTables:
    """Rows of the tables `edited_facts`, `edited_queries` and `neuron_sets`.

    Attributes:
        n_neurons: Of one layer.
    """

    n_neurons: int
    _facts: list[Row] = field(default_factory=list)
    _inexact: dict[str, float] = field(default_factory=dict)
    _queries: list[Row] = field(default_factory=list)
    _sets: list[tuple[str, str, Neurons, Scores]] = field(default_factory=list)

    def add(self, fact: EditedFact, aware: AwareSets, sets: Mapping[str, Neurons]) -> None:
        """Take in a fact with its consistency-aware sets and all sets of neurons."""
        self._facts.append(_fact_row(fact, aware))
        whole = aware["consistency_aware"]
        if not whole.is_exact and fact.role != "calibration":
            floor = whole.sufficient_floor if fact.is_all_studied else math.nan
            self._inexact[fact.fact_id] = floor
        for query_id, role in fact.query_roles.items():
            row = {"query_id": query_id, "fact_id": fact.fact_id, "role": role}
            self._queries.append(row)
        for name, neurons in sets.items():
            no_scores = np.full(len(neurons), np.nan)
            scores = aware[name].scores if name in aware else no_scores
            self._sets.append((fact.fact_id, name, neurons, scores))

    def refuse_inexact(self, has_floor: bool) -> None:
        """Refuse facts whose consistency-aware set could lack neurons, if they are edited with it.

        Held-out sets are not refused: no floor makes sure that they are exact.

        Args:
            has_floor: Whether sets are exact if enough scores are kept of every fact.

        Raises:
            StudyError: There are such facts.
        """
        if not self._inexact:
            return
        named = ", ".join([*self._inexact][:MOST_NAMED])
        floor = min(self._inexact.values()) if has_floor else math.nan
        remedy = NO_FLOOR if math.isnan(floor) else FLOOR.format(_rounded_down(floor))
        raise StudyError(
            f"The consistency-aware sets of {len(self._inexact)} of {len(self._facts)} facts could"
            f" lack neurons whose scores were not kept: {named}"
            f"{', …' if len(self._inexact) > MOST_NAMED else ''}. {remedy} With `editing.inexact:"
            " report` such facts are edited and marked."
        )

    def edited_facts(self) -> pd.DataFrame:
        """One row per fact."""
        return pd.DataFrame(self._facts) if self._facts else empty(EDITED_FACTS)

    def edited_queries(self) -> pd.DataFrame:
        """One row per known query."""
        return pd.DataFrame(self._queries) if self._queries else empty(EDITED_QUERIES)

    def neuron_sets(self) -> pd.DataFrame:
        """One row per neuron of every set."""
        if not self._sets:
            return empty(NEURON_SETS)
        fact_ids, names, neurons, scores = zip(*self._sets, strict=True)
        sizes = [len(own) for own in neurons]
        layers, own = np.divmod(np.concatenate(neurons), self.n_neurons)
        return pd.DataFrame(
            {
                "fact_id": np.repeat(np.array(fact_ids, dtype=object), sizes),
                "neuron_set": np.repeat(np.array(names, dtype=object), sizes),
                "layer": layers,
                "neuron": own,
                "consistency_aware_score": np.concatenate(scores),
            }
        )


def _fact_row(fact: EditedFact, aware: AwareSets) -> Row:
    whole, held_out = aware["consistency_aware"], aware.get("consistency_aware_held_out")
    return {
        "fact_id": fact.fact_id,
        "relation": fact.relation,
        "role": fact.role,
        "is_consistent": fact.is_consistent,
        "query_id": fact.query_id,
        "answer": fact.answer,
        "target": fact.target,
        "n_queries": len(fact.queries),
        "n_held_out": len(fact.having("held_out")),
        "largest_score": whole.largest_score,
        "largest_score_elsewhere": whole.largest_score_elsewhere,
        "is_exact": whole.is_exact,
        "is_exact_held_out": held_out.is_exact if held_out else None,
    }


def _rounded_down(number: float) -> str:
    """Two digits that count."""
    if number <= 0:
        return "0"
    unit = 10 ** (math.floor(math.log10(number)) - 1)
    return f"{math.floor(number / unit) * unit:.2g}"
