"""How far two attributions of the same queries are apart."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

SELECTION_THRESHOLD = 0.2


@dataclass(frozen=True)
class Agreement:
    """Of one attribution with another.

    Attributes:
        difference: Largest difference of a score, in units of its query's largest |score|.
        n_queries: Queries compared.
        n_other_sets: Of them, how many have another neuron set.
    """

    difference: float
    n_queries: int
    n_other_sets: int


def agreement(
    scores: Float[Tensor, "query layer neuron"], reference: Float[Tensor, "query layer neuron"]
) -> Agreement:
    """Compare scores with those of a reference, in float64."""
    found, asked = scores.double().flatten(1), reference.double().flatten(1)
    unit = asked.abs().amax(1)
    difference = ((found - asked).abs().amax(1) / unit).max()
    differs = (_selected(found) != _selected(asked)).any(1)
    return Agreement(float(difference), len(found), int(differs.sum()))


def _selected(scores: Float[Tensor, "query neuron"]) -> Tensor:
    """Which neurons exceed the selection threshold times their query's best score."""
    return scores > SELECTION_THRESHOLD * scores.amax(1, keepdim=True).clamp_min(0)
