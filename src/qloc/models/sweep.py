"""The exact attribution sweep: one forward and one backward for many paths.

A path leads the neurons of one layer, at one token of one query, straight from a baseline to what
they do. Path integrals ask for the gradient of the answer's probability at several points of
every path: by the book, a full run for each. Here all of them are rows of one run
(`qloc.models.rows`), the unmodified run (α = 1) is shared by all paths, and the gradient is taken
behind the down projection. What comes out is the same; only rounding differs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import torch
from jaxtyping import Float, Float64, Int
from torch import Tensor

from qloc.models.answer_head import answer_probability
from qloc.models.language_model import LanguageModel
from qloc.models.rows import Entries, Rows, arrange_rows, run_rows
from qloc.models.tails import Tail

# A run carries about as many rows of one token as its tails have queries times layers times this.
POINTS_PER_RUN = 10


@dataclass(frozen=True)
class Paths:
    """Straight paths of neurons, all from tails of one batch.

    Attributes:
        model: The model.
        tail: The tails; every path changes the neurons at its query's changed token.
        queries: Of every path, as numbers of tails.
        layers: Of every path.
        baselines: Of every path: what the neurons do where it starts.
        steps: Of every path, from its baseline to what the neurons do.
    """

    model: LanguageModel
    tail: Tail
    queries: Int[Tensor, " path"]
    layers: Int[Tensor, " path"]
    baselines: Float[Tensor, "path neuron"]
    steps: Float[Tensor, "path neuron"]

    def __len__(self) -> int:
        return len(self.queries)

    @cached_property
    def moves(self) -> Float[Tensor, "path hidden"]:
        """What every step adds behind the down projection."""
        return self._projected(self.steps)

    @cached_property
    def starts(self) -> Float[Tensor, "path hidden"]:
        """What the down projection puts out at every baseline."""
        starts = self._projected(self.baselines)
        for layer, down in enumerate(self.model.down_projections):
            if down.bias is not None:
                starts[self.layers == layer] += cast(Tensor, down.bias)
        return starts

    def _projected(self, neurons: Float[Tensor, "path neuron"]) -> Float[Tensor, "path hidden"]:
        found = neurons.new_empty((len(self), self.model.hidden_size))
        for layer in torch.unique(self.layers).tolist():
            chosen = self.layers == layer
            found[chosen] = neurons[chosen] @ self.model.value_matrix(layer)
        return found

    @torch.no_grad()
    def probabilities(
        self, alpha: float
    ) -> tuple[Float64[Tensor, " path"], Float64[Tensor, " path"]]:
        """The answer's probability at one point of every path, and unmodified."""
        at_point = self.steps.new_empty(len(self), dtype=torch.float64)
        unmodified = torch.empty_like(at_point)
        points = self.steps.new_tensor([alpha])
        for part in self._parts(torch.arange(len(self)), 1):
            rows = self._rows(part, points)
            found = _probability(self.model, rows, torch.float64)  # float32 logits are coarse
            at_point[part.paths] = found[part.queries, rows.places[:, 0]]
            unmodified[part.paths] = found[part.queries, 0]
        return at_point, unmodified

    def gradients(
        self, chosen: Int[Tensor, " chosen"], points: Sequence[float]
    ) -> tuple[Float[Tensor, "chosen point hidden"], Float[Tensor, "chosen hidden"]]:
        """Gradients of the answer's probability behind the down projections of some paths.

        Args:
            chosen: Which paths.
            points: Where on them, 1 excepted.

        Returns:
            At every point, and unmodified (at 1).
        """
        hidden = self.moves.shape[1]
        at_points = self.moves.new_empty((len(chosen), len(points), hidden))
        at_end = self.moves.new_empty((len(chosen), hidden))
        place = torch.empty(len(self), dtype=torch.int64)
        place[chosen] = torch.arange(len(chosen))
        for part in self._parts(chosen, len(points)):
            rows = self._rows(part, self.steps.new_tensor(points))
            inside, end = _gradients(self.model, rows)
            at_points[place[part.paths]] = inside
            at_end[place[part.paths]] = end
        return at_points, at_end

    def scores(
        self, chosen: Int[Tensor, " chosen"], gradients: Float[Tensor, "chosen hidden"]
    ) -> Float[Tensor, "chosen neuron"]:
        """What gradients, integrated over some paths, mean for every neuron."""
        scores = self.steps[chosen]
        layers = self.layers[chosen]
        for layer in torch.unique(layers).tolist():
            own = layers == layer
            scores[own] *= gradients[own] @ self.model.value_matrix(layer).T
        return scores

    def _rows(self, part: "_Part", points: Float[Tensor, " point"]) -> Rows:
        is_whole = torch.equal(part.tails, torch.arange(len(self.tail.tokens)))
        tail = self.tail if is_whole else self.tail.chosen(part.tails.to(self.steps.device))
        starts = None if self.model.architecture.adds_plainly else self.starts[part.paths]
        entries = Entries(part.queries, self.layers[part.paths], self.moves[part.paths], starts)
        return arrange_rows(tail, entries, points, self.model.n_layers)

    def _parts(self, chosen: Int[Tensor, " chosen"], n_points: int) -> Iterator["_Part"]:
        """Split paths into runs that keep memory bounded and waste little of it on padding."""
        n_tails, n_tokens = self.tail.tokens.shape
        most = max(1, n_tails * self.model.n_layers * POINTS_PER_RUN // n_tokens)
        pieces = sorted(self._pieces(chosen, max(1, most // n_points)), key=len, reverse=True)
        while pieces:
            longest = len(pieces[0])
            size = sum(2 * len(piece) >= longest for piece in pieces)
            size = min(size, max(1, most // (1 + n_points * longest)))
            if not self.model.architecture.has_row_attention:
                size = 1  # the model's own attention takes the rows of one query only
            taken, pieces = pieces[:size], pieces[size:]
            yield self._part(taken)

    def _pieces(self, chosen: Int[Tensor, " chosen"], size: int) -> Iterator[Int[Tensor, " piece"]]:
        """The chosen paths of every query in rising order of layer, a limited number at a time."""
        by_layer = chosen[torch.argsort(self.layers[chosen], stable=True)]
        queries = self.queries[by_layer]
        for query in torch.unique(queries).tolist():
            yield from by_layer[queries == query].split(size)  # type: ignore[no-untyped-call]

    def _part(self, pieces: Sequence[Int[Tensor, " _"]]) -> "_Part":
        paths = torch.cat(list(pieces))
        numbers = torch.arange(len(pieces)).repeat_interleave(torch.tensor([*map(len, pieces)]))
        order = torch.argsort(self.layers[paths], stable=True)
        tails = torch.stack([self.queries[piece[0]] for piece in pieces])
        return _Part(paths[order], numbers[order], tails)


@dataclass(frozen=True)
class _Part:
    """Paths of one run, in rising order of layer.

    Attributes:
        paths: Their numbers.
        queries: Of which tail of the run each is.
        tails: The tails of the run, as numbers of the batch's; one may occur several times.
    """

    paths: Int[Tensor, " path"]
    queries: Int[Tensor, " path"]
    tails: Int[Tensor, " tail"]


@torch.enable_grad()
def _gradients(
    model: LanguageModel, rows: Rows
) -> tuple[Float[Tensor, "path point hidden"], Float[Tensor, "path hidden"]]:
    """Gradients of the answer's probability where rows entered: in them, and unmodified."""
    probability = _probability(model, rows, model.dtype)
    layers = sorted(rows.hidden)
    found = torch.autograd.grad(probability.sum(), [rows.hidden[layer] for layer in layers])
    inside, end = [], []
    for layer, gradient in zip(layers, found, strict=True):
        entering = rows.entering(layer)
        queries = rows.entries.queries[entering].to(gradient.device)
        places = rows.places[entering].to(gradient.device)
        changed = rows.tail.changed[queries]
        inside.append(gradient[queries[:, None], places, changed[:, None]])
        end.append(gradient[queries, 0, changed])
    return torch.cat(inside), torch.cat(end)


def _probability(
    model: LanguageModel, rows: Rows, dtype: torch.dtype
) -> Float[Tensor, "query row"]:
    """The answer's probability in every row, computed by the head in a dtype."""
    hidden = run_rows(model, rows).to(dtype)
    answers = rows.tail.answers[:, :, None].expand(hidden.shape[:3])
    probability = answer_probability(model, hidden.flatten(0, 2), answers.flatten())
    return rows.tail.combined(probability.reshape(hidden.shape[:3]))
