"""The selection thresholds that the explorer's slider stops at, and which of them a score exceeds.

Scores are compared with thresholds here, as in the rest of the study, in float64. The page
compares whole numbers: a neuron is selected at a stop if its score exceeds more stops than lie
below that one. So no rounding can move a neuron in or out of a set.
"""

import numpy as np
from jaxtyping import Float, Int

from qloc.measures.selection import exceeds_share


def stops(keep: float, selection_threshold: float) -> list[float]:
    """The lowest share in the tables, hundredths above it up to 0.89, and the study's own."""
    hundredths = {number / 100 for number in range(1, 90) if number / 100 > keep}
    return sorted({keep, selection_threshold} | hundredths)


def levels(
    scores: Float[np.ndarray, " row"], best: Float[np.ndarray, " row"], shares: list[float]
) -> Int[np.ndarray, " row"]:
    """How many of these shares of its query's best score each score exceeds.

    Args:
        scores: One row per query and neuron.
        best: The best score of each row's query.
        shares: In rising order.
    """
    found = np.zeros(len(scores), dtype=np.int8)
    for share in shares:
        found += exceeds_share(scores, best, share)
    return found
