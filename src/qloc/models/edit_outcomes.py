"""What edits of a fact do: to what is asked of the model, and to running text."""

import math
from collections.abc import Mapping, Sequence

from qloc.measures.edit_plans import PlannedEdit
from qloc.measures.edit_quality import edit_metrics
from qloc.measures.edit_tables import EditOutcome
from qloc.models.edit_questions import Question, no_edit
from qloc.models.edit_requests import AskedFact, edit_requests
from qloc.models.edited_rows import predict_edited
from qloc.models.edits import Edit, EditRule, Operation, make_edit
from qloc.models.language_model import LanguageModel
from qloc.models.predictions import Continuation, perplexity_of


def edit_outcomes(
    model: LanguageModel,
    edits: Sequence[Edit],
    operation: Operation,
    questions: Sequence[Question],
    texts: Sequence[Continuation],
) -> list[EditOutcome]:
    """What each edit by itself does.

    Args:
        model: The clean model.
        edits: Of one fact.
        operation: What they are for.
        questions: That are asked.
        texts: That are read.
    """
    asked = [question.asked for question in questions]
    clean, *edited = predict_edited(model, [no_edit(model), *edits], [*asked, *texts])
    roles = [question.role for question in questions]
    expected = [continuation.next_tokens for continuation in asked]
    perplexities = [
        perplexity_of(found[len(asked) :]) if texts else math.nan for found in (clean, *edited)
    ]
    return [
        EditOutcome(
            n_neurons=len(edit.layers),
            metrics=edit_metrics(
                operation, roles, [one.tokens for one in found[: len(asked)]], expected
            ),
            n_unrelated=roles.count("unrelated"),
            perplexity_before=perplexities[0],
            perplexity_after=after if math.isfinite(after) else math.nan,
        )
        for edit, found, after in zip(edits, edited, perplexities[1:], strict=True)
    ]


def made_edits(
    model: LanguageModel,
    asked: AskedFact,
    planned: Sequence[PlannedEdit],
    operation: Operation,
    rules: Mapping[str, EditRule],
) -> list[Edit]:
    """The changes of value vectors that were planned for one fact.

    Args:
        model: The clean model.
        asked: The fact.
        planned: Its edits.
        operation: What is done.
        rules: Of every preset.
    """
    sets = {edit.neuron_sets[0]: edit.cells for edit in planned}
    requests = edit_requests(model, asked, sets, operation)
    return [
        make_edit(
            model, requests[edit.neuron_sets[0]], operation, rules[edit.preset], edit.strength
        )
        for edit in planned
    ]
