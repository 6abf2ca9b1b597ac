"""Prompts that have been read, and their tails: the part of them that a change can reach.

Attention is causal, so a change at one token moves nothing before it. A sweep therefore reads
every prompt once, keeps the keys and values, and runs only the tail from the changed token on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from qloc.models.activations import read_activations
from qloc.models.attention_change import AttentionChange
from qloc.models.language_model import LanguageModel
from qloc.models.padding import padded
from qloc.models.prompting import AnswerTokens, EncodedQuery
from qloc.models.row_attention import SharedPrefix


@dataclass(frozen=True)
class Tail:
    """The ends of a batch of prompts, with the answers' tokens but the last behind them.

    Attributes:
        prefix: Keys and values of the tokens before the tail.
        tokens: Of the tails, padded on the right.
        changed: Which token of its tail a query's neurons are changed at.
        reads: At which tokens of the tail an answer's tokens are predicted.
        answers: The tokens predicted there.
        is_read: Which of them exist; shorter answers are padded.
        answer_tokens: How their probabilities become one number.
    """

    prefix: SharedPrefix
    tokens: Int[Tensor, "query token"]
    changed: Int[Tensor, " query"]
    reads: Int[Tensor, "query answer_token"]
    answers: Int[Tensor, "query answer_token"]
    is_read: Bool[Tensor, "query answer_token"]
    answer_tokens: AnswerTokens

    def chosen(self, queries: Int[Tensor, " chosen"]) -> "Tail":
        """The tails of some queries; one may occur several times."""
        return Tail(
            self.prefix.chosen(queries),
            self.tokens[queries],
            self.changed[queries],
            self.reads[queries],
            self.answers[queries],
            self.is_read[queries],
            self.answer_tokens,
        )

    def combined(
        self, probabilities: Float[Tensor, "query answer_token row"]
    ) -> Float[Tensor, "query row"]:
        """The answer's probability from those of its tokens."""
        if self.answer_tokens == "first":
            return probabilities[:, 0]
        is_read = self.is_read[:, :, None]
        if self.answer_tokens == "joint":
            return torch.where(is_read, probabilities, 1).prod(1)
        return torch.where(is_read, probabilities, 0).sum(1) / is_read.sum(1)


@dataclass(frozen=True)
class Prompts:
    """A batch of queries, read in one run.

    Attributes:
        queries: As tokens.
        keys: Of every layer, of all tokens of the prompts; empty where the model's attention
            cannot use them.
        values: As keys.
        activations: Of the neurons at every asked position.
        answer_tokens: What counts of an answer.
        device: Of the model.
        change: What is done to attention weights.
    """

    queries: Sequence[EncodedQuery]
    keys: tuple[Float[Tensor, "query head token width"], ...]
    values: tuple[Float[Tensor, "query head token value_width"], ...]
    activations: Float[Tensor, "query position layer neuron"]
    answer_tokens: AnswerTokens
    device: torch.device
    change: AttentionChange | None = None

    def tail(self, numbers: Sequence[int], positions: Sequence[int]) -> Tail:
        """The tails from which chosen queries change.

        Args:
            numbers: Which queries.
            positions: At which token of its prompt each is changed. Its tail starts there, or
                with the prompt where keys and values of earlier tokens cannot be used.
        """
        has_prefix = bool(self.keys)
        starts = [position if has_prefix else 0 for position in positions]
        queries = [self.queries[number] for number in numbers]
        answers = [query.counted_tokens(self.answer_tokens) for query in queries]
        tails = [
            [*query.prompt_tokens[start:], *answer[:-1]]
            for query, start, answer in zip(queries, starts, answers, strict=True)
        ]
        last = self._tensor([len(q.prompt_tokens) - 1 for q in queries]) - self._tensor(starts)
        places = torch.arange(max(len(answer) for answer in answers), device=self.device)
        is_read = places < self._tensor([len(answer) for answer in answers])[:, None]
        chosen, n_earlier = self._tensor(numbers), max(starts)
        tokens = padded(tails).to(self.device)
        return Tail(
            prefix=SharedPrefix(
                tuple(keys[chosen, :, :n_earlier] for keys in self.keys if n_earlier),
                tuple(values[chosen, :, :n_earlier] for values in self.values if n_earlier),
                self._tensor(starts),
                tokens.shape[1],
                None if self.change is None else self.change.chosen(chosen),
            ),
            tokens=tokens,
            changed=self._tensor(positions) - self._tensor(starts),
            reads=torch.where(is_read, last[:, None] + places, last[:, None]),
            answers=padded(answers).to(self.device),
            is_read=is_read,
            answer_tokens=self.answer_tokens,
        )

    def _tensor(self, numbers: Sequence[int]) -> Int[Tensor, " number"]:
        return torch.tensor(numbers, device=self.device)


def read_prompts(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    positions: Sequence[Sequence[int]],
    answer_tokens: AnswerTokens,
    change: AttentionChange | None = None,
) -> Prompts:
    """Read prompts of any lengths in one run.

    Args:
        model: The model.
        queries: As tokens.
        positions: At which tokens of each prompt neurons are read, as many of each.
        answer_tokens: What counts of an answer.
        change: What is done to attention weights, text by text.

    Raises:
        StudyError: The model is not built as its architecture says.
    """
    cache = DynamicCache()  # without a configuration: with one, sliding layers drop keys
    activations = read_activations(
        model,
        [query.prompt_tokens for query in queries],
        positions,
        cache if model.architecture.has_row_attention else None,
        change,
    )
    layers = cast(list[DynamicLayer], cache.layers)
    return Prompts(
        queries,
        tuple(cast(Tensor, layer.keys) for layer in layers),
        tuple(cast(Tensor, layer.values) for layer in layers),
        activations,
        answer_tokens,
        model.device,
        change,
    )
