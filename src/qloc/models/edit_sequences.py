"""Facts edited one after another in the weights themselves: what is left of all the edits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qloc.measures.edit_quality import Shares, edit_metrics, mean_shares
from qloc.measures.facts_to_edit import Cells, FactToEdit
from qloc.models.edit_questions import Question, fact_questions
from qloc.models.edit_requests import asked_fact, edit_requests
from qloc.models.edits import EditRequest, EditRule, Operation, make_edit
from qloc.models.language_model import LanguageModel
from qloc.models.predictions import Continuation, perplexity_of, predict
from qloc.models.weights import edited_weights


@dataclass(frozen=True)
class EditWay:
    """How the facts of a run are edited, one as the other.

    Attributes:
        neuron_set: Whose neurons.
        preset: Name of the rule.
        operation: What is done.
        rule: How.
        strength: Number of the strength in the rule's list.
    """

    neuron_set: str
    preset: str
    operation: Operation
    rule: EditRule
    strength: int


@dataclass(frozen=True)
class SequenceFact:
    """A fact of a run.

    Attributes:
        questions: About it.
        requests: What its edits need to know, by set.
    """

    questions: Sequence[Question]
    requests: Mapping[str, EditRequest]


@dataclass(frozen=True)
class SequenceRun:
    """What is edited in a run, and what is asked.

    Attributes:
        facts: In the order in which they are edited.
        unrelated: Questions about facts that the run never edits.
        texts: Of which the perplexity is taken.
    """

    facts: Sequence[SequenceFact]
    unrelated: Sequence[Question]
    texts: Sequence[Continuation]


@dataclass(frozen=True)
class Left:
    """What is left of the edits so far.

    Attributes:
        n_edited: Facts edited so far.
        no_edit_share: Those of them whose set is empty.
        metrics: By name: means over these facts, but for facts of which one is missing; locality
            is the mean over the unrelated questions.
        perplexity: Infinite or not a number where it, or what the model computes, is too large.
    """

    n_edited: int
    no_edit_share: float
    metrics: Mapping[str, Shares]
    perplexity: float


def sequence_fact(
    model: LanguageModel, fact: FactToEdit, sets: Mapping[str, Cells], operation: Operation
) -> SequenceFact:
    """A fact as the clean model reads it, with what the edits of these sets need to know."""
    asked = asked_fact(model, fact)
    return SequenceFact(
        fact_questions(fact, asked, operation), edit_requests(model, asked, sets, operation)
    )


def edit_one_after_another(
    model: LanguageModel, run: SequenceRun, way: EditWay, steps: Collection[int]
) -> list[Left]:
    """Edit all facts of a run, each from the weights that the edits before it have left.

    In the end, whatever happens, the weights are what they were.

    Args:
        model: Whose weights.
        run: What is edited, and what is asked.
        way: How it is edited.
        steps: Numbers of edits after which the model is looked at, beside the last one.
    """
    found = []
    with edited_weights(model) as weights:
        for n_edited, fact in enumerate(run.facts, 1):
            request = fact.requests[way.neuron_set]
            weights.apply(make_edit(model, request, way.operation, way.rule, way.strength))
            if n_edited in steps or n_edited == len(run.facts):
                found.append(_left(model, run, way, n_edited))
    return found


def _left(model: LanguageModel, run: SequenceRun, way: EditWay, n_edited: int) -> Left:
    facts = run.facts[:n_edited]
    parts = [*(fact.questions for fact in facts), run.unrelated]
    asked = [question.asked for part in parts for question in part]
    predictions = predict(model, [*asked, *run.texts])
    said = iter(predictions)
    *of_facts, unrelated = [
        edit_metrics(
            way.operation,
            [question.role for question in part],
            [next(said).tokens for _ in part],
            [question.asked.next_tokens for question in part],
        )
        for part in parts
    ]
    metrics = {
        name: mean_shares([own[name] for own in of_facts if not np.isnan(own[name]).any()])
        for name in ("reliability", "generalization_seen")
    }
    is_empty = [not len(fact.requests[way.neuron_set].layers) for fact in facts]
    return Left(
        n_edited,
        float(np.mean(is_empty)),
        metrics | {"locality": unrelated["locality"]},
        perplexity_of(predictions[len(asked) :]),
    )
