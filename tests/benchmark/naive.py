"""Integrated gradients by the book: a full run forward and backward for each layer and point.

Points are taken in batches of ten, as the public library takes them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from jaxtyping import Float, Int
from torch import Tensor

from qloc.measures.quadrature import Quadrature
from qloc.models.language_model import LanguageModel
from qloc.models.prompting import EncodedQuery

POINTS_PER_RUN = 10


def attribute(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    rule: Quadrature,
    logits_to_keep: int = 0,
) -> Float[Tensor, "query layer neuron"]:
    """Scores of all neurons at the last token.

    Args:
        model: The model.
        queries: One after the other.
        rule: Where on the path from zero, and with which weights.
        logits_to_keep: Of how many tokens, from the last; 0 for all, as transformers does
            unless told otherwise.
    """
    scores = []
    for query in queries:
        tokens = torch.tensor([query.prompt_tokens], device=model.device)
        for layer in range(model.n_layers):
            gradient = _summed_gradient(model, tokens, query, layer, rule, logits_to_keep)
            scores.append(gradient)
    return torch.stack(scores).reshape(len(queries), model.n_layers, -1)


def _summed_gradient(
    model: LanguageModel,
    tokens: Int[Tensor, "1 token"],
    query: EncodedQuery,
    layer: int,
    rule: Quadrature,
    logits_to_keep: int,
) -> Float[Tensor, " neuron"]:
    """Scores of one layer."""
    with torch.no_grad(), _neurons(model, layer, None) as seen:
        model.module(tokens, logits_to_keep=logits_to_keep)
    activations = seen[0][0]
    like = {"dtype": model.dtype, "device": model.device}
    points = torch.split(torch.tensor(rule.points, **like), POINTS_PER_RUN)
    weights = torch.split(torch.tensor(rule.weights, **like), POINTS_PER_RUN)
    total = torch.zeros_like(activations)
    for some, their in zip(points, weights, strict=True):
        versions = (some[:, None] * activations).requires_grad_()
        with torch.enable_grad(), _neurons(model, layer, versions):
            logits = model.module(
                tokens.expand(len(some), -1), logits_to_keep=logits_to_keep
            ).logits
        probability = torch.softmax(logits[:, -1], -1)[:, query.answer_token]
        total += their @ torch.autograd.grad(probability.sum(), versions)[0]
    return activations * total


@contextmanager
def _neurons(
    model: LanguageModel, layer: int, versions: Float[Tensor, "point neuron"] | None
) -> Iterator[list[Float[Tensor, "point neuron"]]]:
    """Read a layer's neurons at the last token, and replace them if versions are given."""
    seen = []

    def hook(_down: torch.nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        seen.append(inputs[0][:, -1])
        if versions is None:
            return inputs
        return (torch.cat([inputs[0][:, :-1], versions[:, None]], 1),)

    handle = model.down_projections[layer].register_forward_pre_hook(hook)
    try:
        yield seen
    finally:
        handle.remove()
