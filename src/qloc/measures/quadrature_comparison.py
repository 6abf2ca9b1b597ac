"""What a quadrature gets wrong, against one that is as good as exact, and what it costs.

The reference takes 64 Gauss–Legendre points, exact for polynomials up to degree 127. Scores are
float32: a neuron can lie so near the cut of its query's set that rounding decides. Such sets are
counted as different all the same; how far from the cut the neurons lie tells them apart.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from qloc.measures.quadrature import FIXED_RULES
from qloc.measures.selection import selected

REFERENCE = ("gauss_legendre", 64)

COMPARED = (
    ("adaptive", 0),
    ("riemann_right", 20),
    ("riemann_right", 50),
    ("riemann_right", 100),
    ("left", 20),
    ("midpoint", 20),
    ("gauss_legendre", 6),
    ("gauss_legendre", 12),
    ("gauss_legendre", 20),
)
"""Rules and their points; 0 where a rule chooses them itself. The second is the paper's."""

ROUNDING = 2e-5
"""By so much, as a share of the largest score, float32 may move one: docs/explanation/method.md."""


def compared_rules(quadrature: str, steps: int) -> list[tuple[str, int]]:
    """The rules that are compared: some well-known ones, and the study's own.

    Args:
        quadrature: Of the study.
        steps: Its points, if their number is fixed.
    """
    return list(dict.fromkeys([*COMPARED, own_rule(quadrature, steps)]))


def own_rule(quadrature: str, steps: int) -> tuple[str, int]:
    """A rule and its points, as they stand among those compared."""
    return quadrature, 0 if quadrature == "adaptive" else steps


@dataclass(frozen=True)
class Deviation:
    """What a rule makes of one query, against the reference.

    Attributes:
        n_neurons: Selected by the rule.
        n_reference_neurons: Selected by the reference.
        is_same_set: They are the same.
        jaccard: |∩|/|∪| of both sets; NaN if both are empty.
        cut_distance: Of the neurons that one of them selects alone, how far the farthest lies
            from the reference's cut, over the largest |score|; NaN if there is none.
        score_error: Largest error of a score over the largest |score|; NaN if that is 0.
    """

    n_neurons: int
    n_reference_neurons: int
    is_same_set: bool
    jaccard: float
    cut_distance: float
    score_error: float


def deviation(
    scores: Float[np.ndarray, "layer neuron"],
    reference: Float[np.ndarray, "layer neuron"],
    selection_threshold: float,
) -> Deviation:
    """Compare the scores of one query by some rule with those by the reference."""
    scores, reference = scores.astype(np.float64), reference.astype(np.float64)
    own, expected = (selected(found, selection_threshold) for found in (scores, reference))
    largest = np.abs(reference).max()
    unit = largest if largest > 0 else np.nan
    cut = selection_threshold * max(reference.max(), 0)
    apart = np.abs(reference - cut)[own != expected]
    n_any = int((own | expected).sum())
    return Deviation(
        n_neurons=int(own.sum()),
        n_reference_neurons=int(expected.sum()),
        is_same_set=not len(apart),
        jaccard=int((own & expected).sum()) / n_any if n_any else float("nan"),
        cut_distance=float(apart.max() / unit) if len(apart) else float("nan"),
        score_error=float(np.abs(scores - reference).max() / unit),
    )


def gradients_per_layer(
    n_points: Int[np.ndarray, "query layer"], quadrature: str, steps: int
) -> Float[np.ndarray, " query"]:
    """Gradients that a rule takes of every query, over the number of layers.

    Each is a row of a sweep. The one at α = 1 is the same for all layers and is counted once.

    Args:
        n_points: Of every query's layers, α = 1 included where the rule has it.
        quadrature: The rule.
        steps: Its points, if their number is fixed.
    """
    has_end = quadrature == "adaptive" or 1.0 in FIXED_RULES[quadrature](steps).points
    per_layer: Float[np.ndarray, " query"] = (n_points - has_end).mean(axis=1)
    return per_layer + has_end / n_points.shape[1]
