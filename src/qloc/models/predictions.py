"""What a model says behind a prompt, token by token.

What is asked is a prompt and the tokens that follow it: an answer behind its query, or running
text behind its first token. Every one of these tokens is predicted behind the true ones before it,
so one forward pass gives them all. Texts of mixed lengths share a pass, padded on the right:
attention is causal, so padding changes no earlier position.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from qloc.models.language_model import LanguageModel
from qloc.models.padding import padded, runs

# Rows whose logits are held at a time, and how many logits they may have in all.
ROWS_PER_RUN, LOGITS_PER_RUN = 1024, 2**25


@dataclass(frozen=True)
class Continuation:
    """What is asked of a model.

    Attributes:
        prompt_tokens: At least one.
        next_tokens: That follow, at least one.
    """

    prompt_tokens: tuple[int, ...]
    next_tokens: tuple[int, ...]

    @property
    def tokens(self) -> tuple[int, ...]:
        """All that the model reads."""
        return (*self.prompt_tokens, *self.next_tokens[:-1])


@dataclass(frozen=True)
class Predictions:
    """What the model says in the place of every next token.

    Attributes:
        tokens: The most probable ones.
        log_probabilities: Of the next tokens themselves.
    """

    tokens: Int64[np.ndarray, " token"]
    log_probabilities: Float64[np.ndarray, " token"]


def predict(model: LanguageModel, continuations: Sequence[Continuation]) -> list[Predictions]:
    """What the model as it is says behind prompts.

    Args:
        model: Who reads.
        continuations: In any order and of any lengths.
    """
    found: dict[int, Predictions] = {}
    for numbers in by_length(continuations):
        chosen = [continuations[number] for number in numbers]
        found.update(zip(numbers, _predicted(model, chosen), strict=True))
    return [found[number] for number in range(len(continuations))]


def perplexity_of(predictions: Sequence[Predictions]) -> float:
    """Exp of the mean negative log-probability of all next tokens; inf where that overflows."""
    mean = np.concatenate([found.log_probabilities for found in predictions]).mean()
    try:
        return math.exp(-mean)
    except OverflowError:
        return math.inf


def by_length(continuations: Sequence[Continuation]) -> Iterator[list[int]]:
    """Numbers of continuations of similar lengths that fit one run."""
    lengths = [len(continuation.tokens) for continuation in continuations]
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    for chosen in runs([lengths[number] for number in order]):
        yield order[chosen]


@torch.no_grad()
def read_predictions(
    model: LanguageModel,
    hidden: Float[Tensor, "text token hidden"],
    continuations: Sequence[Continuation],
) -> list[Predictions]:
    """What hidden states of a run say in the place of every next token.

    Args:
        model: Whose base returned the hidden states.
        hidden: Of texts padded on the right; no two texts are mixed.
        continuations: What was asked, text by text.
    """
    sizes = [len(asked.next_tokens) for asked in continuations]
    texts = np.repeat(np.arange(len(sizes)), sizes)
    places = np.concatenate(
        [
            np.arange(size) + len(asked.prompt_tokens) - 1
            for asked, size in zip(continuations, sizes, strict=True)
        ]
    )
    rows = hidden[
        torch.from_numpy(texts).to(hidden.device), torch.from_numpy(places).to(hidden.device)
    ]
    expected = torch.tensor(
        [token for asked in continuations for token in asked.next_tokens], device=hidden.device
    )
    n_rows = max(1, min(ROWS_PER_RUN, LOGITS_PER_RUN // model.head.weight.shape[0]))
    parts = [
        _read(model, some, tokens)
        for some, tokens in zip(
            torch.split(rows, n_rows), torch.split(expected, n_rows), strict=True
        )
    ]
    best = torch.cat([part[0] for part in parts]).numpy(force=True)
    log_probabilities = torch.cat([part[1] for part in parts]).double().numpy(force=True)
    ends = np.cumsum(sizes)[:-1]
    return [
        Predictions(tokens, given)
        for tokens, given in zip(
            np.split(best, ends), np.split(log_probabilities, ends), strict=True
        )
    ]


def _read(
    model: LanguageModel, hidden: Float[Tensor, "row hidden"], expected: Int64[Tensor, " row"]
) -> tuple[Int64[Tensor, " row"], Float[Tensor, " row"]]:
    """The most probable token of every row, and the log-probability of the expected one."""
    logits = model.logits(hidden)
    given, best = logits.gather(1, expected[:, None]), logits.argmax(1)
    largest = logits.gather(1, best[:, None])
    total = logits.sub_(largest).exp_().sum(1)  # in place: fresh memory of this size is slow
    return best, (given - largest)[:, 0] - total.log()


@torch.no_grad()
def _predicted(model: LanguageModel, continuations: Sequence[Continuation]) -> list[Predictions]:
    tokens = padded([asked.tokens for asked in continuations]).to(model.device)
    hidden = model.base(input_ids=tokens, use_cache=False).last_hidden_state
    return read_predictions(model, hidden, continuations)
