"""Edits by the book: value vectors changed in place, plain runs of the model, the weights put back.

Takes nothing from the engine but what an edit and a continuation are: where a value vector lies
is read from the shape of the matrix's module, and every text runs alone through transformers.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor
from transformers.pytorch_utils import Conv1D

from qloc.models.edits import Edit
from qloc.models.language_model import LanguageModel
from qloc.models.predictions import Continuation, Predictions

CONTEXT = 32
# Neurons drawn from some layers of a model of three with 40 each.
SIZES: Mapping[str, Mapping[int, int]] = {
    "nothing": {},
    "one neuron of the first layer": {0: 1},
    "one neuron of the middle layer": {1: 1},
    "some of the last layer": {2: 7},
    "first and last layer": {0: 3, 2: 2},
    "middle and last layer": {1: 5, 2: 5},
    "many of all layers": {0: 20, 1: 25, 2: 30},
    "a whole layer": {1: 40},
}
NEAR = 2e-4  # log-probabilities that rounding may exchange


def value_vector(model: LanguageModel, layer: int, neuron: int) -> Tensor:
    """A neuron's value vector: a view of the weights."""
    down = model.down_projections[layer]
    weight = cast(Tensor, down.weight)
    return weight[neuron] if isinstance(down, Conv1D) else weight[:, neuron]


@contextmanager
def by_hand(model: LanguageModel, edit: Edit) -> Iterator[None]:
    """The model with one edit made, vector by vector."""
    before = {name: weight.clone() for name, weight in model.module.named_parameters()}
    try:
        with torch.no_grad():
            for layer, neuron, change in zip(edit.layers, edit.neurons, edit.changes, strict=True):
                value_vector(model, int(layer), int(neuron)).add_(change)
        yield
    finally:
        with torch.no_grad():
            for name, weight in model.module.named_parameters():
                weight.copy_(before[name])


def log_probabilities(model: LanguageModel, tokens: Sequence[int]) -> Tensor:
    """Behind every token of a text: those of the whole vocabulary."""
    with torch.no_grad():
        logits = model.module(torch.tensor([list(tokens)]), use_cache=False).logits[0]
    return torch.log_softmax(logits.double(), -1)


@dataclass(frozen=True)
class Read:
    """What a plain run says behind each token of a text, from the prompt's last on."""

    tokens: list[int]
    log_probabilities: list[float]
    is_close: list[bool]  # whether the two best are as good as the same


def read(model: LanguageModel, continuation: Continuation) -> Read:
    """One plain run."""
    text = [*continuation.prompt_tokens, *continuation.next_tokens]
    behind = log_probabilities(model, text[:-1])[len(continuation.prompt_tokens) - 1 :]
    best = behind.topk(2).values
    return Read(
        behind.argmax(-1).tolist(),
        [float(row[token]) for row, token in zip(behind, continuation.next_tokens, strict=True)],
        (best[:, 0] - best[:, 1] < NEAR).tolist(),
    )


def said(model: LanguageModel, prompt: Sequence[int], n_tokens: int) -> list[tuple[int, bool]]:
    """Token after token, each by a plain run of all before it; whether another was as good."""
    text, found = list(prompt), []
    for _ in range(n_tokens):
        last = log_probabilities(model, text)[-1]
        best = last.topk(2).values
        text.append(int(last.argmax()))
        found.append((text[-1], bool(best[0] - best[1] < NEAR)))
    return found


def drawn_edit(
    model: LanguageModel, sizes: Mapping[int, int], seed: int = 0, strength: float = 1.0
) -> Edit:
    """Neurons drawn from layers, in no order; changes as long as the vectors, times a strength."""
    draws = np.random.default_rng(seed)
    places = [
        (layer, neuron)
        for layer, size in sizes.items()
        for neuron in draws.choice(model.n_neurons, size, replace=False)
    ]
    draws.shuffle(places)
    layers, neurons = np.array(places, dtype=np.int64).reshape(-1, 2).T
    directions = torch.tensor(draws.normal(size=(len(places), model.hidden_size)))
    lengths = [float(value_vector(model, *map(int, place)).norm()) for place in places]
    changes = strength * torch.tensor(lengths)[:, None] * directions / model.hidden_size**0.5
    return Edit(layers, neurons, changes.to(model.dtype))


def drawn_edits(model: LanguageModel) -> dict[str, Edit]:
    """Of all sizes, each of its own neurons."""
    return {
        name: drawn_edit(model, sizes, seed) for seed, (name, sizes) in enumerate(SIZES.items())
    }


def drawn_continuations(seed: int = 4) -> list[Continuation]:
    """Prompts of several lengths with answers, two with the same prompt; and running texts."""
    draws = np.random.default_rng(seed)
    lengths = [(5, 1), (1, 3), (9, 2), (5, 3), (11, 1), (1, 30), (1, 21), (3, 2)]
    texts = [
        Continuation(
            tuple(draws.integers(3, 61, n_prompt).tolist()),
            tuple(draws.integers(3, 61, n_next).tolist()),
        )
        for n_prompt, n_next in lengths
    ]
    return [*texts, Continuation(texts[2].prompt_tokens, texts[0].next_tokens)]


def assert_read(found: Predictions, sought: Read, tolerance: float) -> None:
    """As likely, and the same most probable tokens unless two are as good as the same."""
    assert found.log_probabilities.dtype == np.float64
    off = np.abs(found.log_probabilities - np.array(sought.log_probabilities))
    assert off.max() < tolerance, off.max()
    for token, best, is_close in zip(
        found.tokens.tolist(), sought.tokens, sought.is_close, strict=True
    ):
        assert token == best or (is_close and tolerance > 1e-6)


def assert_said(
    found: Sequence[int], sought: Sequence[tuple[int, bool]], *, is_rounded: bool
) -> None:
    """The same tokens, until two are as good as the same where rounding decides."""
    assert len(found) == len(sought)
    for token, (best, is_close) in zip(found, sought, strict=True):
        if is_rounded and is_close and token != best:
            return
        assert token == best
