"""Attention for rows that are alternative versions of one and the same tail of a text.

A sweep carries many versions of a prompt's last tokens side by side in the sequence dimension.
Each must see the tokens before the tail and itself, never the other versions. As nothing before
the tail differs, all versions share the keys and values of what stands there. A tail may be the
whole text. Attention weights can be read, and changed as `qloc.models.attention_change` says.

The function is registered with transformers' `AttentionInterface`; models that compute attention
in any other way would be silently wrong, so calls are counted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from transformers import AttentionInterface

from qloc.models.attention_change import AttentionChange
from qloc.models.language_model import LanguageModel, unsupported

NAME = "qloc_rows"


@dataclass
class SharedPrefix:
    """What all versions of a prompt's tail see.

    Attributes:
        keys: Of every layer, of the tokens before the tail of every query; empty if there are
            none.
        values: As keys.
        lengths: Number of tokens before the tail of every query; later ones are padding.
        n_tail: Number of tokens of every tail.
        change: What is done to attention weights.
        seen: Takes up the attention weights of every layer and which tokens its tails see, if there
            is such a list.
        n_calls: How often attention was computed over this prefix.
    """

    keys: tuple[Float[Tensor, "query head token width"], ...]
    values: tuple[Float[Tensor, "query head token value_width"], ...]
    lengths: Int[Tensor, " query"]
    n_tail: int = 1
    change: AttentionChange | None = None
    seen: list["SeenAttention"] | None = None
    n_calls: int = field(default=0, compare=False)

    def chosen(self, queries: Int[Tensor, " chosen"]) -> "SharedPrefix":
        """What some queries see; one may occur several times."""
        return SharedPrefix(
            tuple(keys[queries] for keys in self.keys),
            tuple(values[queries] for values in self.values),
            self.lengths[queries],
            self.n_tail,
            None if self.change is None else self.change.chosen(queries),
        )

    @cached_property
    def tail(self) -> Int[Tensor, "query tail"]:
        """Which tokens of their texts the tails are."""
        return self.lengths[:, None] + torch.arange(self.n_tail, device=self.lengths.device)

    @cached_property
    def columns(self) -> Int[Tensor, "query token"]:
        """Which tokens of their texts are seen: those of the prefix, padded, then of the tail."""
        n_earlier = self.keys[0].shape[2] if self.keys else 0
        place = torch.arange(n_earlier, device=self.lengths.device)
        return torch.cat([place.expand(len(self.lengths), -1), self.tail], 1)

    def visible(self, window: int | None) -> Bool[Tensor, "query tail token"]:
        """Which tokens the tail's tokens see: of the prefix, then of the tail itself.

        Args:
            window: How many tokens a token sees, itself included; None for all.
        """
        positions, own = self.columns[:, None], self.tail[:, :, None]
        place, lengths = positions[:, 0, : -self.n_tail], self.lengths[:, None]
        is_real = torch.cat([place < lengths, torch.ones_like(self.tail, dtype=torch.bool)], 1)
        is_visible = is_real[:, None] & (positions <= own)
        return is_visible if window is None else is_visible & (positions > own - window)


@dataclass(frozen=True)
class SeenAttention:
    """Attention weights of one layer, as they were used."""

    weights: Float[Tensor, "query head row_token token"]
    is_visible: Bool[Tensor, "query tail token"]


_PREFIX: ContextVar[SharedPrefix] = ContextVar("prefix")


def whole(
    lengths: int, n_texts: int, device: torch.device, change: AttentionChange | None = None
) -> SharedPrefix:
    """What texts see whose tails are all of them, padded to one length."""
    nothing = torch.zeros(n_texts, dtype=torch.int64, device=device)
    return SharedPrefix((), (), nothing, lengths, change)


@contextmanager
def row_attention(
    model: LanguageModel, prefix: SharedPrefix, n_rows: int = 1
) -> Iterator[dict[str, Tensor]]:
    """Have a model attend from rows to a shared prefix; restored at the end.

    Args:
        model: The model.
        prefix: What its rows see.
        n_rows: Rows of every query that the model is given.

    Yields:
        What the model is to be given beside the tokens.

    Raises:
        StudyError: The model computes attention in a way of its own.
    """
    config = model.module.config
    implementation = config._attn_implementation
    prefix.n_calls = 0
    token = _PREFIX.set(prefix)
    config._attn_implementation = NAME
    try:
        yield {
            "position_ids": prefix.tail.repeat(1, n_rows),
            # In four dimensions transformers passes it on untouched.
            "attention_mask": torch.zeros(
                (len(prefix.lengths), 1, 1, 1), dtype=model.dtype, device=model.device
            ),
        }
    finally:
        config._attn_implementation = implementation
        _PREFIX.reset(token)
    if prefix.n_calls != model.n_layers:
        raise unsupported(
            model,
            f"of {model.n_layers} layers, {prefix.n_calls} computed attention through"
            " transformers' AttentionInterface",
        )


@contextmanager
def changed_attention(
    model: LanguageModel, tokens: Int[Tensor, "text token"], change: AttentionChange | None
) -> Iterator[dict[str, Tensor]]:
    """A model's own attention to whole texts, or a changed one; what it is to be given for it."""
    if change is None:
        yield {"attention_mask": torch.ones_like(tokens)}
        return
    with row_attention(model, whole(tokens.shape[1], len(tokens), model.device, change)) as given:
        yield given


