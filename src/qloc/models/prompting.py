"""Queries as the tokens a model reads, and where the answer starts.

The prompt carries the tokenizer's own special tokens. The answer's tokens are what follows
the prompt's in ``prompt + " " + answer``: an answer is never tokenized apart, because some
tokenizers then give another first token (method of Chen et al., ICLR 2025, section 3).
"""

from dataclasses import dataclass
from typing import Literal, Protocol, get_args, runtime_checkable

Problem = Literal["token_boundary", "too_long"]
# What counts of an answer of several tokens: its first token, or all of them, each read after the
# true ones before it: the mean of their probabilities, or their product.
AnswerTokens = Literal["first", "mean_tokens", "joint"]
ANSWER_TOKENS: tuple[str, ...] = get_args(AnswerTokens)


@runtime_checkable
class Tokenizer(Protocol):
    """What the study asks of a tokenizer of transformers."""

    eos_token_id: int | None

    def encode(self, text: str, *, add_special_tokens: bool = True) -> list[int]: ...


@dataclass(frozen=True)
class EncodedQuery:
    """A query as tokens.

    Attributes:
        prompt_tokens: Ids of the prompt, with special tokens before it.
        answer_tokens: Ids of the answer; its first is what the model must say next.
            Empty if ``problem`` is ``token_boundary``.
        problem: Why the query cannot be asked of this model; None if it can.
            ``token_boundary``: the tokens of prompt and answer together do not begin with
            the prompt's. ``too_long``: they exceed the model's context.
    """

    prompt_tokens: tuple[int, ...]
    answer_tokens: tuple[int, ...]
    problem: Problem | None

    @property
    def answer_token(self) -> int:
        """The first token of the answer."""
        return self.answer_tokens[0]

    def counted_tokens(self, which: AnswerTokens) -> tuple[int, ...]:
        """The tokens of the answer that count."""
        return self.answer_tokens[:1] if which == "first" else self.answer_tokens


def encode_query(
    tokenizer: Tokenizer, prompt: str, answer: str, context_length: int
) -> EncodedQuery:
    """Tokenize one query.

    Args:
        tokenizer: Of the model.
        prompt: What the model reads, without a blank at its end.
        answer: The expected continuation, without a blank before it.
        context_length: Most tokens that the model can read.
    """
    asked = _without_end(tokenizer, tokenizer.encode(prompt))
    answered = _without_end(tokenizer, tokenizer.encode(f"{prompt} {answer}"))
    rest = answered[len(asked) :]
    if not asked or not rest or answered[: len(asked)] != asked:
        return EncodedQuery(asked, (), "token_boundary")
    problem: Problem | None = "too_long" if len(answered) > context_length else None
    return EncodedQuery(asked, rest, problem)


def _without_end(tokenizer: Tokenizer, tokens: list[int]) -> tuple[int, ...]:
    """The tokens without an end-of-text token that some tokenizers append.

    The same token can also open a text; a lone one is therefore kept.
    """
    if len(tokens) > 1 and tokens[-1] == tokenizer.eos_token_id:
        return tuple(tokens[:-1])
    return tuple(tokens)
