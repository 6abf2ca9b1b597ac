"""Texts read with manipulations: neurons scaled, attention columns scaled, attention mass moved.

A manipulated column changes every later token, so each intervention is a text of its own; many of
them, of several queries, share one run of the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64

from qloc.errors import StudyError
from qloc.models.architectures import ARCHITECTURES
from qloc.models.attention_change import AttentionChange
from qloc.models.language_model import LanguageModel
from qloc.models.manipulated_rows import NeuronFactors, RowFactors, run_manipulated
from qloc.models.padding import padded, runs
from qloc.models.prompting import AnswerTokens, EncodedQuery
from qloc.models.row_attention import SeenAttention, row_attention, whole
from qloc.models.tails import Prompts, Tail


@dataclass(frozen=True)
class ColumnFactors:
    """Factors of attention columns, after softmax.

    Attributes:
        factors: Of every layer, query head and token of the prompt: 0 suppresses, 2 enhances.
        is_renormalised: Whether rows add up to 1 again: the weights are softmax(s + log f).
    """

    factors: Float[np.ndarray, "layer head token"]
    is_renormalised: bool


@dataclass(frozen=True)
class MassChanges:
    """By how much the total attention of every row changes, in proportion over all that it sees.

    Attributes:
        changes: Of every layer, query head and token, as `Outcomes.mass_changes` gives them.
    """

    changes: Float[np.ndarray, "layer head token"]


@dataclass(frozen=True)
class Intervention:
    """What is done while a query is read; nothing, if nothing is given.

    Attributes:
        query: Number of the query.
        neurons: Scaled at the last token of the prompt.
        columns: Scaled in all rows that see them.
        masses: Moved in every row, after the columns.
    """

    query: int
    neurons: NeuronFactors | None = None
    columns: ColumnFactors | None = None
    masses: MassChanges | None = None

    @property
    def does_nothing(self) -> bool:
        """Whether no neuron, column or mass is other than it was."""
        scaled = self.neurons
        has_neurons = scaled is not None and len(scaled.layers) > 0 and scaled.factor != 1
        has_columns = self.columns is not None and bool((self.columns.factors != 1).any())
        has_masses = self.masses is not None and bool(self.masses.changes.any())
        return not (has_neurons or has_columns or has_masses)


@dataclass(frozen=True)
class Outcomes:
    """What came of interventions.

    Attributes:
        answer_probability: Of the query's answer.
        activations: Of all neurons at the last token of the prompt, as the down projections got
            them.
        mass_changes: By how much `ColumnFactors` changed the total attention of every row; the rows
            are the tokens of the prompt and of the answer but the last that counts. 0 where columns
            are not scaled, or are scaled and renormalised.
    """

    answer_probability: Float64[np.ndarray, " intervention"]
    activations: Float[np.ndarray, "intervention layer neuron"]
    mass_changes: list[Float[np.ndarray, "layer head _"]]


@dataclass(frozen=True)
class Attention:
    """How a model attends within one prompt.

    Attributes:
        weights: After softmax; a row for every token that looks.
        is_visible: Which tokens a row may see: earlier ones and itself, within the layer's window.
    """

    weights: Float[np.ndarray, "layer head row column"]
    is_visible: Bool[np.ndarray, "layer row column"]


def intervene(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    interventions: Sequence[Intervention],
    answer_tokens: AnswerTokens,
) -> Outcomes:
    """Read queries with manipulations.

    Args:
        model: Who reads.
        queries: That have no problem.
        interventions: In any order; a query may have many. Those that do nothing share one run, so
            that what they give is equal bit by bit.
        answer_tokens: What counts of an answer.

    Raises:
        StudyError: The model's attention cannot be changed, or the model is not built as its
            architecture says.
    """
    distinct, places = without_repeats(interventions)
    probability = np.empty(len(distinct))
    shape = (len(distinct), model.n_layers, model.n_neurons)
    dtype = np.float64 if model.dtype == torch.float64 else np.float32
    activations = np.empty(shape, dtype=dtype)
    moved: list[Float[np.ndarray, "layer head _"]] = []
    lengths = [n_read(queries[part.query], answer_tokens) for part in distinct]
    for chosen in runs(lengths):
        parts = distinct[chosen]
        own = [queries[part.query] for part in parts]
        tail = _whole_texts(
            model, own, attention_change(model, own, parts, answer_tokens), answer_tokens
        )
        factors = RowFactors.of(model, [[part.neurons] for part in parts])
        run = run_manipulated(model, tail, 1, factors, keeps_neurons=True)
        probability[chosen] = run.probability[:, 0].double().numpy(force=True)
        for layer, neurons in enumerate(run.neurons):
            activations[chosen, layer] = neurons[:, 0].numpy(force=True)
        moved += _moved(model, tail.prefix.change, lengths[chosen])
    return Outcomes(probability[places], activations[places], [moved[place] for place in places])


def _whole_texts(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    change: AttentionChange | None,
    answer_tokens: AnswerTokens,
) -> Tail:
    """Tails that are whole texts, as nothing was read beforehand; changed at the last token."""
    nothing = torch.empty((len(queries), 0, model.n_layers, model.n_neurons))
    texts = Prompts(queries, (), (), nothing, answer_tokens, model.device, change)
    return texts.tail(range(len(queries)), [len(query.prompt_tokens) - 1 for query in queries])


def without_repeats(
    interventions: Sequence[Intervention],
) -> tuple[list[Intervention], list[int]]:
    """Interventions with one that does nothing, at most, of every query; and where each went."""
    distinct: list[Intervention] = []
    places: list[int] = []
    idle: dict[int, int] = {}
    for part in interventions:
        if part.does_nothing and part.query in idle:
            places.append(idle[part.query])
            continue
        if part.does_nothing:
            idle[part.query] = len(distinct)
        places.append(len(distinct))
        distinct.append(part)
    return distinct, places


def read_attention(model: LanguageModel, queries: Sequence[EncodedQuery]) -> list[Attention]:
    """How a model attends within the prompts, nothing manipulated.

    Raises:
        StudyError: The model's attention cannot be read.
    """
    _check(model)
    tokens = padded([query.prompt_tokens for query in queries]).to(model.device)
    prefix = whole(tokens.shape[1], len(tokens), model.device)
    prefix.seen = []
    with torch.no_grad(), row_attention(model, prefix) as given:
        model.base(input_ids=tokens, use_cache=False, **given)
    return [
        _of_prompt(prefix.seen, number, len(query.prompt_tokens))
        for number, query in enumerate(queries)
    ]


def _of_prompt(seen: Sequence[SeenAttention], number: int, n_tokens: int) -> Attention:
    own = slice(n_tokens)
    return Attention(
        torch.stack([layer.weights[number, :, own, own] for layer in seen]).numpy(force=True),
        torch.stack([layer.is_visible[number, own, own] for layer in seen]).numpy(force=True),
    )


def attention_change(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    interventions: Sequence[Intervention],
    answer_tokens: AnswerTokens,
) -> AttentionChange | None:
    """What is done to the attention of every text; none if nothing is done to any.

    Args:
        model: Who reads.
        queries: Of every intervention.
        interventions: What is done.
        answer_tokens: What counts of an answer.

    Raises:
        StudyError: The model's attention cannot be changed.
    """
    if all(part.columns is None and part.masses is None for part in interventions):
        return None
    _check(model)
    lengths = [n_read(query, answer_tokens) for query in queries]
    shape = (len(queries), model.n_layers, model.n_heads, max(lengths))
    factors = np.ones(shape)
    masses = np.zeros(shape)
    for number, part in enumerate(interventions):
        if part.columns is not None:
            factors[number, :, :, : part.columns.factors.shape[2]] = part.columns.factors
        if part.masses is not None:
            masses[number, :, :, : part.masses.changes.shape[2]] = part.masses.changes
    is_renormalised = [bool(p.columns and p.columns.is_renormalised) for p in interventions]
    return AttentionChange(
        torch.tensor(factors, dtype=model.dtype, device=model.device),
        torch.tensor(is_renormalised, device=model.device),
        torch.tensor(masses, dtype=model.dtype, device=model.device),
    )


def n_read(query: EncodedQuery, answer_tokens: AnswerTokens) -> int:
    """Tokens that are read: the prompt, and the answer's that count but the last."""
    return len(query.prompt_tokens) + len(query.counted_tokens(answer_tokens)) - 1


def _moved(
    model: LanguageModel, change: AttentionChange | None, lengths: Sequence[int]
) -> list[Float[np.ndarray, "layer head _"]]:
    """By how much the totals of every text changed."""
    if change is None:
        return [np.zeros((model.n_layers, model.n_heads, length)) for length in lengths]
    moved = torch.stack(change.moved, 1).numpy(force=True)
    return [of_text[:, :, :length] for of_text, length in zip(moved, lengths, strict=True)]


def _check(model: LanguageModel) -> None:
    """Refuse a model whose attention can be neither read nor changed."""
    if model.architecture.has_row_attention:
        return
    within_reach = sorted(name for name, row in ARCHITECTURES.items() if row.has_row_attention)
    raise StudyError(
        f"Synapses of {type(model.module).__name__} cannot be studied: it computes attention in a"
        " way of its own, which can be neither read nor changed. Leave synapses out with"
        " `synapses: {presets: []}`, or study a model of another architecture:"
        f" {', '.join(within_reach)}."
    )