def attend(
    module: torch.nn.Module,
    query: Float[Tensor, "query head row_token width"],
    key: Float[Tensor, "query key_head row_token width"],
    value: Float[Tensor, "query key_head row_token value_width"],
    attention_mask: Tensor | None,
    *,
    scaling: float | None = None,
    softcap: float | None = None,
    sliding_window: int | None = None,
    **_other: object,
) -> tuple[Float[Tensor, "query row_token head value_width"], None]:
    """Attend from every row to the shared prefix and to itself.

    The signature is that of transformers' attention functions.

    Args:
        module: The attention module, which knows the number of its layer.
        query: Of every row, token by token.
        key: Of every row itself; a head may serve several heads of ``query``.
        value: As key.
        attention_mask: Not used: what a row sees is known from the prefix.
        scaling: Of the attention logits; the inverse root of the width if not given.
        softcap: c where logits are c tanh(logit / c).
        sliding_window: How many tokens a token sees, itself included; all if not given.
    """
    prefix = _PREFIX.get()
    prefix.n_calls += 1
    n_queries, n_heads, n_row_tokens, width = query.shape
    n_key_heads, n_tail = key.shape[1], prefix.n_tail
    grouped = query.reshape(n_queries, n_key_heads, -1, n_row_tokens, width)
    scale = width**-0.5 if scaling is None else scaling

    logits = _own_logits(grouped, key, n_tail) * scale
    n_tokens, layer = 0, cast(int, module.layer_idx)
    if prefix.keys:
        n_tokens = prefix.keys[layer].shape[2]
        earlier = _flat(grouped) @ prefix.keys[layer].transpose(2, 3) * scale
        logits = torch.cat([earlier.reshape(*grouped.shape[:4], n_tokens), logits], -1)
    if softcap is not None:
        logits = torch.tanh(logits / softcap) * softcap
    is_visible = prefix.visible(sliding_window)  # query tail token
    by_tail = logits.reshape(*logits.shape[:3], -1, n_tail, logits.shape[-1])
    logits = by_tail.masked_fill(~is_visible[:, None, None, None], -torch.inf).reshape(logits.shape)
    shares = _weights(prefix, layer, logits)
    if prefix.seen is not None:
        prefix.seen.append(SeenAttention(shares.flatten(1, 2), is_visible))
    seen = _own_values(shares[..., n_tokens:], value, n_tail)
    if prefix.keys:
        seen = seen + (_flat(shares[..., :n_tokens]) @ prefix.values[layer]).reshape(seen.shape)
    return seen.reshape(n_queries, n_heads, n_row_tokens, -1).transpose(1, 2), None


def _weights(
    prefix: SharedPrefix, layer: int, logits: Float[Tensor, "query key_head group row_token token"]
) -> Float[Tensor, "query key_head group row_token token"]:
    """Attention weights of one layer, changed if asked."""
    if prefix.change is None:
        return torch.softmax(logits, -1)
    rows = prefix.tail.repeat(1, logits.shape[3] // prefix.n_tail)
    changed = prefix.change.weights(layer, logits.flatten(1, 2), prefix.columns, rows)
    return changed.reshape(logits.shape)


def _own_logits(
    grouped: Float[Tensor, "query key_head group row_token width"],
    key: Float[Tensor, "query key_head row_token width"],
    n_tail: int,
) -> Float[Tensor, "query key_head group row_token tail"]:
    """Logits from every token of a row to those of the same row."""
    if n_tail == 1:
        return (grouped * key[:, :, None]).sum(-1, keepdim=True)
    asking, asked = _by_row(grouped, n_tail), _by_row(key[:, :, None], n_tail)
    return (asking @ asked.transpose(-1, -2)).flatten(3, 4)


def _own_values(
    shares: Float[Tensor, "query key_head group row_token tail"],
    value: Float[Tensor, "query key_head row_token value_width"],
    n_tail: int,
) -> Float[Tensor, "query key_head group row_token value_width"]:
    """What every token of a row takes from those of the same row."""
    if n_tail == 1:
        return shares * value[:, :, None]
    return (_by_row(shares, n_tail) @ _by_row(value[:, :, None], n_tail)).flatten(3, 4)


def _by_row(
    tokens: Float[Tensor, "query key_head group row_token width"], n_tail: int
) -> Float[Tensor, "query key_head group row tail width"]:
    return tokens.reshape(*tokens.shape[:3], -1, n_tail, tokens.shape[4])


def _flat(
    grouped: Float[Tensor, "query key_head group row_token width"],
) -> Float[Tensor, "query key_head group_row_token width"]:
    """The heads that share a key head one after another, for one matrix product."""
    return grouped.reshape(*grouped.shape[:2], -1, grouped.shape[4])


AttentionInterface.register(NAME, attend)
