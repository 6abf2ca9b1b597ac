"""One forward run of a model over versions of each prompt's tail, side by side.

A version, a *row*, differs from the unmodified run from one layer on: there the neurons a at one
token are replaced by a − (1 − α) s, where s is the path's step from its baseline to a. As a down
projection is linear, a row is the unmodified run less (1 − α) W s behind that projection. Where a
layer adds the projection's output as it is, rows enter behind the layer, and their own layer
costs nothing; elsewhere they run through their layer, too, and enter inside it. Row 0 of every
query is the unmodified run.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from qloc.models.language_model import LanguageModel
from qloc.models.row_attention import row_attention
from qloc.models.tails import Tail


@dataclass(frozen=True)
class Entries:
    """What enters: one entry per path, in rising order of layer; a row for each point α.

    Attributes:
        queries: Of every path.
        layers: Of every path.
        moves: W s: what the step of a path adds behind the down projection.
        starts: What the down projection puts out at a path's baseline, bias included. Known where
            rows enter inside their layer: a norm that follows would magnify the rounding error
            of a difference that should be 0.
    """

    queries: Int[Tensor, " path"]
    layers: Int[Tensor, " path"]
    moves: Float[Tensor, "path hidden"]
    starts: Float[Tensor, "path hidden"] | None = None


@dataclass
class Rows:
    """What the hooks of one run see.

    Attributes:
        tail: The tails that run.
        entries: What enters.
        points: α of the rows of a path.
        widths: Rows behind every layer: those of the query that has most.
        places: In which row each entry stands; rows of a query fill up from 1, layer by layer.
        hidden: Where rows entered, by layer.
    """

    tail: Tail
    entries: Entries
    points: Float[Tensor, " point"]
    widths: list[int]
    places: Int[Tensor, "path point"]
    hidden: dict[int, Float[Tensor, "query row token hidden"]] = field(default_factory=dict)

    def entering(self, layer: int) -> slice:
        """The entries of a layer."""
        ends = torch.searchsorted(self.entries.layers, torch.tensor([layer, layer + 1]))
        return slice(*ends.tolist())

    def apart(self, hidden: Tensor) -> Float[Tensor, "query row token hidden"]:
        """Hidden states inside the model, with rows and tokens in dimensions of their own."""
        n_queries, n_tokens = self.tail.tokens.shape
        return hidden.reshape(n_queries, -1, n_tokens, hidden.shape[-1])


def arrange_rows(
    tail: Tail, entries: Entries, points: Float[Tensor, " point"], n_layers: int
) -> Rows:
    """Give every entry its rows."""
    n_points = len(points)
    counts = torch.zeros((len(tail.tokens), n_layers), dtype=torch.int64)
    counts.index_put_(
        (entries.queries, entries.layers), torch.ones_like(entries.queries), accumulate=True
    )
    order = torch.argsort(entries.queries, stable=True)  # of a query by layer, as entries are
    first = counts.sum(1).cumsum(0) - counts.sum(1)
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(order)) - first[entries.queries[order]]
    widths: list[int] = (1 + n_points * counts.cumsum(1).amax(0)).tolist()
    return Rows(
        tail, entries, points, widths, 1 + n_points * rank[:, None] + torch.arange(n_points)
    )


def run_rows(model: LanguageModel, rows: Rows) -> Float[Tensor, "query answer_token row hidden"]:
    """Run tails in all their versions; the last hidden states from which answers are read.

    Raises:
        StudyError: The model computes attention in a way of its own.
    """
    with frozen(model), attending(model, rows.tail) as given, _hooks(model, rows):
        output = model.base(input_ids=rows.tail.tokens, use_cache=False, **given)
    return read(rows.tail, rows.apart(output.last_hidden_state))


def read(
    tail: Tail, hidden: Float[Tensor, "query row token hidden"]
) -> Float[Tensor, "query answer_token row hidden"]:
    """The hidden states from which answers are read."""
    if hidden.shape[2] == 1:
        return hidden.transpose(1, 2)
    queries = torch.arange(len(hidden), device=hidden.device)[:, None]
    return hidden[queries, :, tail.reads]


@contextmanager
def attending(model: LanguageModel, tail: Tail, n_rows: int = 1) -> Iterator[dict[str, Tensor]]:
    """Have a model attend from rows to what comes before the tail, where it can."""
    if not model.architecture.has_row_attention:
        yield {}
        return
    with row_attention(model, tail.prefix, n_rows) as given:
        yield given


@contextmanager
def frozen(model: LanguageModel) -> Iterator[None]:
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
    """Let rows enter behind every layer, or inside it."""
    is_inside = not model.architecture.adds_plainly
    with ExitStack() as stack:
        for layer, (block, down) in enumerate(
            zip(model.layers, model.down_projections, strict=True)
        ):
            before = partial(_prepare, model, rows, layer if is_inside else None)
            hook = block.register_forward_pre_hook(before, with_kwargs=True)
            stack.callback(hook.remove)
            entered = partial(_enter_inside if is_inside else _enter_behind, model, rows, layer)
            hook = (down if is_inside else block).register_forward_hook(entered)
            stack.callback(hook.remove)
        yield


def _prepare(
    model: LanguageModel,
    rows: Rows,
    widened: int | None,
    _block: torch.nn.Module,
    inputs: tuple[Any, ...],
    named: Mapping[str, Any],
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Give a layer its rows where they enter inside it, and every row its positions."""
    hidden, *others = inputs
    if widened is not None:
        hidden = _together(model, _wider(rows, widened, rows.apart(hidden)))
    given = dict(named)
    n_rows = rows.apart(hidden).shape[1]
    if given.get("position_embeddings") is not None and rows.tail.tokens.shape[1] > 1:
        given["position_embeddings"] = tuple(
            part.repeat(1, n_rows, 1) for part in given["position_embeddings"]
        )
    return (hidden, *others), given


