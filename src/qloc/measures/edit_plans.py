"""Which edits of a fact are made: of which sets, at which strengths, each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qloc.contracts.neuron_sets import CHOSEN_SETS, EDITED_SETS
from qloc.measures.facts_to_edit import Cells, FactToEdit, cells_of


@dataclass(frozen=True)
class PlannedEdit:
    """An edit, and in the place of which sets' edits it stands.

    Attributes:
        fact: That is edited.
        cells: The neurons.
        neuron_sets: All sets of the fact with these neurons that are edited so.
        preset: Way of editing.
        strength: Number of the strength in the preset's list.
    """

    fact: FactToEdit
    cells: Cells
    neuron_sets: tuple[str, ...]
    preset: str
    strength: int


def sets_to_edit(fact: FactToEdit) -> tuple[str, ...]:
    """The sets that a fact has: held-out ones only where queries are held out."""
    is_any_held_out = any(query.role == "held_out" for query in fact.queries)
    return tuple(name for name in EDITED_SETS if is_any_held_out or "_held_out" not in name)


def planned_edits(
    fact: FactToEdit,
    names: Sequence[str],
    cells: Mapping[tuple[str, str], Cells],
    n_strengths: Mapping[str, int],
    chosen: Mapping[str, int],
) -> list[PlannedEdit]:
    """The edits of a fact.

    Args:
        fact: That is edited.
        names: Of sets.
        cells: Of every set that is not empty, by fact and set.
        n_strengths: Of every preset; chosen sets are edited at all.
        chosen: Of every preset, the strength at which controls are edited.
    """
    found: dict[tuple[str, int, bytes], list[str]] = {}
    own = cells_of(cells, fact.fact_id, names)
    for name, of_set in own.items():
        key = np.stack([of_set.layers, of_set.neurons]).tobytes()
        for preset, n in n_strengths.items():
            for strength in range(n) if name in CHOSEN_SETS else [chosen[preset]]:
                found.setdefault((preset, strength, key), []).append(name)
    return [
        PlannedEdit(fact, own[same[0]], tuple(same), preset, strength)
        for (preset, strength, _), same in found.items()
    ]
