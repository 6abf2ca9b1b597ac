"""Manipulated runs by the book: one query at a time, attention computed from Q, K and V by hand.

Takes nothing from the study but where the down projections are: plain hooks replace what each
attention module puts out and what goes into each down projection.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from qloc.models.interventions import ColumnFactors, Intervention, MassChanges, NeuronFactors
from qloc.models.language_model import LanguageModel
from qloc.models.prompting import EncodedQuery

# What was computed by hand: every form of attention that a wrong factor could hide in.
ATTENTION = ("gpt2", "gpt_neox", "llama", "mistral", "gemma2")
CLEAN = Intervention(0)
AS_THEY_ARE: Mapping[int, Tensor] = MappingProxyType({})


@dataclass
class Run:
    """One run of one query.

    Attributes:
        logits: At every token that ran.
        probability: Of the answer.
        neurons: What they did at the last token of the prompt, manipulated [layer neuron].
        before: The same before the factors of neurons.
        weights: With which values were summed [layer head row column].
        visible: Which columns each row may see [layer row column].
        mass_changes: By how much factors of columns changed each row's total [layer head row].
    """

    logits: Tensor = field(default_factory=lambda: torch.empty(0))
    probability: Tensor = field(default_factory=lambda: torch.empty(0))
    neurons: list[Tensor] = field(default_factory=list)
    before: list[Tensor] = field(default_factory=list)
    weights: list[Tensor] = field(default_factory=list)
    visible: list[Tensor] = field(default_factory=list)
    mass_changes: list[Tensor] = field(default_factory=list)


@dataclass(frozen=True)
class ByHand:
    """A model whose forward is patched for one query at a time."""

    model: LanguageModel
    answer_tokens: str = "first"

    def text(self, query: EncodedQuery) -> list[int]:
        """All tokens that run."""
        true = query.answer_tokens[: 1 if self.answer_tokens == "first" else None]
        return [*query.prompt_tokens, *true[:-1]]

    def run(
        self,
        query: EncodedQuery,
        intervention: Intervention = CLEAN,
        neurons: Mapping[int, Tensor] = AS_THEY_ARE,
    ) -> Run:
        """Run a query with a manipulation; neurons of some layers are given."""
        run, last = Run(), len(query.prompt_tokens) - 1
        with ExitStack() as stack:
            for layer, part in enumerate(self.model.layers):
                attention = part.get_submodule(_PLACE.get(self._name, "self_attn"))
                hook = partial(self._attend, run, intervention, layer)
                stack.callback(attention.register_forward_hook(hook, with_kwargs=True).remove)
                down = self.model.down_projections[layer]
                scale = partial(self._scale, run, intervention.neurons, layer, last, neurons)
                stack.callback(down.register_forward_pre_hook(scale).remove)
            tokens = torch.tensor([self.text(query)])
            inputs = {"input_ids": tokens, "attention_mask": torch.ones_like(tokens)}
            run.logits = self.model.module(**inputs, use_cache=False).logits[0]
        run.probability = self._answer(run.logits, query, last)
        return run

    def scores(self, query, intervention, points, weights) -> Tensor:
        """Integrated gradients of a manipulated model by the book [layer neuron]."""
        with torch.no_grad():
            values = self.run(query, intervention).neurons
        rows = []
        for layer, value in enumerate(values):
            total = torch.zeros_like(value)
            for point, weight in zip(points, weights, strict=True):
                at_point = (point * value).requires_grad_()
                probability = self.run(query, intervention, {layer: at_point}).probability
                total += weight * torch.autograd.grad(probability, at_point)[0]
            rows.append(value * total)
        return torch.stack(rows)

    @property
    def _name(self) -> str:
        return self.model.module.config.model_type

    def _answer(self, logits: Tensor, query: EncodedQuery, last: int) -> Tensor:
        true = query.answer_tokens[: 1 if self.answer_tokens == "first" else None]
        shares = [
            torch.softmax(logits[last + i].double(), 0)[token] for i, token in enumerate(true)
        ]
        each = torch.stack(shares)
        return each.prod() if self.answer_tokens == "joint" else each.mean()

    def _scale(self, run, factors, layer, last, given, _down, inputs):
        values = inputs[0].clone()
        rows = values[0]
        if layer in given:
            rows[last] = given[layer]
        run.before.append(rows[last].clone())
        if factors is not None:
            for at, neuron in zip(factors.layers.tolist(), factors.neurons.tolist(), strict=True):
                if at == layer:
                    rows[last, neuron] *= factors.factor
        run.neurons.append(rows[last].clone())
        return (values,)

    def _attend(self, run, intervention, layer, attention, args, named, _output):
        hidden = (args[0] if args else named["hidden_states"])[0]
        query, key, value = _PROJECT[self._name](attention, hidden, named)
        logits = query @ key.transpose(1, 2) * self._scaling(query.shape[-1])
        cap = getattr(self.model.module.config, "attn_logit_softcapping", None)
        if cap is not None:
            logits = cap * torch.tanh(logits / cap)
        visible = self._visible(layer, len(hidden))
        weights = torch.softmax(logits.masked_fill(~visible, -torch.inf), -1)
        manipulated = weights
        if intervention.columns is not None:
            manipulated = _with_columns(logits, weights, visible, intervention.columns, layer)
        run.mass_changes.append(manipulated.sum(-1) - weights.sum(-1))
        if intervention.masses is not None:
            change = torch.as_tensor(intervention.masses.changes[layer]).to(weights)[..., None]
            grown = 1 + change / manipulated.sum(-1, keepdim=True)
            manipulated = manipulated * grown.clamp(min=0)
        run.weights.append(manipulated)
        run.visible.append(visible)
        seen = (manipulated @ value).transpose(0, 1).flatten(1)
        return attention.get_submodule(_OUT.get(self._name, "o_proj"))(seen)[None], None

    def _scaling(self, width: int) -> float:
        return getattr(self.model.module.config, "query_pre_attn_scalar", width) ** -0.5

    def _visible(self, layer: int, n_tokens: int) -> Tensor:
        """One row and column at a time."""
        config = self.model.module.config
        window = getattr(config, "sliding_window", None)
        types = getattr(config, "layer_types", None)
        if window is None or (types and types[layer] != "sliding_attention"):
            window = n_tokens
        return torch.tensor(
            [
                [row - window < column <= row for column in range(n_tokens)]
                for row in range(n_tokens)
            ]
        )


def _with_columns(
    logits: Tensor, weights: Tensor, visible: Tensor, columns: ColumnFactors, layer: int
) -> Tensor:
    """Attention with its columns multiplied; behind the prompt they stay as they are."""
    n_heads, n_tokens, _ = logits.shape
    factors = torch.ones(n_heads, n_tokens).to(logits)
    given = torch.as_tensor(columns.factors[layer])
    factors[:, : given.shape[1]] = given.to(logits)
    if not columns.is_renormalised:
        return weights * factors[:, None]
    result = weights.clone()
    for head in range(n_heads):
        for row in range(n_tokens):
            left = visible[row] & (factors[head] > 0)
            if left.any():
                moved = logits[head, row, left] + factors[head, left].log()
                result[head, row] = 0
                result[head, row, left] = torch.softmax(moved, 0)
    return result


def _heads(tokens: Tensor, width: int) -> Tensor:
    """Of tokens [token head·width], every head apart [head token width]."""
    return tokens.reshape(len(tokens), -1, width).transpose(0, 1)


def _gpt2(attention, hidden: Tensor, _named) -> tuple[Tensor, ...]:
    parts = attention.c_attn(hidden).chunk(3, 1)
    return tuple(_heads(part, attention.head_dim) for part in parts)


def _gpt_neox(attention, hidden: Tensor, named) -> tuple[Tensor, ...]:
    """Queries, keys and values of a head lie beside each other."""
    heads = _heads(attention.query_key_value(hidden), 3 * attention.head_size)
    query, key, value = heads.chunk(3, 2)
    return _rotated(query, named), _rotated(key, named), value


def _llama(attention, hidden: Tensor, named) -> tuple[Tensor, ...]:
    """A head of keys and values serves several heads of queries, next to each other."""
    width = attention.head_dim
    query = _rotated(_heads(attention.q_proj(hidden), width), named)
    key = _rotated(_heads(attention.k_proj(hidden), width), named)
    value = _heads(attention.v_proj(hidden), width)
    group = len(query) // len(key)
    served = [head // group for head in range(len(query))]
    return query, key[served], value[served]


def _rotated(tokens: Tensor, named) -> Tensor:
    """The first components turned in pairs, one from each half of them."""
    cosine, sine = (part[0] for part in named["position_embeddings"])
    width = cosine.shape[-1]
    first, second = tokens[..., : width // 2], tokens[..., width // 2 : width]
    cosine, sine = cosine[:, : width // 2], sine[:, : width // 2]
    turned = [first * cosine - second * sine, second * cosine + first * sine]
    return torch.cat([*turned, tokens[..., width:]], -1)


_PLACE = {"gpt2": "attn", "gpt_neox": "attention"}
_OUT = {"gpt2": "c_proj", "gpt_neox": "dense"}
_PROJECT: dict[str, Callable[..., tuple[Tensor, ...]]] = {
    "gpt2": _gpt2,
    "gpt_neox": _gpt_neox,
    "llama": _llama,
    "mistral": _llama,
    "gemma2": _llama,
}


def n_heads(model: LanguageModel) -> int:
    """Of queries, in every layer."""
    return model.module.config.num_attention_heads


def drawn_columns(
    model: LanguageModel, query: EncodedQuery, values: tuple[float, ...], is_renormalised: bool
) -> ColumnFactors:
    """Every column is multiplied by one of some values, drawn."""
    draws = np.random.default_rng(len(query.prompt_tokens))
    shape = (model.n_layers, n_heads(model), len(query.prompt_tokens))
    return ColumnFactors(draws.choice(values, shape), is_renormalised)


def drawn_masses(oracle: ByHand, query: EncodedQuery) -> MassChanges:
    """Rows of all tokens that run lose or gain attention; some lose all."""
    draws = np.random.default_rng(len(query.prompt_tokens) + 100)
    shape = (oracle.model.n_layers, n_heads(oracle.model), len(oracle.text(query)))
    return MassChanges(np.maximum(draws.uniform(-1.2, 0.9, shape), -1.0))


def drawn_neurons(model: LanguageModel, query: EncodedQuery, factor: float) -> NeuronFactors:
    """Neurons of all layers."""
    draws = np.random.default_rng(len(query.prompt_tokens) + 200)
    cells = draws.choice(model.n_layers * model.n_neurons, 12, replace=False)
    return NeuronFactors(cells // model.n_neurons, cells % model.n_neurons, factor)
