"""All that an edit did, as typed fields, as JSON and as text."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from qloc.editing import text
from qloc.editing.findings import PromptEffect, TensorChange
from qloc.terminal import by_layer, filled, number, quoted


@dataclass(frozen=True)
class Editing:
    """What an edit changed, and what the model says before and after; ``print`` shows it.

    Attributes:
        qloc_version: Of this package.
        checkpoint: Folder of the model.
        weights_sha256: SHA-256 of its weights by file; None unless the edited model is saved.
        architecture: Its name in transformers.
        n_layers: Of the model.
        n_neurons: Of one layer.
        fact_id: Of a study's fact; None for prompts of one's own.
        operation: ``erase`` or ``update``.
        answer: The object of the fact.
        target: What an update writes; None where the object is erased.
        answer_tokens: What counts of an object of several tokens.
        object_token_ids: Of the object behind the edited prompt.
        target_token_ids: Of the target; empty where the object is erased.
        neuron_set: Which neurons were edited; ``given`` for neurons of one's own.
        chosen_by: The settings by which they were found; None if they were given.
        neurons: Layer and number of each, in this order.
        neurons_by_layer: How many there are in each layer.
        preset: Name of the rule.
        rule: How value vectors were changed.
        lambda_1: How much of the object was taken away; None where vectors were set to 0.
        lambda_2: How much of the target was written; None where the object was erased.
        n_tried: Strengths that were tried in turn; the last of them was taken.
        tensors: How much of every weight matrix was changed.
        prompts: What was asked: the edited prompt, the others of the fact, unrelated ones.
        reliability: Whether the edit worked on the prompt for which it was made: 1 or 0.
        generalization_seen: On which share of the fact's other known prompts it worked; None if
            there is none. Neurons may have been chosen with these prompts.
        locality: Share of the unrelated prompts answered as before; None if there is none.
    """

    qloc_version: str
    checkpoint: str
    weights_sha256: Mapping[str, str] | None
    architecture: str
    n_layers: int
    n_neurons: int
    fact_id: str | None
    operation: str
    answer: str
    target: str | None
    answer_tokens: str
    object_token_ids: tuple[int, ...]
    target_token_ids: tuple[int, ...]
    neuron_set: str
    chosen_by: Mapping[str, Any] | None
    neurons: tuple[tuple[int, int], ...]
    neurons_by_layer: tuple[int, ...]
    preset: str
    rule: Mapping[str, str]
    lambda_1: float | None
    lambda_2: float | None
    n_tried: int
    tensors: tuple[TensorChange, ...]
    prompts: tuple[PromptEffect, ...]
    reliability: float
    generalization_seen: float | None
    locality: float | None

    def __str__(self) -> str:
        """What was changed, what is said before and after, and a verdict, 80 columns wide."""
        by_role = {
            role: [effect for effect in self.prompts if effect.role == role]
            for role in ("edited", "neighbor", "unrelated")
        }
        has_target = self.target is not None
        parts = ["\n".join(line for words in self._heading() for line in filled(words))]
        parts.append(text.asking_section("Edited prompt", by_role["edited"], has_target))
        if by_role["neighbor"]:
            title = "Other prompts of the fact"
            parts.append(text.asking_section(title, by_role["neighbor"], has_target))
        if by_role["unrelated"]:
            parts.append(text.unrelated_section(by_role["unrelated"]))
        parts.append(text.verdict(self.prompts, self.answer, self.target))
        return "\n\n".join(parts)

    def as_json(self, indent: int | None = None) -> str:
        """All fields; the same edit gives the same text."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False, indent=indent)

    def _heading(self) -> Iterator[str]:
        """The model, the edit and the neurons, a sentence or two of each."""
        yield (
            f"{self.checkpoint}: {self.architecture}, {self.n_layers} layers of"
            f" {self.n_neurons:,} neurons; both are counted from 0."
        )
        fact = "" if self.fact_id is None else f" of {self.fact_id}"
        target = "" if self.target is None else f", target {quoted(self.target)}"
        yield f"{self.operation.capitalize()}{fact}: object {quoted(self.answer)}{target}."
        yield f"Preset {self.preset}: {self._strength()}."
        if self.neurons:
            edited = f"{number(len(self.neurons), 'neuron')} edited"
            yield f"Set {self.neuron_set}: {edited}, {by_layer(self.neurons_by_layer)}."
        else:
            yield f"Set {self.neuron_set} is empty: nothing is edited."
        longest = max(len(self.object_token_ids), len(self.target_token_ids))
        if self.answer_tokens == "first" and longest > 1:
            yield "Of an object of several tokens the first counts; see --answer-tokens."

    def _strength(self) -> str:
        if self.lambda_1 is None:
            return "value vectors are set to 0"
        factors = [f"lambda_1 = {self.lambda_1:g}"]
        if self.lambda_2 is not None:
            factors.append(f"lambda_2 = {self.lambda_2:g}")
        if self.n_tried > 1:
            did = "the first that works" if self.reliability else "none of which works"
            factors.append(f"the last of {self.n_tried} strengths tried, {did}")
        return ", ".join(factors)