def _enter_behind(
    model: LanguageModel,
    rows: Rows,
    layer: int,
    _block: torch.nn.Module,
    _inputs: object,
    output: Tensor | tuple[Any, ...],
) -> Tensor | tuple[Any, ...]:
    """Let the rows of a layer enter behind it."""
    if rows.entering(layer).stop == rows.entering(layer).start:
        return output
    hidden, *others = output if isinstance(output, tuple) else (output,)
    hidden = _together(model, _entered(rows, layer, _wider(rows, layer, rows.apart(hidden))))
    return (hidden, *others) if isinstance(output, tuple) else hidden


def _enter_inside(
    model: LanguageModel,
    rows: Rows,
    layer: int,
    _down: torch.nn.Module,
    _inputs: object,
    output: Tensor,
) -> Tensor:
    """Let the rows of a layer, which it already carries, enter behind its down projection."""
    if rows.entering(layer).stop == rows.entering(layer).start:
        return output
    return _entered(rows, layer, rows.apart(output).clone()).reshape(output.shape)


def _wider(
    rows: Rows, layer: int, hidden: Float[Tensor, "query row token hidden"]
) -> Float[Tensor, "query wider_row token hidden"]:
    """Hidden states with copies of the unmodified row where rows of a layer will stand."""
    n_new = rows.widths[layer] - hidden.shape[1]
    if not n_new:
        return hidden
    return torch.cat([hidden, hidden[:, :1].detach().expand(-1, n_new, -1, -1)], 1)


def _entered(
    rows: Rows, layer: int, hidden: Float[Tensor, "query row token hidden"]
) -> Float[Tensor, "query row token hidden"]:
    """Put the rows of a layer in their places, in memory of ``hidden``."""
    entering = rows.entering(layer)
    queries = rows.entries.queries[entering].to(hidden.device)
    places = rows.places[entering].to(hidden.device)
    changed = rows.tail.changed[queries]
    points, moves = rows.points[:, None], rows.entries.moves[entering, None]
    if rows.entries.starts is None:
        unmodified = hidden[queries, 0, changed].detach()
        changes = unmodified[:, None] - (1 - points) * moves
    else:
        changes = rows.entries.starts[entering, None] + points * moves
    hidden[queries[:, None], places, changed[:, None]] = changes
    if torch.is_grad_enabled() and not hidden.requires_grad:
        hidden.requires_grad_()  # the graph starts at the first row
    rows.hidden[layer] = hidden
    return hidden


def _together(
    model: LanguageModel, hidden: Float[Tensor, "query row token hidden"]
) -> Float[Tensor, "..."]:
    """Rows as the model's layers take them: as more tokens, or as more texts."""
    return hidden.flatten(1, 2) if model.architecture.has_row_attention else hidden.flatten(0, 1)
