"""From attributions to the rows of their tables, one batch of queries at a time.

Queries come sorted, all queries of a fact one after another; a fact may begin in one batch and
end in the next. Only the scores of the fact at hand are held in full.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd
from jaxtyping import Float

from qloc.contracts.attribution_checks import ATTRIBUTION_CHECKS
from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.fact_scores import FACT_SCORES
from qloc.measures.attribution import Attribution, PathChecks
from qloc.measures.selection import fact_neurons, selected
from qloc.tables import Table, empty


@runtime_checkable
class Asked(Protocol):
    """A studied query and its fact, by name."""

    @property
    def query_id(self) -> str: ...

    @property
    def fact_id(self) -> str: ...


@dataclass(frozen=True)
class Run:
    """How a batch was attributed: columns of its checks.

    Attributes:
        quadrature: Rule of the path integral.
        batch_size: Most queries a batch could have.
        threads: On the CPU.
    """

    quadrature: str
    batch_size: int
    threads: int


@dataclass
class AttributionTables:
    """Rows of the tables ``attributions``, ``attribution_checks`` and ``fact_scores``.

    Attributes:
        keep: Share of a query's best score that a kept score exceeds.
        mean_floor: Share of a fact's largest mean that a neuron's mean reaches if its scores are
            kept for all queries of the fact.
    """

    keep: float
    mean_floor: float
    _attributions: list[pd.DataFrame] = field(default_factory=list)
    _checks: list[pd.DataFrame] = field(default_factory=list)
    _fact_scores: list[pd.DataFrame] = field(default_factory=list)
    _asked: list[Asked] = field(default_factory=list)
    _scores: list[Float[np.ndarray, "layer neuron"]] = field(default_factory=list)

    def add(self, asked: Sequence[Asked], attribution: Attribution, run: Run) -> None:
        """Take in a batch; its queries continue those of the last batch in sorted order."""
        self._checks.append(_check_rows(asked, attribution.checks, run))
        for number, query in enumerate(asked):
            scores = attribution.scores[number]
            activations = attribution.activations[number]
            self._attributions.append(_kept_rows(query, scores, activations, self.keep))
            if self._asked and self._asked[-1].fact_id != query.fact_id:
                self._finish_fact()
            self._asked.append(query)
            self._scores.append(scores.copy())  # a view would hold the whole batch in memory

    def attributions(self) -> pd.DataFrame:
        """One row per query and neuron whose score exceeds the kept share."""
        return _together(ATTRIBUTIONS, self._attributions)

    def checks(self) -> pd.DataFrame:
        """One row per query and layer."""
        return _together(ATTRIBUTION_CHECKS, self._checks)

    def fact_scores(self) -> pd.DataFrame:
        """One row per query and chosen neuron of its fact; asked for after the last batch."""
        self._finish_fact()
        return _together(FACT_SCORES, self._fact_scores)

    def _finish_fact(self) -> None:
        """Turn the scores of the fact at hand into rows."""
        if self._asked:
            self._fact_scores += _fact_rows(self._asked, np.stack(self._scores), self.mean_floor)
        self._asked.clear()
        self._scores.clear()


def _together(table: Table, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else empty(table)


def _kept_rows(
    query: Asked,
    scores: Float[np.ndarray, "layer neuron"],
    activations: Float[np.ndarray, "layer neuron"],
    keep: float,
) -> pd.DataFrame:
    layers, neurons = np.nonzero(selected(scores, keep))
    return pd.DataFrame(
        {
            "query_id": query.query_id,
            "layer": layers,
            "neuron": neurons,
            "fact_id": query.fact_id,
            "score": scores[layers, neurons],
            "activation": activations[layers, neurons],
        }
    )


def _fact_rows(
    asked: Sequence[Asked], scores: Float[np.ndarray, "query layer neuron"], mean_floor: float
) -> list[pd.DataFrame]:
    """For every query of a fact, the scores of the fact's chosen neurons."""
    chosen = fact_neurons(scores, mean_floor)
    return [
        pd.DataFrame(
            {
                "query_id": query.query_id,
                "layer": chosen.layers,
                "neuron": chosen.neurons,
                "fact_id": query.fact_id,
                "score": own[chosen.layers, chosen.neurons],
                "largest_mean_not_kept": chosen.largest_mean_not_kept,
            }
        )
        for query, own in zip(asked, scores, strict=True)
    ]


def _check_rows(asked: Sequence[Asked], checks: PathChecks, run: Run) -> pd.DataFrame:
    """For every query, layer and word, the error bar of its scores."""
    query_ids = np.array([query.query_id for query in asked], dtype=object)
    fact_ids = np.array([query.fact_id for query in asked], dtype=object)
    return pd.DataFrame(
        {
            "query_id": query_ids[checks.query],
            "layer": checks.layer,
            "word": checks.word,
            "fact_id": fact_ids[checks.query],
            "quadrature": run.quadrature,
            "nodes": checks.n_points,
            "score_sum": checks.score_sum,
            "answer_change": checks.answer_change,
            "completeness_gap": checks.gap,
            "score_change": checks.score_change,
            "is_settled": checks.is_settled,
            "batch_size": run.batch_size,
            "threads": run.threads,
        }
    )
