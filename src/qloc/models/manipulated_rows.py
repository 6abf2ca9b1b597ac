"""One run of a model over rows whose neurons are scaled at one token each.

Where only neurons at the last token of a prompt are scaled, what comes before it is the same in
all rows, and a row is one token (`qloc.models.neuron_factors`). Where attention is changed, too, a
row is a whole text (`qloc.models.interventions`).
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from qloc.models.answer_head import answer_probability
from qloc.models.language_model import LanguageModel, unsupported
from qloc.models.rows import attending, read
from qloc.models.tails import Tail


@dataclass(frozen=True)
class NeuronFactors:
    """Factors of some neurons at the last token of a prompt, behind which the answer is predicted.

    Attributes:
        layers: Of every neuron.
        neurons: Their numbers; no neuron twice.
        factor: Of their values: 0 suppresses, 2 enhances.
    """

    layers: Int[np.ndarray, " neuron"]
    neurons: Int[np.ndarray, " neuron"]
    factor: float


@dataclass(frozen=True)
class RowFactors:
    """Factors of neurons in all rows of a run, neuron by neuron."""

    queries: Int[Tensor, " neuron"]
    rows: Int[Tensor, " neuron"]
    layers: Int[Tensor, " neuron"]
    neurons: Int[Tensor, " neuron"]
    factors: Float[Tensor, " neuron"]

    @staticmethod
    def of(model: LanguageModel, rows: Sequence[Sequence[NeuronFactors | None]]) -> "RowFactors":
        """The factors of the rows of every query; none for a row that is not manipulated."""
        placed = [
            (query, row, given)
            for query, of_query in enumerate(rows)
            for row, given in enumerate(of_query)
            if given is not None
        ]
        sizes = [len(given.layers) for _, _, given in placed]

        def spread(values: Sequence[int] | Sequence[float], dtype: torch.dtype) -> Tensor:
            repeated = np.repeat(np.array(values, dtype=np.float64), sizes)
            return torch.tensor(repeated, dtype=dtype, device=model.device)

        def joined(parts: Sequence[Int[np.ndarray, " _"]]) -> Tensor:
            whole = np.concatenate([np.empty(0, dtype=np.int64), *parts])
            return torch.tensor(whole, dtype=torch.int64, device=model.device)

        return RowFactors(
            queries=spread([query for query, _, _ in placed], torch.int64),
            rows=spread([row for _, row, _ in placed], torch.int64),
            layers=joined([given.layers for _, _, given in placed]),
            neurons=joined([given.neurons for _, _, given in placed]),
            factors=spread([given.factor for _, _, given in placed], model.dtype),
        )


@dataclass(frozen=True)
class ManipulatedRows:
    """What came of a run.

    Attributes:
        probability: Of the answer.
        neurons: What they did at the scaled token, layer by layer, if that was asked.
    """

    probability: Float[Tensor, "query row"]
    neurons: list[Float[Tensor, "query row neuron"]]


@torch.no_grad()
def run_manipulated(
    model: LanguageModel, tail: Tail, n_rows: int, factors: RowFactors, *, keeps_neurons: bool
) -> ManipulatedRows:
    """Run every tail in so many rows, each with neurons scaled at the tail's changed token.

    Args:
        model: Who reads.
        tail: The tails.
        n_rows: Of every tail.
        factors: Of neurons, row by row.
        keeps_neurons: Whether to return what all neurons did.

    Raises:
        StudyError: The model is not built as its architecture says.
    """
    shares = model.architecture.has_row_attention
    tokens = tail.tokens.repeat(1, n_rows) if shares else tail.tokens.repeat_interleave(n_rows, 0)
    seen: dict[int, Tensor] = {}
    with (
        attending(model, tail, n_rows) as given,
        _hooks(model, tail, factors, seen, keeps_neurons=keeps_neurons),
    ):
        output = model.base(input_ids=tokens, use_cache=False, **given)
    if len(seen) != model.n_layers:
        missing = min(set(range(model.n_layers)) - set(seen))
        raise unsupported(model, f"layer {missing} did not run its down projection")
    hidden = output.last_hidden_state
    apart = hidden.reshape(len(tail.tokens), n_rows, -1, hidden.shape[-1])
    asked = read(tail, apart)
    answers = tail.answers[:, :, None].expand(asked.shape[:3])
    probability = answer_probability(model, asked.flatten(0, 2), answers.flatten())
    return ManipulatedRows(
        tail.combined(probability.reshape(asked.shape[:3])),
        [seen[layer] for layer in range(model.n_layers)] if keeps_neurons else [],
    )


@contextmanager
def _hooks(
    model: LanguageModel,
    tail: Tail,
    factors: RowFactors,
    seen: dict[int, Tensor],
    *,
    keeps_neurons: bool,
) -> Iterator[None]:
    """Scale the neurons that every down projection takes, and note that it ran."""
    with ExitStack() as stack:
        for layer, down in enumerate(model.down_projections):
            own = factors.layers == layer
            places = (factors.queries[own], factors.rows[own], factors.neurons[own])
            scale = partial(_scale, tail, places, factors.factors[own], seen, layer, keeps_neurons)
            stack.callback(down.register_forward_pre_hook(scale).remove)
        yield


def _scale(
    tail: Tail,
    places: tuple[Int[Tensor, " neuron"], Int[Tensor, " neuron"], Int[Tensor, " neuron"]],
    factors: Float[Tensor, " neuron"],
    seen: dict[int, Tensor],
    layer: int,
    keeps_neurons: bool,
    _down: torch.nn.Module,
    inputs: tuple[Tensor, ...],
) -> tuple[Tensor, ...]:
    queries, rows, neurons = places
    n_queries, n_tokens = tail.tokens.shape
    given = inputs[0].clone() if len(queries) else inputs[0]
    apart = given.reshape(n_queries, -1, n_tokens, given.shape[-1])
    apart[queries, rows, tail.changed[queries], neurons] *= factors
    every = torch.arange(n_queries, device=given.device)
    seen[layer] = apart[every, :, tail.changed] if keeps_neurons else given.new_empty(0)
    return (apart.reshape(given.shape),)
