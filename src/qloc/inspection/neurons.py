"""Knowledge neurons of prompts, and what they have in common: by the functions of the study."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float

from qloc.inspection.findings import Consistency, PairOverlap, ScoredNeuron
from qloc.measures.attribution import PathChecks
from qloc.measures.consistency import consistency_scores, fact_overlaps, query_pairs
from qloc.measures.neuron_sets import NeuronSets, count_overlaps, neuron_sets, ratio


def selected_sets(knowledge_neurons: Sequence[Sequence[tuple[int, int]]]) -> NeuronSets:
    """The knowledge neurons of every query, given as pairs of layer and neuron."""
    rows = [(query, *pair) for query, own in enumerate(knowledge_neurons) for pair in own]
    queries, layers, neurons = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return neuron_sets(queries, layers, neurons, len(knowledge_neurons))


def unsettled_layers(checks: PathChecks, query: int) -> tuple[int, ...] | None:
    """The layers whose scores did not settle; None if the rule has no tolerance."""
    if checks.is_settled is None:
        return None
    is_unsettled = (checks.query == query) & ~checks.is_settled
    return tuple(np.unique(checks.layer[is_unsettled]).tolist())


def top_neurons(
    scores: Float[np.ndarray, "layer neuron"],
    activations: Float[np.ndarray, "layer neuron"],
    is_selected: Bool[np.ndarray, "layer neuron"],
    n_neurons: int,
) -> tuple[ScoredNeuron, ...]:
    """The neurons of one query with the best scores, best first; ties by layer and number."""
    order = np.argsort(-scores.ravel(), kind="stable")[:n_neurons]
    best = float(scores.max())
    return tuple(
        ScoredNeuron(
            layer=layer,
            neuron=neuron,
            score=float(scores[layer, neuron]),
            share=float(scores[layer, neuron]) / best if best > 0 else None,
            activation=float(activations[layer, neuron]),
            is_selected=bool(is_selected[layer, neuron]),
        )
        for layer, neuron in (divmod(int(place), scores.shape[1]) for place in order)
    )


def pair_overlaps(sets: NeuronSets) -> tuple[PairOverlap, ...]:
    """What every two queries have in common."""
    pairs = query_pairs(np.zeros(len(sets.sizes), dtype=np.int64), 1)
    groups = np.repeat(np.arange(len(pairs)), 2)
    overlaps = count_overlaps(sets, pairs.ravel(), groups, len(pairs))
    jaccards = ratio(overlaps.n_common, overlaps.n_any)
    return tuple(
        PairOverlap(
            first=int(first) + 1,
            second=int(second) + 1,
            n_any=int(overlaps.n_any[number]),
            n_shared=int(overlaps.n_common[number]),
            jaccard=_defined(jaccards[number]),
        )
        for number, (first, second) in enumerate(pairs)
    )


def consistency(sets: NeuronSets) -> Consistency:
    """How much all queries agree, taken as those of one fact."""
    n_queries = len(sets.sizes)
    overlaps = fact_overlaps(sets, np.zeros(n_queries, dtype=np.int64), 1)
    score = consistency_scores(overlaps, np.array([n_queries]))
    return Consistency(int(overlaps.n_any[0]), int(overlaps.n_shared[0]), _defined(score[0]))


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
