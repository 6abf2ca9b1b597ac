"""What a method of attribution hands on: scores with their error bar."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int


@dataclass(frozen=True)
class Attribution:
    """Scores of a batch of queries with their error bar, on the CPU.

    Attributes:
        scores: What each neuron contributed to the answer's probability.
        activations: What each neuron did at the last token.
        n_points: Points at which the gradient was taken.
        score_sum: Sum of a layer's scores over its neurons.
        answer_change: The answer's probability less that with the layer at its baseline.
        gap: |score_sum − answer_change| over the query's largest |score|; NaN where that is 0.
        score_change: Largest change of a score between the last two numbers of points, in the same
            unit; NaN also where only one number was taken.
        is_settled: Both lie within the tolerance; None if the rule has none.
    """

    scores: Float[np.ndarray, "query layer neuron"]
    activations: Float[np.ndarray, "query layer neuron"]
    n_points: Int[np.ndarray, "query layer"]
    score_sum: Float[np.ndarray, "query layer"]
    answer_change: Float[np.ndarray, "query layer"]
    gap: Float[np.ndarray, "query layer"]
    score_change: Float[np.ndarray, "query layer"]
    is_settled: Bool[np.ndarray, "query layer"] | None
