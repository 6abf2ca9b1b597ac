"""What edits as rows cost, side by side with a loop that edits the weights, reads, and restores."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64
from tests.benchmark import edit_loop
from tests.benchmark.dimensions import SEED, Dimensions, random_model
from tests.benchmark.timing import Spread, Timed, gains, spread, take_turns
from tests.benchmark.work import weights_of_layer

from qloc.models.edited_rows import predict_edited
from qloc.models.edits import Edit
from qloc.models.language_model import LanguageModel
from qloc.models.predictions import Continuation

N_EDITS = 12  # of a fact: some sets at some strengths
N_NEURONS = 20  # of a set
STRENGTH = 0.5  # of a change, relative to the value vector
N_PROMPTS, N_ANSWER = 26, 2  # a fact's queries and the unrelated ones; tokens of an answer
N_TEXTS, N_TEXT = 5, 64  # for perplexity, and their tokens

PROMPTS = "prompts"
TEXTS = "texts"
FIRST = "first"
MIDDLE = "middle"
UPPER = "three quarters up"
OURS = "rows"
LOOP = "loop"

LogProbabilities = Float64[np.ndarray, " token"]


@dataclass(frozen=True)
class Cost:
    """Of edits at one set of dimensions.

    Attributes:
        dimensions: Name of the sizes.
        what: Is read with every edit.
        lowest: Which layer is the lowest edited one.
        seconds: Of one edit, by contender.
        gain: How many times faster rows are than the loop.
        most: The same by count, if nothing but layers below were saved; see `most_gain`.
        difference: Largest, of a log-probability, between the two.
    """

    dimensions: str
    what: str
    lowest: str
    seconds: Mapping[str, Spread]
    gain: Spread
    most: float
    difference: float


def costs(dimensions: Dimensions, n_rounds: int) -> list[Cost]:
    """Measure edits from every lowest layer, of prompts and of texts.

    Args:
        dimensions: The sizes.
        n_rounds: How often each contender takes its turn.
    """
    model = random_model(dimensions)
    read = {
        PROMPTS: continuations(dimensions, N_PROMPTS, dimensions.n_prompt, N_ANSWER),
        TEXTS: continuations(dimensions, N_TEXTS, 1, N_TEXT - 1),
    }
    lowest = {FIRST: 0, MIDDLE: model.n_layers // 2, UPPER: 3 * model.n_layers // 4}
    return [
        _cost((dimensions, what, name, layer), model, asked, n_rounds)
        for what, asked in read.items()
        for name, layer in lowest.items()
    ]


def most_gain(dimensions: Dimensions, texts: Sequence[Continuation], lowest: int) -> float:
    """All products with weights of an edited run, over those that are left from a layer up.

    Logits are made wherever something is predicted, whatever the layer.
    """
    layer = weights_of_layer(dimensions) * sum(len(asked.tokens) for asked in texts)
    head = (
        dimensions.hidden * dimensions.vocabulary * sum(len(asked.next_tokens) for asked in texts)
    )
    return (dimensions.n_layers * layer + head) / ((dimensions.n_layers - lowest) * layer + head)


def continuations(
    dimensions: Dimensions, n_texts: int, n_prompt: int, n_next: int
) -> list[Continuation]:
    """Texts of random tokens, all of the same length."""
    draws = np.random.default_rng(SEED)
    tokens = draws.integers(1, dimensions.vocabulary, (n_texts, n_prompt + n_next)).tolist()
    return [Continuation(tuple(row[:n_prompt]), tuple(row[n_prompt:])) for row in tokens]


def edits(model: LanguageModel, lowest: int) -> list[Edit]:
    """Neurons drawn from a layer and all above it, as many from each."""
    draws = np.random.default_rng(SEED)
    layers = lowest + np.arange(N_NEURONS) % (model.n_layers - lowest)
    found = []
    for _ in range(N_EDITS):
        neurons = draws.choice(model.n_neurons, N_NEURONS, replace=False)
        places = zip(layers.tolist(), neurons.tolist(), strict=True)
        vectors = [model.value_matrix(layer)[neuron] for layer, neuron in places]
        found.append(Edit(layers, neurons, -STRENGTH * torch.stack(vectors)))
    return found


def rows(
    model: LanguageModel, asked: Sequence[Edit], texts: Sequence[Continuation]
) -> LogProbabilities:
    """The study's way."""
    found = predict_edited(model, asked, texts)
    return np.concatenate([one.log_probabilities for own in found for one in own])


def _cost(
    case: tuple[Dimensions, str, str, int],
    model: LanguageModel,
    texts: Sequence[Continuation],
    n_rounds: int,
) -> Cost:
    """Take turns, after one turn each that is not measured."""
    dimensions, what, name, lowest = case
    asked = edits(model, lowest)
    contenders: dict[str, Callable[[], LogProbabilities]] = {
        OURS: lambda: rows(model, asked, texts),
        LOOP: lambda: edit_loop.log_probabilities(model, asked, texts),
    }
    found = {contender: run() for contender, run in contenders.items()}
    timed = {
        contender: Timed(lambda _, run=run: run(), len(asked))  # type: ignore[misc]
        for contender, run in contenders.items()
    }
    seconds = take_turns(timed, n_rounds)
    return Cost(
        dimensions.name,
        what,
        name,
        {contender: spread(own) for contender, own in seconds.items()},
        gains(seconds[LOOP], seconds[OURS]),
        most_gain(dimensions, texts, lowest),
        float(np.abs(found[OURS] - found[LOOP]).max()),
    )
