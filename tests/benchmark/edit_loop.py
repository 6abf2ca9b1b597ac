"""Edits by the book: change the weights, run all texts in one batch, put the weights back.

What someone writes who edits a model and wants to be quick: texts of one length need no padding,
and logits are made only at the tokens that are read.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from jaxtyping import Float64

from qloc.models.edits import Edit
from qloc.models.language_model import LanguageModel
from qloc.models.predictions import Continuation


@torch.no_grad()
def log_probabilities(
    model: LanguageModel, edits: Sequence[Edit], texts: Sequence[Continuation]
) -> Float64[np.ndarray, " token"]:
    """Of all next tokens, edit by edit; the most probable ones are found, too.

    Args:
        model: Whose weights are edited, and restored.
        edits: One after another, each alone.
        texts: As long as each other, with prompts of one length.
    """
    tokens = torch.tensor([asked.tokens for asked in texts], device=model.device)
    expected = torch.tensor([asked.next_tokens for asked in texts], device=model.device)
    first, found = len(texts[0].prompt_tokens) - 1, []
    for edit in edits:
        with _edited(model, edit):
            hidden = model.module.base_model(tokens, use_cache=False).last_hidden_state
            # One product: of three dimensions torch would make one for every text.
            logits = model.module.get_output_embeddings()(hidden[:, first:].flatten(0, 1))
        shares = torch.log_softmax(logits, 1)
        logits.argmax(1).tolist()
        found.append(shares.gather(1, expected.flatten()[:, None])[:, 0].double())
    return torch.cat(found).numpy(force=True)


@contextmanager
def _edited(model: LanguageModel, edit: Edit) -> Iterator[None]:
    """The model with one edit; only what is changed is saved."""
    parts = []
    for layer in np.unique(edit.layers).tolist():
        here = edit.layers == layer
        neurons, matrix = torch.from_numpy(edit.neurons[here]), model.value_matrix(layer)
        parts.append((matrix, neurons, matrix[neurons]))
        matrix[neurons] += edit.changes[torch.from_numpy(here)]
    try:
        yield
    finally:
        for matrix, neurons, before in parts:
            matrix[neurons] = before
