"""Facts as a model reads them: what it is asked of each, and what an edit needs to know."""

from collections.abc import Mapping
from dataclasses import dataclass

from qloc.measures.facts_to_edit import NO_CELLS, Cells, FactToEdit
from qloc.models.edits import EditRequest, Operation, mean_activations
from qloc.models.language_model import LanguageModel
from qloc.models.predictions import Continuation
from qloc.models.prompting import EncodedQuery


@dataclass(frozen=True)
class AskedFact:
    """A fact as tokens; the edited query stands first, the others in the fact's order.

    Attributes:
        prompts: Of every query.
        originals: The tokens of the fact's object behind every prompt; none where it cannot be
            asked.
        targets: The same of the object that an update writes.
    """

    prompts: tuple[tuple[int, ...], ...]
    originals: tuple[tuple[int, ...], ...]
    targets: tuple[tuple[int, ...], ...]

    def expected(self, operation: Operation) -> list[Continuation | None]:
        """What is scored behind every prompt: the target, or the object that is erased.

        None where it cannot be asked.
        """
        objects = self.targets if operation == "update" else self.originals
        return [
            Continuation(prompt, tokens) if tokens else None
            for prompt, tokens in zip(self.prompts, objects, strict=True)
        ]


def asked_fact(model: LanguageModel, fact: FactToEdit) -> AskedFact:
    """A fact as a model's tokens."""
    originals, targets = (
        [model.encoded(query.prompt, word) for query in fact.queries]
        for word in (fact.answer, fact.target)
    )
    return AskedFact(
        tuple(asked.prompt_tokens for asked in originals),
        tuple(map(_object_tokens, originals)),
        tuple(map(_object_tokens, targets)),
    )


def edit_requests(
    model: LanguageModel, asked: AskedFact, sets: Mapping[str, Cells], operation: Operation
) -> dict[str, EditRequest]:
    """What every set of a fact needs to be edited.

    Objects are written by their tokens behind the edited query; behind the next one where they
    cannot be asked there. Where they can be asked nowhere, nothing is edited.

    Args:
        model: The clean model: signs are those of its neurons' mean values over the fact's queries.
        asked: The fact.
        sets: Their neurons, by name.
        operation: What is done.
    """
    original = next(filter(None, asked.originals), ())
    target = next(filter(None, asked.targets), ()) if operation == "update" else ()
    can_be_written = bool(original) and (bool(target) or operation == "erase")
    values = mean_activations(model, asked.prompts)
    requests = {}
    for name, given in sets.items():
        cells = given if can_be_written else NO_CELLS
        signs = values[cells.layers, cells.neurons]
        requests[name] = EditRequest(cells.layers, cells.neurons, original, target, signs)
    return requests


def _object_tokens(asked: EncodedQuery) -> tuple[int, ...]:
    """The tokens of an object behind a prompt; none where the model cannot be asked it."""
    return () if asked.problem else asked.answer_tokens
