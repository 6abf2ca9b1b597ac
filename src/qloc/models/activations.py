"""What the neurons do while a model reads."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformers import DynamicCache

from qloc.models.attention_change import AttentionChange
from qloc.models.language_model import LanguageModel, unsupported
from qloc.models.padding import padded
from qloc.models.row_attention import changed_attention


@torch.no_grad()
def read_activations(
    model: LanguageModel,
    texts: Sequence[Sequence[int]],
    positions: Sequence[Sequence[int]],
    cache: DynamicCache | None = None,
    change: AttentionChange | None = None,
) -> Float[Tensor, "text position layer neuron"]:
    """Run a model on texts of any lengths and read its neurons at some positions.

    Texts are padded on the right; no earlier token sees the padding.

    Args:
        model: The model.
        texts: As tokens.
        positions: At which tokens of each text neurons are read, as many of each.
        cache: Takes up the keys and values.
        change: What is done to attention weights, text by text.

    Raises:
        StudyError: A layer does not run its down projection.
    """
    tokens = padded(texts).to(model.device)
    places = torch.tensor(positions, device=model.device)
    given: dict[str, Any] = {"use_cache": cache is not None}
    if cache is not None:
        given["past_key_values"] = cache
    seen: dict[int, Float[Tensor, "text position neuron"]] = {}
    with _read_neurons(model, places, seen), changed_attention(model, tokens, change) as attention:
        model.base(input_ids=tokens, **attention, **given)
    for layer in range(model.n_layers):
        if layer not in seen:
            raise unsupported(model, f"layer {layer} did not run its down projection")
    return torch.stack([seen[layer] for layer in range(model.n_layers)], 2)


@contextmanager
def _read_neurons(
    model: LanguageModel, places: Int[Tensor, "text position"], seen: dict[int, Tensor]
) -> Iterator[None]:
    with ExitStack() as stack:
        for layer, down in enumerate(model.down_projections):
            hook = down.register_forward_pre_hook(partial(_read, places, seen, layer))
            stack.callback(hook.remove)
        yield


def _read(
    places: Int[Tensor, "text position"],
    seen: dict[int, Tensor],
    layer: int,
    _down: torch.nn.Module,
    inputs: tuple[Tensor, ...],
) -> None:
    texts = torch.arange(len(places), device=places.device)[:, None]
    seen[layer] = inputs[0].reshape(len(places), -1, inputs[0].shape[-1])[texts, places]
