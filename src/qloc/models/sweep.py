"""The exact attribution sweep: one forward and one backward for a batch of queries.

Integrated gradients ask for the gradient of the answer's probability at several points of a path
in every layer: by the book, a full run for each query, layer and point. Here all of them are
rows of one run (`qloc.models.rows`), the unmodified run (α = 1) is shared by all layers, and
gradients are summed over the points before the one product with W. What comes out is
the same sum; only rounding differs.
"""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor

from qloc.measures.quadrature import Quadrature
from qloc.models.answer_head import answer_probability
from qloc.models.language_model import LanguageModel
from qloc.models.rows import Prompts, Rows, run_rows


@dataclass(frozen=True)
class Ends:
    """Both ends of every path from zero to a layer's activations.

    Attributes:
        activations: Of the neurons at the last token.
        probability: Of the answer, unmodified (α = 1), in float64.
        probability_at_zero: Of the answer with one layer's neurons at zero (α = 0), in float64.
    """

    activations: Float[Tensor, "query layer neuron"]
    probability: Float64[Tensor, " query"]
    probability_at_zero: Float64[Tensor, "query layer"]


@torch.no_grad()
def path_ends(model: LanguageModel, prompts: Prompts) -> Ends:
    """What the neurons do on every query, and the answer with and without each layer's."""
    every = torch.ones(
        (len(prompts.answers), model.n_layers), dtype=torch.bool, device=model.device
    )
    rows = Rows(every, torch.zeros(1, dtype=model.dtype, device=model.device))
    hidden = run_rows(model, prompts, rows)
    probability = _answers(model, prompts, hidden.double())  # float32 logits would be coarse
    return Ends(
        torch.stack([rows.activations[layer] for layer in range(model.n_layers)], 1),
        probability[:, 0],
        probability[:, 1:],
    )


@torch.enable_grad()
def integrate_from_zero(
    model: LanguageModel,
    prompts: Prompts,
    pairs: Bool[Tensor, "query layer"],
    rule: Quadrature,
) -> Float[Tensor, "pair neuron"]:
    """Integrated gradients of chosen (query, layer) pairs from zero, in `torch.nonzero`'s order.

    Every pair's path leads from zero to the layer's activations at the last token.

    Args:
        model: The model.
        prompts: The queries.
        pairs: Which paths to integrate.
        rule: Where on the paths, and with which weights.

    Returns:
        One score per pair and neuron, in units of probability.
    """
    points = torch.tensor(rule.points, dtype=torch.float64)
    weights = torch.tensor(rule.weights, dtype=torch.float64)
    is_inside = points != 1
    settings: dict[str, Any] = {"dtype": model.dtype, "device": model.device}
    inside = weights[is_inside].to(**settings)
    end = float(weights[~is_inside].sum())
    rows = Rows(pairs, points[is_inside].to(**settings))
    probability = _answers(model, prompts, run_rows(model, prompts, rows))
    layers = sorted(rows.hidden)
    gradients = torch.autograd.grad(probability.sum(), [rows.hidden[layer] for layer in layers])
    place = (pairs.flatten().cumsum(0) - 1).reshape(pairs.shape)
    scores = probability.new_empty((int(pairs.sum()), model.n_neurons))
    for layer, gradient in zip(layers, gradients, strict=True):
        entering = rows.entering(layer)
        own = gradient[entering[:, None], rows.places(layer)]  # entering point hidden
        total = torch.einsum("eph,p->eh", own, inside) + end * gradient[entering, 0]
        by_neuron = total @ model.value_matrix(layer).T
        scores[place[entering, layer]] = by_neuron * rows.activations[layer][entering]
    return scores


def _answers(
    model: LanguageModel, prompts: Prompts, hidden: Float[Tensor, "query row hidden"]
) -> Float[Tensor, "query row"]:
    """The answer's probability in every row."""
    answers = prompts.answers[:, None].expand(hidden.shape[:2])
    probability = answer_probability(model, hidden.flatten(0, 1), answers.flatten())
    return probability.reshape(hidden.shape[:2])
