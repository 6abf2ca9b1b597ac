"""What is done to synapses and what is looked at: the cells of an effect, and their contrasts."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from qloc.contracts.synapse_answers import SYNAPSE_SETS
from qloc.contracts.synapse_comparisons import CONTRASTS
from qloc.contracts.synapse_effects import SYNAPSE_NEURON_SETS
from qloc.contracts.synapse_summaries import OUTCOMES
from qloc.measures.manipulations import DIRECTIONS
from qloc.measures.synapse_runs import synapse_runs


class Cell(NamedTuple):
    """What is done to which columns of attention, and what is looked at."""

    preset: str
    synapse_set: str
    manipulation: str
    is_renormalised: bool
    outcome: str


class Contrast(NamedTuple):
    """What is taken away from the effect of the synapses, as `synapse_comparisons` has it."""

    preset: str
    manipulation: str
    is_renormalised: bool
    outcome: str
    contrast: str

    @property
    def exists(self) -> bool:
        """Whether both of its cells do, and it says something."""
        is_undone = self.contrast == "mass_matched" and self.is_renormalised
        is_of_others = self.contrast in SYNAPSE_NEURON_SETS and self.outcome != "own"
        is_itself = self.contrast == self.manipulation
        return not (is_undone or is_of_others or is_itself)

    @property
    def cells(self) -> tuple[Cell, Cell]:
        """The cell of the synapses, and the one taken away from it."""
        cell = Cell(self.preset, "synapses", *self[1:-1])
        if self.contrast in SYNAPSE_SETS:
            return cell, cell._replace(synapse_set=self.contrast)
        if self.contrast in SYNAPSE_NEURON_SETS:
            return cell, cell._replace(outcome=self.contrast)
        return cell, cell._replace(manipulation=self.contrast)


def synapse_cells(presets: Sequence[str]) -> list[Cell]:
    """Every outcome of every run."""
    return [Cell(*run, outcome) for run in synapse_runs(presets) for outcome in OUTCOMES]


def synapse_contrasts(presets: Sequence[str]) -> list[Contrast]:
    """Every contrast of `synapse_comparisons`."""
    every = itertools.product(presets, DIRECTIONS, (False, True), OUTCOMES, CONTRASTS)
    return [contrast for contrast in itertools.starmap(Contrast, every) if contrast.exists]
