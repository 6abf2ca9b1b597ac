"""Outcomes of edits as rows of the table `edits`."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qloc.columns import SCORERS
from qloc.measures.edit_plans import PlannedEdit
from qloc.measures.edit_quality import Shares

Row = dict[str, Any]


@dataclass(frozen=True)
class EditOutcome:
    """What one edit does.

    Attributes:
        n_neurons: Edited.
        metrics: By the names of `qloc.columns.METRICS`; missing where nothing was asked.
        n_unrelated: Questions that locality is the mean over.
        perplexity_before: Of the clean model; missing where there is no text, as after the edit.
        perplexity_after: Of the edited one; missing, too, where it is too large.
    """

    n_neurons: int
    metrics: Mapping[str, Shares]
    n_unrelated: int
    perplexity_before: float
    perplexity_after: float


def edit_rows(
    planned: PlannedEdit, outcome: EditOutcome, lambdas: tuple[float | None, float | None]
) -> Iterator[Row]:
    """The rows of one edit: of every set in whose place it stands, by every scorer.

    Args:
        planned: The edit.
        outcome: What it does.
        lambdas: Of its strength.
    """
    same = {
        "fact_id": planned.fact.fact_id,
        "preset": planned.preset,
        "strength": planned.strength,
        "lambda_1": lambdas[0],
        "lambda_2": lambdas[1],
        "query_id": planned.fact.queries[0].query_id,
        "n_neurons": outcome.n_neurons,
        "n_unrelated": outcome.n_unrelated,
        "perplexity_before": outcome.perplexity_before,
        "perplexity_after": outcome.perplexity_after,
    }
    for neuron_set in planned.neuron_sets:
        missing = _not_scored(neuron_set)
        for number, scorer in enumerate(SCORERS):
            metrics = {
                name: math.nan if name == missing else float(shares[number])
                for name, shares in outcome.metrics.items()
            }
            yield {**same, **metrics, "neuron_set": neuron_set, "scorer": scorer}


def _not_scored(neuron_set: str) -> str:
    """The generalization that a set does not have.

    Held-out sets are made to be scored on held-out queries, which have a say in those of all
    queries; the edited query's own set has seen no other query. Controls are scored as their set.
    """
    if "_held_out" in neuron_set:
        return "generalization_seen"
    return "" if neuron_set.startswith("query") else "generalization"
