"""All that an inspection found, as typed fields, as JSON and as text."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from qloc.inspection import text
from qloc.inspection.findings import Consistency, PairOverlap, PromptFindings


@dataclass(frozen=True)
class Inspection:
    """Which neurons an answer comes from; ``print`` shows it as tables.

    Attributes:
        qloc_version: Of this package.
        checkpoint: Folder of the model.
        architecture: Its name in transformers.
        n_layers: Of the model.
        n_neurons: Of one layer.
        method: Of attribution.
        knobs: The method's own settings.
        quadrature: Rule by which path integrals are taken.
        steps: Of the rule; None for ``adaptive``.
        tolerance: Of ``adaptive``; None for other rules.
        precision: Of matrix products on a GPU.
        answer: The expected continuation.
        answer_tokens: What counts of an answer of several tokens.
        selection_threshold: Share of a prompt's best score that a knowledge neuron exceeds.
        prompts: What was found, in the order in which they were given.
        overlaps: Of every two prompts.
        consistency: Of all prompts together.
    """

    qloc_version: str
    checkpoint: str
    architecture: str
    n_layers: int
    n_neurons: int
    method: str
    knobs: Mapping[str, Any]
    quadrature: str
    steps: int | None
    tolerance: float | None
    precision: str
    answer: str
    answer_tokens: str
    selection_threshold: float
    prompts: tuple[PromptFindings, ...]
    overlaps: tuple[PairOverlap, ...]
    consistency: Consistency

    def __str__(self) -> str:
        """Tables for a terminal of 80 columns."""
        model = (
            f"{self.checkpoint}: {self.architecture}, {self.n_layers} layers of"
            f" {self.n_neurons:,} neurons; both are counted from 0."
        )
        how = (
            f"Method {self.method}, quadrature {self._rule()}; selected are neurons with more than"
            f" {self.selection_threshold:g} of the prompt's best score."
        )
        parts = [text.heading(model, how)]
        for number, found in enumerate(self.prompts, 1):
            parts.append(text.prompt_section(found, number, self.answer, self.answer_tokens))
        if self.overlaps:
            parts.append(text.overlap_section(self.prompts, self.overlaps, self.consistency))
        return "\n\n".join(parts)

    def as_json(self) -> str:
        """All fields, on one line; the same inspection gives the same text."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)

    def _rule(self) -> str:
        if self.steps is None:
            return f"{self.quadrature} to {self.tolerance:g}"
        return f"{self.quadrature} with {self.steps} steps"
