"""What neurons and the answer do when columns of attention are manipulated.

A control has no columns: mass matching takes from, or adds to, every row as much attention as the
plain manipulation of the synapses did there, and spreads that over all the row sees. It tells
whether it matters *which* columns lose or gain attention, or only how much of it there is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from qloc.measures.manipulations import FACTORS
from qloc.measures.synapse_runs import ColumnSets, SynapseOutcome, SynapseRun
from qloc.measures.synapses import Columns, attention_mass
from qloc.models.interventions import (
    Attention,
    ColumnFactors,
    Intervention,
    MassChanges,
    Outcomes,
    intervene,
)
from qloc.models.language_model import LanguageModel
from qloc.models.manipulated_attribution import attribute_manipulated
from qloc.models.methods import Rule
from qloc.models.plain_check import check_unmodified
from qloc.models.prompting import AnswerTokens, EncodedQuery


@dataclass(frozen=True)
class Reading:
    """What is read of the model in every run.

    Attributes:
        answer_tokens: What counts of an answer.
        scores: The rule by which neurons are attributed, if their values are attributions; else
            their values are their activations.
    """

    answer_tokens: AnswerTokens
    scores: Rule | None


def manipulate_columns(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    attention: Sequence[Attention],
    columns: Sequence[ColumnSets],
    runs: Sequence[SynapseRun],
    reading: Reading,
) -> list[SynapseOutcome]:
    """Do all runs of all queries.

    A run that has no columns is the clean run, so that its effects are exactly 0.

    Args:
        model: Who reads.
        queries: That have no problem.
        attention: Of every query, on the clean run.
        columns: Of every query.
        runs: What is done to each; every mass-matched one comes with the plain run of the synapses
            that it is matched to.
        reading: What is read.

    Raises:
        StudyError: The model's attention cannot be changed, or the clean run is not what a plain
            run of the model gives.
    """
    asked = range(len(queries))
    places = np.repeat(np.arange(len(queries))[:, None], len(runs), 1)  # query run; clean runs
    by_columns = [Intervention(query) for query in asked]
    for query, run in _at_work(columns, runs, is_matched=False):
        places[query, run] = len(by_columns)
        factors = _factors(columns[query][runs[run].columns], runs[run].manipulation)
        scaled = ColumnFactors(factors, runs[run].is_renormalised)
        by_columns.append(Intervention(query, columns=scaled))
    first, first_values = _read(model, queries, by_columns, reading)
    _check_clean(model, queries, first, reading)

    by_masses: list[Intervention] = []
    for query, run in _at_work(columns, runs, is_matched=True):
        plain = runs.index(runs[run]._replace(synapse_set="synapses"))
        changes = first.mass_changes[places[query, plain]]
        places[query, run] = len(by_columns) + len(by_masses)
        by_masses.append(Intervention(query, masses=MassChanges(changes)))
    second, second_values = _read(model, queries, by_masses, reading)

    answers = np.concatenate([first.answer_probability, second.answer_probability])
    values = np.concatenate([first_values, second_values])
    return [
        SynapseOutcome(
            columns[query],
            {key: attention_mass(attention[query].weights, c) for key, c in columns[query].items()},
            float(answers[query]),
            answers[places[query]],
            values[query],
            values[places[query]],
        )
        for query in asked
    ]


def _check_clean(
    model: LanguageModel, queries: Sequence[EncodedQuery], first: Outcomes, reading: Reading
) -> None:
    """Compare the clean run of the longest query, where attention does most, with a plain one."""
    longest = max(range(len(queries)), key=lambda query: len(queries[query].prompt_tokens))
    clean = float(first.answer_probability[longest])
    check_unmodified(model, queries[longest], clean, reading.answer_tokens)


def _at_work(
    columns: Sequence[ColumnSets], runs: Sequence[SynapseRun], *, is_matched: bool
) -> Iterator[tuple[int, int]]:
    """Queries and runs in which there is something to do, mass-matched ones or the others."""
    for query, own in enumerate(columns):
        for number, run in enumerate(runs):
            if (run.synapse_set == "mass_matched") == is_matched and own[run.columns].any():
                yield query, number


def _factors(columns: Columns, manipulation: str) -> Float[np.ndarray, "layer head token"]:
    return np.where(columns, FACTORS[manipulation], 1.0)


def _read(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    interventions: Sequence[Intervention],
    reading: Reading,
) -> tuple[Outcomes, Float[np.ndarray, "intervention layer neuron"]]:
    """What came of the interventions, and the values of the neurons."""
    found = intervene(model, queries, interventions, reading.answer_tokens)
    if reading.scores is None:
        return found, found.activations
    return found, attribute_manipulated(
        model, queries, interventions, reading.scores, reading.answer_tokens
    )
