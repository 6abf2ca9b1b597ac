"""Edits of the weights themselves, taken back in the end."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from qloc.models.edits import Edit
from qloc.models.language_model import LanguageModel


class EditedWeights:
    """The value vectors of a model, some of them edited; see `edited_weights`."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._originals: dict[tuple[int, int], Float[Tensor, " hidden"]] = {}

    @torch.no_grad()
    def apply(self, edit: Edit) -> None:
        """Add an edit's changes to the weights as they are now.

        Raises:
            IndexError: The model has no such layer or neuron.
        """
        self._save(edit)
        for layer in np.unique(edit.layers).tolist():
            here = np.flatnonzero(edit.layers == layer)
            matrix = self._model.value_matrix(layer)
            neurons = torch.from_numpy(edit.neurons[here]).to(matrix.device)
            matrix[neurons] += edit.changes[torch.from_numpy(here)].to(matrix)

    @torch.no_grad()
    def restore(self) -> None:
        """Put every value vector back, bit for bit."""
        for (layer, neuron), original in self._originals.items():
            self._model.value_matrix(layer)[neuron] = original

    def _save(self, edit: Edit) -> None:
        """Keep value vectors that were not edited before, all of them before any is changed."""
        for layer, neuron in zip(edit.layers.tolist(), edit.neurons.tolist(), strict=True):
            if (layer, neuron) not in self._originals:
                original = self._model.value_matrix(layer)[neuron].clone()
                self._originals[layer, neuron] = original


@contextmanager
def edited_weights(model: LanguageModel) -> Iterator[EditedWeights]:
    """Let value vectors be edited, one edit after another; all are restored at the end.

    Every parameter is bit for bit what it was, also after an exception or an interruption.
    """
    weights = EditedWeights(model)
    try:
        yield weights
    finally:
        weights.restore()
