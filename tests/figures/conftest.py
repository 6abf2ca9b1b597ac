"""All figures of a study, drawn from its tables."""

from collections.abc import Callable

import pytest
from matplotlib.figure import Figure

from qloc.figures import (
    agreement,
    checks,
    consistency,
    diagnostics,
    examples,
    funnel,
    layers,
    mapping,
    neurons,
    overlaps,
    probability,
    quadratures,
    schematic,
    sequences,
    sweep,
    synapse_distributions,
    synapse_examples,
    synapse_places,
    synapses,
    tradeoff,
    training,
)
from qloc.figures.edit_points import points

Drawn = dict[str, tuple[Figure, str]]


@pytest.fixture(scope="session")
def draw_all() -> Callable[..., Drawn]:
    """A function that draws the figures of a study; each with its description, by name."""

    def draw(study, *names: str) -> Drawn:
        return {name: DRAWERS[name](study) for name in names or DRAWERS}

    return draw


def _cuts(study):
    return consistency.thresholds(study["consistency_classes"])


def _chosen(study):
    return examples.example_facts(study["consistency_scores"], study["consistency_classes"])


def _consistency(study):
    summaries = study["class_summaries"]
    scores, classes = study["consistency_scores"], study["consistency_classes"]
    return consistency.draw(scores, classes, summaries), consistency.describe(summaries)


def _diagnostics(study):
    scores, found = study["consistency_scores"], study["class_diagnostics"]
    return diagnostics.draw(scores, found, _cuts(study)), diagnostics.describe(found)


def _neurons(study):
    scores, selected = study["consistency_scores"], study["knowledge_neurons"]
    facts = [
        neurons.example(fact, kind, scores, study["attributions"], selected, study["queries"])
        for kind, fact in _chosen(study).items()
    ]
    return neurons.draw(facts, 0.05), neurons.describe(facts)


def _schematic(study):
    facts = [
        schematic.example(fact, kind, study["knowledge_neurons"], study["queries"])
        for kind, fact in _chosen(study).items()
    ]
    return schematic.draw(facts, 4, 64), schematic.describe(facts)


def _overlaps(study):
    ladder = study["neuron_set_overlaps"]
    return overlaps.draw(ladder, study["consistency_scores"]), overlaps.describe(ladder)


def _probability(study):
    found = study["probability_associations"]
    return probability.draw(study["consistency_scores"], found), probability.describe(found)


def _quadratures(study):
    found = study["quadrature_comparisons"]
    return quadratures.draw(found, "adaptive", 20, 1e-3), quadratures.describe(
        found, "adaptive", 20
    )


def _sweep(study):
    swept = study["threshold_sweeps"]
    return sweep.draw(swept, 0.2, _cuts(study)), sweep.describe(swept)


def _agreement(study):
    found = study["method_agreements"], study["class_agreements"]
    return agreement.draw(*found), agreement.describe(*found)


def _sequences(study):
    found = sequences.along(study["edit_sequences"].assign(method="ig"))
    return sequences.draw(found), sequences.describe(found, "calibrated")


def _tradeoff(study):
    found = points(study["edit_summaries"])
    return tradeoff.draw(found, "calibrated"), tradeoff.describe(found, "calibrated")


def _synapse_distributions(study):
    facts = synapse_distributions.fact_effects(
        study["synapse_effects"],
        study["synapse_answers"],
        study["consistency_classes"].assign(method="ig"),
    )
    return synapse_distributions.draw(facts), synapse_distributions.describe(facts)


def _synapse_examples(study):
    facts = synapse_examples.examples(
        study["synapse_examples"],
        study["queries"],
        study["consistency_scores"].assign(method="ig"),
        study["consistency_classes"].assign(method="ig"),
    )
    return synapse_examples.draw(facts), synapse_examples.describe(facts)


DRAWERS = {
    "agreement": _agreement,
    "checks": lambda study: (
        checks.draw(study["attribution_checks"], 1e-3),
        checks.describe(study["attribution_checks"], 1e-3),
    ),
    "consistency": _consistency,
    "diagnostics": _diagnostics,
    "funnel": lambda study: (funnel.draw(study["funnels"]), funnel.describe(study["funnels"])),
    "layers": lambda study: (
        layers.draw(study["knowledge_neurons"], 4),
        layers.describe(study["knowledge_neurons"], 4),
    ),
    "mapping": lambda study: (
        mapping.draw(study["mapping_summaries"]),
        mapping.describe(study["mapping_summaries"]),
    ),
    "neurons": _neurons,
    "overlaps": _overlaps,
    "probability": _probability,
    "quadratures": _quadratures,
    "schematic": _schematic,
    "sequences": _sequences,
    "sweep": _sweep,
    "synapse_distributions": _synapse_distributions,
    "synapse_examples": _synapse_examples,
    "synapse_places": lambda study: (
        synapse_places.draw(study["synapse_places"]),
        synapse_places.describe(study["synapse_places"]),
    ),
    "synapses": lambda study: (
        synapses.draw(study["synapse_summaries"]),
        synapses.describe(study["synapse_summaries"]),
    ),
    "tradeoff": _tradeoff,
    "training": lambda study: (
        training.draw(study["training"]),
        training.describe(study["training"]),
    ),
}
