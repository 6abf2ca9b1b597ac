"""Beside what do knowledge synapses, and the neurons they are said to choose, stand?

That suppressing attention moves neurons and the answer says little: attention is what a model
reads with. So beside the synapses of a query stand as many columns drawn among all
(``random_columns``), and the synapses but for those of the first token, on which many heads rest
when they look for nothing (``without_first_column``). A third control, ``mass_matched``, has no
columns: see `qloc.models.synapse_runs`.

And synapses are said to choose *knowledge* neurons (section 3.2 of Chen et al. 2025,
https://arxiv.org/abs/2405.14117): beside the query's own stand those of its neighbor queries, and
as many that are no knowledge neuron of the fact, of the same layers (``random``) or any
(``random_any``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from qloc.measures.fact_sets import FactSets
from qloc.measures.synapses import Columns, SynapseRule, find_synapses
from qloc.randomness import generator

NeuronSets = Mapping[str, Int[np.ndarray, " neuron"]]


@dataclass(frozen=True)
class ColumnChoice:
    """How the columns that are manipulated are chosen.

    Attributes:
        rules: By which synapses are found, by preset.
        alpha: See `find_synapses`.
        seed: Of the study.
    """

    rules: Mapping[str, SynapseRule]
    alpha: float
    seed: int

    def choose(
        self,
        weights: Float[np.ndarray, "layer head row column"],
        is_visible: Bool[np.ndarray, "layer row column"],
        query_id: str,
    ) -> dict[tuple[str, str], Columns]:
        """The columns of a query, by preset and set.

        Those drawn depend on their number, the seed, the preset and the query alone.

        Args:
            weights: Attention of the query's clean run.
            is_visible: Which tokens the rows of each layer see.
            query_id: The query.
        """
        found: dict[tuple[str, str], Columns] = {}
        for preset, rule in self.rules.items():
            synapses = find_synapses(weights, is_visible, rule, self.alpha)
            names = ("manipulate_synapses", "random_columns", preset, query_id)
            random = generator(self.seed, *names)
            drawn = random.choice(synapses.size, synapses.sum(), replace=False)
            is_later = np.arange(synapses.shape[2]) > 0
            found[preset, "synapses"] = synapses
            found[preset, "without_first_column"] = synapses & is_later
            found[preset, "random_columns"] = np.zeros_like(synapses)
            found[preset, "random_columns"].flat[drawn] = True
        return found


def measured_neurons(sets: FactSets, n_layers: int, n_neurons: int, seed: int) -> NeuronSets:
    """The sets of neurons whose values are read, by their names in `synapse_effects`.

    What is drawn depends on the fact's sets, the seed, the method and the query alone. Where there
    are fewer neurons than a set should have, it has those there are.

    Args:
        sets: Knowledge neurons of the query and of its neighbors.
        n_layers: Of the model.
        n_neurons: Of one layer.
        seed: Of the study.
    """
    neighbors = np.unique(np.concatenate(sets.others))
    outside = np.delete(np.arange(n_layers * n_neurons), sets.every)
    random = generator(seed, "manipulate_synapses", "random", sets.method, sets.query_id)
    random_any = generator(seed, "manipulate_synapses", "random_any", sets.method, sets.query_id)
    layers = outside // n_neurons
    by_layer = [
        _drawn(outside[layers == layer], size, random)
        for layer, size in enumerate(np.bincount(sets.own // n_neurons).tolist())
    ]
    return {
        "own": sets.own,
        "neighbors": neighbors,
        "neighbors_only": np.setdiff1d(neighbors, sets.own, assume_unique=True),
        "random": np.concatenate([*by_layer, outside[:0]]),
        "random_any": _drawn(outside, len(sets.own), random_any),
    }


def _drawn(
    outside: Int[np.ndarray, " free"], size: int, random: np.random.Generator
) -> Int[np.ndarray, " neuron"]:
    return np.sort(random.choice(outside, min(size, len(outside)), replace=False))
