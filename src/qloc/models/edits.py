"""Edits of value vectors: what erasing or updating a fact adds to the weights.

Chen et al. (ICLR 2025), Eq. 2: for every neuron of a set, its value vector W (what the neuron adds
to the hidden state) becomes 0 or W − λ₁E(o) where the object o is erased, and W − λ₁E(o) + λ₂E(o')
where o' takes its place. What E is, how long, and with which sign, is a rule: the paper's literal
one, or one at which edits of a model at hand have the effect they are made for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from qloc.models.activations import read_activations
from qloc.models.language_model import LanguageModel
from qloc.models.padding import runs

Operation = Literal["erase", "update"]
OPERATIONS: tuple[Operation, ...] = ("erase", "update")


@dataclass(frozen=True)
class Edit:
    """What is added to value vectors; with no neuron, nothing.

    Attributes:
        layers: Of every neuron.
        neurons: Their numbers; no neuron twice.
        changes: Of their value vectors.
    """

    layers: Int64[np.ndarray, " neuron"]
    neurons: Int64[np.ndarray, " neuron"]
    changes: Float[Tensor, "neuron hidden"]

    def __post_init__(self) -> None:
        places = list(zip(self.layers.tolist(), self.neurons.tolist(), strict=True))
        if len(set(places)) < len(places):
            raise ValueError("a neuron is edited twice")


@dataclass(frozen=True)
class EditRule:
    """How value vectors are changed.

    Attributes:
        erase: ``zero`` sets a value vector to 0, ``subtract`` takes λ₁E(o) away.
        table: Whose rows embeddings are: of the ``input``, or of the ``output``.
        tokens: Of an object of several tokens: the ``first`` one's embedding, their ``mean`` or
            ``sum``.
        scale: ``raw``, or ``norm_matched``: E as long as the value vector.
        sign: ``literal``, or ``aligned``: the change times the sign of the neuron's mean value.
        strengths: Pairs of λ₁ and λ₂.
    """

    erase: str
    table: str
    tokens: str
    scale: str
    sign: str
    strengths: Sequence[Sequence[float | int]]

    def n_strengths(self, operation: Operation) -> int:
        """How many strengths there are to try."""
        return 1 if self._zeroes(operation) else len(self.strengths)

    def lambdas(self, operation: Operation, strength: int) -> tuple[float | None, float | None]:
        """λ₁ and λ₂ of a strength; None where the operation does not use them."""
        first, second = self.strengths[strength]
        if self._zeroes(operation):
            return None, None
        return float(first), float(second) if operation == "update" else None

    def _zeroes(self, operation: Operation) -> bool:
        return operation == "erase" and self.erase == "zero"


@dataclass(frozen=True)
class EditRequest:
    """Whose value vectors are changed, and for which objects.

    Attributes:
        layers: Of every neuron.
        neurons: Their numbers.
        original_tokens: Of the object.
        target_tokens: Of the object that takes its place; empty where the object is erased.
        signs: Mean value of every neuron over the fact's queries; only the sign counts, that of 0
            as plus.
    """

    layers: Int64[np.ndarray, " neuron"]
    neurons: Int64[np.ndarray, " neuron"]
    original_tokens: tuple[int, ...]
    target_tokens: tuple[int, ...]
    signs: Float[np.ndarray, " neuron"]


@torch.no_grad()
def make_edit(
    model: LanguageModel,
    request: EditRequest,
    operation: Operation,
    rule: EditRule,
    strength: int,
) -> Edit:
    """The changes of value vectors as the model has them now.

    Args:
        model: Whose weights; nothing of it is changed.
        request: Which neurons, which objects.
        operation: What is done.
        rule: How.
        strength: Number of the strength in the rule's list.
    """
    vectors = value_vectors(model, request)
    first, second = rule.lambdas(operation, strength)
    if first is None:
        return Edit(request.layers, request.neurons, -vectors)
    changes = -first * _written(model, request.original_tokens, vectors, rule)
    if second is not None:
        changes += second * _written(model, request.target_tokens, vectors, rule)
    if rule.sign == "aligned":
        signs = np.where(request.signs < 0, -1.0, 1.0)
        changes *= torch.tensor(signs, dtype=changes.dtype, device=changes.device)[:, None]
    return Edit(request.layers, request.neurons, changes)


def value_vectors(model: LanguageModel, request: EditRequest) -> Float[Tensor, "neuron hidden"]:
    """A copy of the value vectors of the neurons."""
    found = torch.empty(
        (len(request.layers), model.hidden_size), dtype=model.dtype, device=model.device
    )
    for layer in np.unique(request.layers).tolist():
        here = np.flatnonzero(request.layers == layer)
        found[here] = model.value_matrix(layer)[request.neurons[here]]
    return found


def mean_activations(
    model: LanguageModel, prompts: Sequence[Sequence[int]]
) -> Float[np.ndarray, "layer neuron"]:
    """The mean value of every neuron at the last token of prompts.

    Args:
        model: Who reads.
        prompts: As tokens, at least one.
    """
    parts = []
    for chosen in runs([len(prompt) for prompt in prompts]):
        texts = prompts[chosen]
        parts.append(read_activations(model, texts, [[len(text) - 1] for text in texts])[:, 0])
    mean: Float[np.ndarray, "layer neuron"] = torch.cat(parts).mean(0).numpy(force=True)
    return mean


def _written(
    model: LanguageModel,
    tokens: Sequence[int],
    vectors: Float[Tensor, "neuron hidden"],
    rule: EditRule,
) -> Float[Tensor, "neuron hidden"]:
    """What a weight of 1 writes into each value vector for an object."""
    embedding = _embedding(model, tokens, rule)
    if rule.scale == "raw":
        return embedding.expand_as(vectors).clone()
    lengths = vectors.norm(dim=1, keepdim=True)
    return lengths * (embedding / embedding.norm())


def _embedding(
    model: LanguageModel, tokens: Sequence[int], rule: EditRule
) -> Float[Tensor, " hidden"]:
    rows = model.embeddings(rule.table)[list(tokens)]
    match rule.tokens:
        case "first":
            return rows[0]
        case "mean":
            return rows.mean(0)
        case _:
            return rows.sum(0)
