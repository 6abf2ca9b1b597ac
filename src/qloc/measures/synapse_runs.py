"""What is done to the attention of every query, run by run, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float64

from qloc.measures.manipulations import FACTORS

CHOSEN_COLUMNS = ("synapses", "without_first_column", "random_columns")

# The columns that are manipulated on a query, by preset and set; queries differ in their tokens.
ColumnSets = Mapping[tuple[str, str], Bool[np.ndarray, "layer head _"]]


class SynapseRun(NamedTuple):
    """A run of the model, named as in the table `synapse_answers`."""

    preset: str
    synapse_set: str
    manipulation: str
    is_renormalised: bool

    @property
    def columns(self) -> tuple[str, str]:
        """Whose columns the run is about: for mass matching those that it is matched to."""
        is_matched = self.synapse_set == "mass_matched"
        return self.preset, "synapses" if is_matched else self.synapse_set


def synapse_runs(presets: Iterable[str]) -> list[SynapseRun]:
    """All runs of a query; mass matching is not renormalised, which would undo it."""
    return [
        SynapseRun(preset, synapse_set, manipulation, is_renormalised)
        for preset in presets
        for manipulation in FACTORS
        for synapse_set, forms in (
            *((chosen, (False, True)) for chosen in CHOSEN_COLUMNS),
            ("mass_matched", (False,)),
        )
        for is_renormalised in forms
    ]


@dataclass(frozen=True)
class SynapseOutcome:
    """What a query did in all runs.

    Attributes:
        columns: Manipulated, by preset and set.
        masses: Shares of the clean run's attention in these columns.
        answer_before: Probability of the answer on the clean run.
        answer_after: Of every run.
        values_before: Of the neurons on the clean run.
        values_after: Of every run.
    """

    columns: ColumnSets
    masses: Mapping[tuple[str, str], float]
    answer_before: float
    answer_after: Float64[np.ndarray, " run"]
    values_before: Float[np.ndarray, "layer neuron"]
    values_after: Float[np.ndarray, "run layer neuron"]
