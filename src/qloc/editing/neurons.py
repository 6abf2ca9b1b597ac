"""The neurons whose value vectors are edited: given, or found by attribution of the prompts."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from jaxtyping import Float

from qloc.defaults import default
from qloc.editing.settings import GIVEN, EditSettings, Neurons
from qloc.errors import StudyError
from qloc.inspection.settings import InspectionSettings
from qloc.measures.attribution import Attribution
from qloc.measures.consistency_aware import ConsistencyRule, consistency_aware_set
from qloc.measures.facts_to_edit import Cells
from qloc.measures.kept_scores import all_scores
from qloc.measures.selection import selected
from qloc.models.language_model import LanguageModel
from qloc.models.memory import in_batches
from qloc.models.methods import attribute
from qloc.models.precision import matrix_products
from qloc.models.prompting import EncodedQuery


def neurons_to_edit(
    model: LanguageModel, known: Sequence[EncodedQuery], settings: EditSettings
) -> Cells:
    """The neurons, in rising order of layer and number.

    Args:
        model: Whose.
        known: The prompts that the model knows, that which is edited first.
        settings: Which neurons, and how they are found.

    Raises:
        StudyError: A neuron is given that the model does not have.
    """
    if settings.neuron_set == GIVEN:
        return _given(model, settings.neurons)
    is_own = settings.neuron_set == "query"
    scores, activations = _attributed(model, known[:1] if is_own else known, settings.attribution)
    threshold = settings.attribution.selection_threshold
    if settings.neuron_set == "consistency_aware":
        is_activation = default("editing/scores") == "activation"
        return _consistency_aware(np.abs(activations) if is_activation else scores)
    is_selected = np.stack([selected(of_query, threshold) for of_query in scores]).any(axis=0)
    return Cells(*np.nonzero(is_selected))


def chosen_by(settings: EditSettings) -> dict[str, Any] | None:
    """The settings by which neurons are found; None where they are given."""
    if settings.neuron_set == GIVEN:
        return None
    how = settings.attribution
    of_method = {"method": how.method, **asdict(how.rule), **how.knobs, "precision": how.precision}
    if settings.neuron_set != "consistency_aware":
        return {**of_method, "selection_threshold": how.selection_threshold}
    names = ("beta", "spread", "cut", "scores", "normalise_queries")
    return {**of_method, **{name: default(f"editing/{name}") for name in names}}


def _given(model: LanguageModel, neurons: Neurons) -> Cells:
    for layer, neuron in neurons:
        if layer >= model.n_layers or neuron >= model.n_neurons:
            raise StudyError(
                f"There is no neuron {layer}:{neuron}: the model has layers 0 to"
                f" {model.n_layers - 1} of neurons 0 to {model.n_neurons - 1}."
            )
    layers, numbers = np.array(sorted(neurons), dtype=np.int64).T
    return Cells(layers, numbers)


def _attributed(
    model: LanguageModel, queries: Sequence[EncodedQuery], how: InspectionSettings
) -> tuple[Float[np.ndarray, "query layer neuron"], Float[np.ndarray, "query layer neuron"]]:
    """Scores and values of all neurons, in as many batches as the memory asks for."""

    def work(batch: Sequence[EncodedQuery]) -> Attribution:
        with matrix_products(how.precision):
            return attribute(model, batch, how.method, how.rule, how.answer_tokens, how.knobs)

    parts = [part for _, _, part in in_batches(queries, len(queries), work, model.device)]
    return (
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.activations for part in parts]),
    )


def _consistency_aware(scores: Float[np.ndarray, "query layer neuron"]) -> Cells:
    """The set of Eq. 5, by the rule of the default study."""
    mean_factor, spread_factor = default("editing/beta")
    rule = ConsistencyRule(
        mean_factor, spread_factor, default("editing/spread"), default("editing/cut")
    )
    known = all_scores(
        scores.reshape(len(scores), -1), [str(place) for place in range(len(scores))]
    )
    kept = known.normalised if default("editing/normalise_queries") else known
    found = consistency_aware_set(kept.candidates(), rule)
    return Cells(*np.divmod(found.neurons, scores.shape[2]))
