"""One forward run of a model over versions of each prompt's last token, side by side.

A version, a *row*, differs from the unmodified run from one layer on: there the neurons a at the
last token are replaced by α a. Earlier tokens cannot change, so their keys and values are
computed once. As a down projection is linear, a row enters behind its layer as
h − (1 − α) W a, and its own layer costs nothing. Row 0 is the unmodified rows.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from qloc.errors import StudyError
from qloc.models.architectures import ARCHITECTURES
from qloc.models.language_model import LanguageModel
from qloc.models.prompting import EncodedQuery
from qloc.models.row_attention import SharedPrefix, row_attention


@dataclass(frozen=True)
class Prompts:
    """A batch of queries, read up to the token before their last.

    Attributes:
        prefix: Keys and values of the earlier tokens.
        last_tokens: The last token of every prompt.
        answers: The first token of every answer.
    """

    prefix: SharedPrefix
    last_tokens: Int[Tensor, " query"]
    answers: Int[Tensor, " query"]

    def chosen(self, queries: Int[Tensor, " chosen"]) -> "Prompts":
        """Some of the queries."""
        prefix = SharedPrefix(
            tuple(keys[queries] for keys in self.prefix.keys),
            tuple(values[queries] for values in self.prefix.values),
            self.prefix.lengths[queries],
        )
        return Prompts(prefix, self.last_tokens[queries], self.answers[queries])


@dataclass
class Rows:
    """What the hooks of one run see.

    Attributes:
        pairs: The (query, layer) pairs whose rows enter.
        points: α of the rows of a pair.
        activations: Of the neurons in row 0, by layer.
        hidden: Behind every layer at which rows entered, by layer.
    """

    pairs: Bool[Tensor, "query layer"]
    points: Float[Tensor, " point"]
    activations: dict[int, Float[Tensor, "query neuron"]] = field(default_factory=dict)
    hidden: dict[int, Float[Tensor, "query row hidden"]] = field(default_factory=dict)

    def entering(self, layer: int) -> Int[Tensor, " entering"]:
        """The queries of which rows enter behind a layer."""
        return torch.nonzero(self.pairs[:, layer])[:, 0]

    def places(self, layer: int) -> Int[Tensor, "entering point"]:
        """In which row each of them enters; rows of a query fill up from 1, layer by layer."""
        n_points = len(self.points)
        first = 1 + n_points * self.pairs[:, :layer].sum(1)
        return first[self.entering(layer), None] + torch.arange(n_points, device=first.device)

    def width(self, layer: int) -> int:
        """Rows behind a layer: those of the query that has most."""
        return 1 + len(self.points) * int(self.pairs[:, : layer + 1].sum(1).max())


@torch.no_grad()
def read_prompts(model: LanguageModel, queries: Sequence[EncodedQuery]) -> Prompts:
    """Compute keys and values of all tokens but the last, of prompts of any lengths.

    Prompts are padded on the right; no earlier token sees the padding.
    """
    lengths = torch.tensor([len(query.prompt_tokens) - 1 for query in queries])
    longest = int(lengths.max())
    tokens = torch.zeros((len(queries), longest), dtype=torch.int64)
    for row, query in zip(tokens, queries, strict=True):
        row[: len(query.prompt_tokens) - 1] = torch.tensor(query.prompt_tokens[:-1])
    keys: tuple[Tensor, ...] = ()
    values: tuple[Tensor, ...] = ()
    if longest:
        tokens = tokens.to(model.device)
        cache = DynamicCache()  # without a configuration: with one, sliding layers drop keys
        model.base(
            input_ids=tokens,
            attention_mask=torch.ones_like(tokens),
            past_key_values=cache,
            use_cache=True,
        )
        layers = cast(list[DynamicLayer], cache.layers)
        keys = tuple(cast(Tensor, layer.keys) for layer in layers)
        values = tuple(cast(Tensor, layer.values) for layer in layers)
    return Prompts(
        SharedPrefix(keys, values, lengths.to(model.device)),
        torch.tensor([query.prompt_tokens[-1] for query in queries], device=model.device),
        torch.tensor([query.answer_token for query in queries], device=model.device),
    )


def run_rows(
    model: LanguageModel, prompts: Prompts, rows: Rows
) -> Float[Tensor, "query row hidden"]:
    """Run the last token in all its versions; the last hidden state of each.

    Raises:
        StudyError: The model computes attention in a way of its own.
    """
    n_queries, prefix = len(prompts.answers), prompts.prefix
    no_mask = torch.zeros((n_queries, 1, 1, 1), dtype=model.dtype, device=model.device)
    prefix.n_calls = 0
    with _frozen(model), row_attention(model.module, prefix), _hooks(model, rows):
        output = model.base(
            input_ids=prompts.last_tokens[:, None],
            position_ids=prefix.lengths[:, None],
            attention_mask=no_mask,  # in four dimensions transformers passes it on untouched
            use_cache=False,
        )
    if prefix.n_calls != model.n_layers:
        raise unsupported(
            model,
            f"of {model.n_layers} layers, {prefix.n_calls} computed attention through"
            " transformers' AttentionInterface",
        )
    hidden: Tensor = output.last_hidden_state
    return hidden.reshape(n_queries, rows.width(model.n_layers - 1), -1)


@contextmanager
def _frozen(model: LanguageModel) -> Iterator[None]:
    """No gradients for weights, which would only take memory."""
    asked = [weight for weight in model.module.parameters() if weight.requires_grad]
    for weight in asked:
        weight.requires_grad_(False)
    try:
        yield
    finally:
        for weight in asked:
            weight.requires_grad_(True)


@contextmanager
def _hooks(model: LanguageModel, rows: Rows) -> Iterator[None]:
    """Read the neurons of row 0, and let rows enter behind every layer."""
    with ExitStack() as stack:
        for layer, (block, down) in enumerate(
            zip(model.layers, model.down_projections, strict=True)
        ):
            read = down.register_forward_pre_hook(partial(_read, rows, layer))
            stack.callback(read.remove)
            enter = block.register_forward_hook(partial(_enter, model, rows, layer))
            stack.callback(enter.remove)
        yield


def _read(rows: Rows, layer: int, _down: torch.nn.Module, inputs: tuple[Tensor, ...]) -> None:
    """Keep what the neurons do in the unmodified run."""
    rows.activations[layer] = inputs[0][:, 0].detach()


def _enter(
    model: LanguageModel,
    rows: Rows,
    layer: int,
    _block: torch.nn.Module,
    _inputs: object,
    hidden: Float[Tensor, "query row hidden"],
) -> Float[Tensor, "query wider_row hidden"]:
    """Let the rows of a layer enter behind it.

    Raises:
        StudyError: The layer did not run its down projection.
    """
    if layer not in rows.activations:
        raise unsupported(model, f"layer {layer} did not run its down projection")
    entering = rows.entering(layer)
    if not len(entering):
        return hidden
    activations = rows.activations[layer][entering]
    contribution = activations @ model.value_matrix(layer)  # entering hidden
    unmodified = hidden[:, :1].detach()
    versions = unmodified[entering] - (1 - rows.points)[:, None] * contribution[:, None]
    filler = unmodified.expand(-1, rows.width(layer) - hidden.shape[1], -1)
    wider = torch.cat([hidden, filler], 1).index_put(
        (entering[:, None], rows.places(layer)), versions
    )
    if torch.is_grad_enabled() and not wider.requires_grad:
        wider.requires_grad_()  # the graph starts at the first row
    rows.hidden[layer] = wider
    return wider


def unsupported(model: LanguageModel, reason: str) -> StudyError:
    """The refusal of a model that does not run as the sweep must have it."""
    return StudyError(
        f"{type(model.module).__name__} cannot be attributed: {reason}."
        f" Supported architectures: {', '.join(sorted(ARCHITECTURES))}."
    )
