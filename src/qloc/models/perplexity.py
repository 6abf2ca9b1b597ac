"""How well a model reads running text."""

import math
from collections.abc import Sequence

import torch
from torch.nn.functional import cross_entropy

from qloc.models.language_model import LanguageModel


@torch.inference_mode()
def perplexity(model: LanguageModel, texts: Sequence[Sequence[int]]) -> float:
    """Exp of the mean negative log-likelihood of every token after the first of its text.

    Args:
        model: Who reads.
        texts: Token ids with the special tokens the model expects, at least two in each.
    """
    loss, n_tokens = 0.0, 0
    for text in texts:
        tokens = torch.tensor(text, device=model.device)
        hidden = model.base(tokens[None, :-1], use_cache=False).last_hidden_state[0]
        logits = model.logits(hidden).double()
        loss += float(cross_entropy(logits, tokens[1:], reduction="sum"))
        n_tokens += len(text) - 1
    return math.exp(loss / n_tokens)
