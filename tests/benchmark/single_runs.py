"""Manipulations by the book: a run of the model for every one of them, patched by plain hooks.

What someone writes who manipulates one prompt at a time. The answer and the neurons at the last
token are read, as the study does.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import partial

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor
from transformers import AttentionInterface

from qloc.models.interventions import Intervention, NeuronFactors
from qloc.models.language_model import LanguageModel
from qloc.models.prompting import EncodedQuery

NAME = "benchmark_single"
_ASKED: ContextVar[Intervention] = ContextVar("asked")


def run(
    model: LanguageModel, query: EncodedQuery, asked: Intervention, logits_to_keep: int
) -> tuple[float, Float[np.ndarray, "layer neuron"]]:
    """The answer's probability in one run, and what the neurons do there.

    Args:
        model: Who reads.
        query: One.
        asked: What is done.
        logits_to_keep: Of how many tokens, from the last; 0 for all, as transformers does
            unless told otherwise.
    """
    tokens = torch.tensor([query.prompt_tokens], device=model.device)
    with torch.no_grad(), _patched(model, asked) as neurons:
        logits = model.module(tokens, use_cache=False, logits_to_keep=logits_to_keep).logits
    probability = torch.softmax(logits[0, -1].double(), 0)[query.answer_token]
    return float(probability), torch.stack(neurons).numpy(force=True)


def answers(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    asked: Sequence[Intervention],
    logits_to_keep: int = 0,
) -> Float64[np.ndarray, " intervention"]:
    """The answer's probability, run by run."""
    runs = [run(model, queries[one.query], one, logits_to_keep)[0] for one in asked]
    return np.array(runs)


@contextmanager
def _patched(model: LanguageModel, asked: Intervention) -> Iterator[list[Float[Tensor, " neuron"]]]:
    """Attention and neurons manipulated; the neurons that were seen."""
    seen: list[Tensor] = []
    with ExitStack() as stack:
        for layer, down in enumerate(model.down_projections):
            hook = partial(_scale, asked.neurons, layer, seen)
            stack.callback(down.register_forward_pre_hook(hook).remove)
        if asked.columns is not None or asked.masses is not None:
            config = model.module.config
            stack.callback(setattr, config, "_attn_implementation", config._attn_implementation)
            config._attn_implementation = NAME
            stack.callback(_ASKED.reset, _ASKED.set(asked))
        yield seen


def _scale(
    factors: NeuronFactors | None,
    layer: int,
    seen: list[Tensor],
    _down: torch.nn.Module,
    inputs: tuple[Tensor, ...],
) -> tuple[Tensor, ...]:
    values = inputs[0]
    if factors is not None and (factors.layers == layer).any():
        values = values.clone()
        values[0, -1, factors.neurons[factors.layers == layer]] *= factors.factor
    seen.append(values[0, -1])
    return (values,)


def _attend(
    module: torch.nn.Module,
    query: Float[Tensor, "1 head token width"],
    key: Float[Tensor, "1 key_head token width"],
    value: Float[Tensor, "1 key_head token width"],
    _mask: Tensor | None,
    *,
    scaling: float | None = None,
    **_other: object,
) -> tuple[Float[Tensor, "1 token head width"], None]:
    """Attention as in transformers' models, its weights manipulated on the way."""
    asked, layer = _ASKED.get(), module.layer_idx
    group, n_tokens = query.shape[1] // key.shape[1], query.shape[2]
    key, value = key.repeat_interleave(group, 1), value.repeat_interleave(group, 1)
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    logits = query @ key.transpose(2, 3) * scale
    hidden = torch.ones(n_tokens, n_tokens, dtype=torch.bool, device=query.device).triu(1)
    logits = logits.masked_fill(hidden, -torch.inf)
    if asked.columns is None:
        weights = torch.softmax(logits, -1)
    else:
        factors = torch.as_tensor(asked.columns.factors[layer]).to(query)[None, :, None]
        if asked.columns.is_renormalised:
            moved = logits + factors.log()
            is_alone = (moved == -torch.inf).all(-1, keepdim=True)
            weights = torch.softmax(torch.where(is_alone, logits, moved), -1)
        else:
            weights = torch.softmax(logits, -1) * factors
    if asked.masses is not None:
        change = torch.as_tensor(asked.masses.changes[layer]).to(query)[None, :, :, None]
        weights = weights * (1 + change)
    return (weights @ value).transpose(1, 2), None


AttentionInterface.register(NAME, _attend)
