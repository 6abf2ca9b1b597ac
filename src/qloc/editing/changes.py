"""The change of the weights: which neurons, how strongly, and how much of every matrix."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qloc.editing.asking import Asking
from qloc.editing.findings import TensorChange
from qloc.editing.neurons import neurons_to_edit
from qloc.editing.settings import EditSettings
from qloc.models.edits import Edit, EditRequest, EditRule, Operation, make_edit, mean_activations
from qloc.models.language_model import LanguageModel
from qloc.models.prompting import EncodedQuery
from qloc.models.weights import edited_weights


@dataclass(frozen=True)
class Change:
    """An edit and how it came about.

    Attributes:
        request: Which neurons, for which objects.
        edit: The change of their value vectors.
        lambda_1: Its strength; None where value vectors are set to 0.
        lambda_2: None where the object is erased.
        n_tried: Strengths that were tried, the last of which is this one.
        tensors: How much of every matrix is changed.
    """

    request: EditRequest
    edit: Edit
    lambda_1: float | None
    lambda_2: float | None
    n_tried: int
    tensors: tuple[TensorChange, ...]


def edit_request(
    model: LanguageModel,
    known: Sequence[EncodedQuery],
    target_tokens: tuple[int, ...],
    settings: EditSettings,
) -> EditRequest:
    """Which neurons are edited, and for which objects.

    Args:
        model: To edit.
        known: The prompts of the fact that the model knows, that which is edited first.
        target_tokens: Of the object that is written; empty to erase.
        settings: How neurons are chosen.
    """
    cells = neurons_to_edit(model, known, settings)
    means = mean_activations(model, [query.prompt_tokens for query in known])
    return EditRequest(
        layers=cells.layers,
        neurons=cells.neurons,
        original_tokens=known[0].answer_tokens,
        target_tokens=target_tokens,
        signs=means[cells.layers, cells.neurons],
    )


def first_that_works(
    asking: Asking, prompt: str, request: EditRequest, operation: Operation, rule: EditRule
) -> Change:
    """The edit of the first strength at which it works for a prompt, else of the last."""
    model = asking.model
    for strength in range(rule.n_strengths(operation)):
        edit = make_edit(model, request, operation, rule, strength)
        with edited_weights(model) as weights:
            weights.apply(edit)
            has_worked = asking.has_worked(asking.replies([prompt])[0])
        if has_worked:
            break
    lambdas = rule.lambdas(operation, strength)
    return Change(request, edit, *lambdas, strength + 1, tuple(_tensor_changes(model, edit)))


def _tensor_changes(model: LanguageModel, edit: Edit) -> Iterator[TensorChange]:
    where = model.architecture
    for layer in np.unique(edit.layers).tolist():
        here = np.flatnonzero(edit.layers == layer)
        yield TensorChange(
            tensor=f"{where.layers}.{layer}.{where.down_projection}.weight",
            n_edited=len(here),
            norm=float(model.value_matrix(layer).norm()),
            change_norm=float(edit.changes[here].norm()),
        )
