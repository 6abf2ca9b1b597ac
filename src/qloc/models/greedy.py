"""What a model says of its own accord: the most probable token, time after time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from transformers import PreTrainedTokenizerBase

from qloc.models.answers import last_logits
from qloc.models.language_model import LanguageModel


@dataclass(frozen=True)
class Said:
    """Tokens that a model says.

    Attributes:
        tokens: Their ids.
        text: The tokens as text.
        probability: Of these tokens one after the other.
    """

    tokens: tuple[int, ...]
    text: str
    probability: float


def say(model: LanguageModel, prompt_tokens: Sequence[int], n_tokens: int) -> Said:
    """Let a model go on: so many tokens, or fewer where its context ends."""
    text, probability = list(prompt_tokens), 1.0
    for _ in range(min(n_tokens, model.context_length - len(text) + 1)):
        shares = torch.softmax(last_logits(model, [text], [1])[0].double(), 0)
        token = int(shares.argmax())
        probability *= float(shares[token])
        text.append(token)
    said = tuple(text[len(prompt_tokens) :])
    return Said(said, "".join(token_texts(model, said)), probability)


def token_texts(model: LanguageModel, tokens: Sequence[int]) -> tuple[str, ...]:
    """Every token as text, with the blank that it begins with where its tokenizer tells."""
    tokenizer = cast(PreTrainedTokenizerBase, model.tokenizer)
    return tuple(str(tokenizer.decode([token])) for token in tokens)


def text_of(model: LanguageModel, tokens: Sequence[int]) -> str:
    """Tokens as running text, without blanks around it."""
    tokenizer = cast(PreTrainedTokenizerBase, model.tokenizer)
    return str(tokenizer.decode(list(tokens))).strip()
