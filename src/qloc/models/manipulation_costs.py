"""What it costs to manipulate the knowledge synapses of a query (Table 6 of Chen et al. 2025).

Every operation is a run of the model on one query, in which either the activations of its neurons
are read or their attributions; the paper (https://arxiv.org/abs/2405.14117) prints one number for
each operation and says nothing of which it is. Finding the synapses is not counted.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from qloc.measures.manipulations import FACTORS
from qloc.measures.synapses import Columns
from qloc.models.costs import Cost, Work, cost
from qloc.models.interventions import ColumnFactors, Intervention, intervene
from qloc.models.language_model import LanguageModel
from qloc.models.manipulated_attribution import attribute_manipulated
from qloc.models.methods import Rule
from qloc.models.prompting import AnswerTokens, EncodedQuery


class Measurement(NamedTuple):
    """One measurement, named as in the table `manipulation_costs`."""

    value: str
    operation: str
    repeat: int
    cost: Cost


def manipulation_costs(
    model: LanguageModel,
    query: EncodedQuery,
    synapses: Columns,
    rule: Rule,
    answer_tokens: AnswerTokens,
    repeats: int,
) -> Iterator[Measurement]:
    """Measure no operation, suppression and enhancement of the synapses, not renormalised.

    Operations take turns, in every repeat from another one on, so that none gains from what else
    the machine does. All are done once before, so that nothing that is made once is counted.

    Args:
        model: Who reads.
        query: That has no problem.
        synapses: Its synapses.
        rule: How path integrals are taken.
        answer_tokens: What counts of an answer.
        repeats: Measurements of each.

    Raises:
        StudyError: The model's attention cannot be changed.
    """
    works = list(_works(model, query, synapses, rule, answer_tokens).items())
    for _, work in works:
        work()
    for repeat in range(repeats):
        start = repeat % len(works)
        for (value, operation), work in works[start:] + works[:start]:
            yield Measurement(value, operation, repeat, cost(work, model.device))


def _works(
    model: LanguageModel,
    query: EncodedQuery,
    synapses: Columns,
    rule: Rule,
    answer_tokens: AnswerTokens,
) -> dict[tuple[str, str], Work]:
    """What is measured, by what is read and what is done."""
    done = {"none": Intervention(0)} | {
        name: Intervention(0, columns=ColumnFactors(np.where(synapses, factor, 1.0), False))
        for name, factor in FACTORS.items()
    }
    read: dict[str, Callable[..., object]] = {
        "activation": partial(intervene, answer_tokens=answer_tokens),
        "attribution": partial(attribute_manipulated, rule=rule, answer_tokens=answer_tokens),
    }
    return {
        (value, operation): partial(run, model, [query], [intervention])
        for value, run in read.items()
        for operation, intervention in done.items()
    }
