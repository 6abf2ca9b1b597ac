"""Texts of several lengths as one batch, and how many of them fit one run."""

from collections.abc import Iterator, Sequence

import torch
from jaxtyping import Int
from torch import Tensor

# Tokens that one run carries; more use more memory without being faster.
TOKENS_PER_RUN = 2048


def padded(texts: Sequence[Sequence[int]]) -> Int[Tensor, "text token"]:
    """Token ids as one matrix, each row continued to the right with its own last token."""
    longest = max(len(text) for text in texts)
    return torch.tensor([[*text, *[text[-1]] * (longest - len(text))] for text in texts])


def runs(lengths: Sequence[int], most: int | None = None) -> Iterator[slice]:
    """Consecutive texts that fit one run once they are padded; a longer one runs alone.

    Args:
        lengths: Tokens of every text, or of all that runs of one query side by side.
        most: Tokens of a run; `TOKENS_PER_RUN` if not given.
    """
    limit = TOKENS_PER_RUN if most is None else most
    start, longest = 0, 0
    for number, length in enumerate(lengths):
        longest = max(longest, length)
        if number > start and longest * (number + 1 - start) > limit:
            yield slice(start, number)
            start, longest = number, length
    if lengths:
        yield slice(start, len(lengths))
