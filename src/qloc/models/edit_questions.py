"""What a model is asked about an edit: about the fact itself, and about what should not change."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from qloc.measures.facts_to_edit import FactToEdit
from qloc.measures.studied_prompts import StudiedQuery
from qloc.models.edit_requests import AskedFact
from qloc.models.edited_rows import say_edited
from qloc.models.edits import Edit, Operation
from qloc.models.language_model import LanguageModel
from qloc.models.predictions import Continuation


@dataclass(frozen=True)
class Question:
    """A prompt, the tokens that are compared with what the model says, and what they are for.

    Attributes:
        role: Of the query, as in the table `edited_queries`, or ``unrelated``.
        asked: Prompt and tokens.
    """

    role: str
    asked: Continuation


def no_edit(model: LanguageModel) -> Edit:
    """The edit that changes nothing: with it a model is the clean one."""
    none = np.empty(0, dtype=np.int64)
    shape = (0, model.hidden_size)
    return Edit(none, none, torch.empty(shape, dtype=model.dtype, device=model.device))


def fact_questions(fact: FactToEdit, asked: AskedFact, operation: Operation) -> list[Question]:
    """The queries of a fact behind which the object of the operation can be asked."""
    return [
        Question(query.role, continuation)
        for query, continuation in zip(fact.queries, asked.expected(operation), strict=True)
        if continuation
    ]


def unrelated_questions(model: LanguageModel, queries: Sequence[StudiedQuery]) -> list[Question]:
    """Queries with what the clean model says behind them: as many tokens as the object has."""
    encoded = [model.encoded(query.prompt, query.answer) for query in queries]
    lengths = np.array([len(query.answer_tokens) for query in encoded])
    found: dict[int, Continuation] = {}
    for length in np.unique(lengths).tolist():
        numbers = np.flatnonzero(lengths == length).tolist()
        prompts = [encoded[number].prompt_tokens for number in numbers]
        [said] = say_edited(model, [no_edit(model)], prompts, length)
        continuations = map(Continuation, prompts, said)
        found.update(zip(numbers, continuations, strict=True))
    return [Question("unrelated", found[number]) for number in range(len(queries))]
