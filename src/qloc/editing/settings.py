"""How an edit is made by hand; what is left out is as in the default study."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qloc import inspection
from qloc.defaults import default
from qloc.errors import StudyError
from qloc.inspection.settings import InspectionSettings, check, one_of
from qloc.models.edits import EditRule, Operation
from qloc.wording import did_you_mean, listed

# Sets that are found by attribution, and the name of neurons that are given.
NEURON_SETS = ("query", "union", "consistency_aware")
GIVEN = "given"

# Layer and number of each.
Neurons = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class EditSettings:
    """How an edit is made by hand.

    Attributes:
        attribution: How the scores are computed that neurons are chosen by.
        neuron_set: One of `NEURON_SETS`, or `GIVEN`.
        neurons: That are given; otherwise none.
        preset: Name of the rule.
        rule: How value vectors are changed; its strengths are tried until one works.
        is_strength_given: Whether the rule has one strength, which was given.
    """

    attribution: InspectionSettings
    neuron_set: str
    neurons: Neurons
    preset: str
    rule: EditRule
    is_strength_given: bool


def settings_with(
    neuron_set: str | None = None,
    neurons: str | None = None,
    preset: str | None = None,
    strength: Sequence[float] | None = None,
    attribution: InspectionSettings | None = None,
) -> EditSettings:
    """The settings of the default study, but for those given.

    Args:
        neuron_set: ``query``, ``union`` or ``consistency_aware``.
        neurons: Instead of a set: layer and number of each, as ``3:17,2:5``.
        preset: One of those under `editing.preset`; the last of `editing.presets` if left out.
        strength: λ₁ and λ₂; those of the preset are tried in their order if left out.
        attribution: From `qloc.inspection.settings_with`.

    Raises:
        StudyError: A setting has no such value.
    """
    if neuron_set is not None and neurons is not None:
        raise StudyError(
            f"Both the set {neuron_set} and neurons of your own are given. Leave one out."
        )
    own = () if neurons is None else read_neurons(neurons)
    name = GIVEN if own else one_of("neuron_set", neuron_set or NEURON_SETS[-1], NEURON_SETS)
    chosen = default("editing/presets")[-1] if preset is None else preset
    rule = _rule(chosen)
    if strength is not None:
        rule = replace(rule, strengths=[_checked(strength)])
    return EditSettings(
        attribution=attribution or inspection.settings_with(),
        neuron_set=name,
        neurons=own,
        preset=chosen,
        rule=rule,
        is_strength_given=strength is not None,
    )


def refuse_unused_strength(settings: EditSettings, operation: Operation) -> None:
    """Refuse a strength that was given to erase by zero.

    Raises:
        StudyError: The rule sets value vectors to 0, which has no strength.
    """
    if settings.is_strength_given and settings.rule.lambdas(operation, 0)[0] is None:
        raise StudyError(
            f"The preset {settings.preset} erases by setting value vectors to 0, which has no"
            " strength. Leave the strength out, or take another preset."
        )


def read_neurons(words: str) -> Neurons:
    """Neurons as a person lists them: ``3:17,2:5`` is neuron 17 of layer 3 and 5 of layer 2.

    Raises:
        StudyError: That is no such list, or a neuron stands in it twice.
    """
    parts = [part.strip().partition(":") for part in words.split(",")]
    if not all(layer.isdecimal() and neuron.isdecimal() for layer, _, neuron in parts):
        raise StudyError(
            f'"{words}" is no list of neurons. Write layer:neuron, both from 0, with commas'
            " between: 3:17,2:5."
        )
    neurons = tuple((int(layer), int(neuron)) for layer, _, neuron in parts)
    for neuron in neurons:
        if neurons.count(neuron) > 1:
            raise StudyError(f"Neuron {neuron[0]}:{neuron[1]} is given twice. Give it once.")
    return neurons


def _rule(preset: str) -> EditRule:
    presets = default("editing/preset")
    if preset not in presets:
        raise StudyError(
            f"There is no preset `{preset}`.{did_you_mean(preset, presets)} config.yaml describes"
            f" {listed(sorted(presets))}."
        )
    return EditRule(**presets[preset])


def _checked(strength: Sequence[float]) -> list[float]:
    pair = list(strength)
    check("strength", pair, len(pair) == 2, "two numbers, lambda_1 and lambda_2")
    is_finite = all(0 <= factor < math.inf for factor in pair)
    check("strength", pair, is_finite, "two finite numbers of at least 0")
    return pair
