"""Texts of several lengths as one batch."""

from collections.abc import Sequence

import torch
from jaxtyping import Int
from torch import Tensor


def padded(texts: Sequence[Sequence[int]]) -> Int[Tensor, "text token"]:
    """Token ids as one matrix, each row continued to the right with its own last token."""
    longest = max(len(text) for text in texts)
    return torch.tensor([[*text, *[text[-1]] * (longest - len(text))] for text in texts])
