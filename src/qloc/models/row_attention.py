"""Attention for rows that are alternative versions of one and the same last position.

A sweep carries many versions of a prompt's last token side by side in the sequence dimension.
Each must see the earlier tokens of its prompt and itself, never the other versions. As only the
last position differs, all versions share the keys and values of the earlier tokens.

The function is registered with transformers' `AttentionInterface`; models that compute attention
in any other way would be silently wrong, so calls are counted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import cast

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from transformers import AttentionInterface, PreTrainedModel

NAME = "qloc_rows"


@dataclass
class SharedPrefix:
    """What all versions of a prompt's last token see.

    Attributes:
        keys: Of every layer, of the earlier tokens of every query; empty if there are none.
        values: As keys.
        lengths: Number of earlier tokens of every query; later ones are padding.
        n_calls: How often attention was computed over this prefix.
    """

    keys: tuple[Float[Tensor, "query head token width"], ...]
    values: tuple[Float[Tensor, "query head token value_width"], ...]
    lengths: Int[Tensor, " query"]
    n_calls: int = field(default=0, compare=False)

    def visible(self, n_tokens: int, window: int | None) -> Bool[Tensor, "query token"]:
        """Which earlier tokens the last one sees, under a sliding window if there is one."""
        position = torch.arange(n_tokens, device=self.lengths.device)
        is_visible = position < self.lengths[:, None]
        if window is not None:
            is_visible &= position > self.lengths[:, None] - window
        return is_visible


_PREFIX: ContextVar[SharedPrefix] = ContextVar("prefix")


@contextmanager
def row_attention(module: PreTrainedModel, prefix: SharedPrefix) -> Iterator[None]:
    """Have a model attend from rows to a shared prefix; restored at the end."""
    config = module.config
    implementation = config._attn_implementation
    token = _PREFIX.set(prefix)
    config._attn_implementation = NAME
    try:
        yield
    finally:
        config._attn_implementation = implementation
        _PREFIX.reset(token)


def attend(
    module: torch.nn.Module,
    query: Float[Tensor, "query head row width"],
    key: Float[Tensor, "query key_head row width"],
    value: Float[Tensor, "query key_head row value_width"],
    attention_mask: Tensor | None,
    *,
    scaling: float | None = None,
    softcap: float | None = None,
    sliding_window: int | None = None,
    **_other: object,
) -> tuple[Float[Tensor, "query row head value_width"], None]:
    """Attend from every row to the shared prefix and to itself.

    The signature is that of transformers' attention functions.

    Args:
        module: The attention module, which knows the number of its layer.
        query: Of every row.
        key: Of every row itself; a head may serve several heads of ``query``.
        value: As key.
        attention_mask: Not used: what a row sees is known from the prefix.
        scaling: Of the attention logits; the inverse root of the width if not given.
        softcap: c where logits are c tanh(logit / c).
        sliding_window: How many tokens a token sees, itself included; all if not given.
    """
    prefix = _PREFIX.get()
    prefix.n_calls += 1
    n_queries, n_heads, n_rows, width = query.shape
    n_key_heads = key.shape[1]
    grouped = query.reshape(n_queries, n_key_heads, -1, n_rows, width)
    scale = width**-0.5 if scaling is None else scaling

    own = (grouped * key[:, :, None]).sum(-1, keepdim=True) * scale  # query key_head group row 1
    logits = own if softcap is None else torch.tanh(own / softcap) * softcap
    n_tokens = 0
    if prefix.keys:
        layer = cast(int, module.layer_idx)
        n_tokens = prefix.keys[layer].shape[2]
        earlier = _flat(grouped) @ prefix.keys[layer].transpose(2, 3) * scale
        if softcap is not None:
            earlier = torch.tanh(earlier / softcap) * softcap
        is_visible = prefix.visible(n_tokens, sliding_window)
        earlier = earlier.masked_fill(~is_visible[:, None, None], -torch.inf)
        logits = torch.cat([earlier.reshape(*grouped.shape[:4], n_tokens), logits], -1)
    shares = torch.softmax(logits, -1)
    seen = shares[..., n_tokens : n_tokens + 1] * value[:, :, None]
    if prefix.keys:
        seen = seen + (_flat(shares[..., :n_tokens]) @ prefix.values[layer]).reshape(seen.shape)
    return seen.reshape(n_queries, n_heads, n_rows, -1).transpose(1, 2), None


def _flat(
    grouped: Float[Tensor, "query key_head group row width"],
) -> Float[Tensor, "query key_head group_row width"]:
    """The heads that share a key head one after another, for one matrix product."""
    return grouped.reshape(*grouped.shape[:2], -1, grouped.shape[4])


AttentionInterface.register(NAME, attend)
