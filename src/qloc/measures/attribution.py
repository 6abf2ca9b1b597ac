"""What a method of attribution hands on: scores with their error bar."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int


@dataclass(frozen=True)
class PathChecks:
    """The error bar of every path.

    Attributes:
        query: Number of the path's query in its batch.
        layer: Whose neurons go along the path.
        word: Position of the perturbed word in the prompt; 0 where a path is not of one word.
        n_points: Points at which the gradient was taken.
        score_sum: Sum over the layer's neurons of the path's scores, in units of probability.
        answer_change: The answer's probability less that with the layer at its baseline.
        gap: |score_sum − answer_change| over the query's largest |score| in the same unit; NaN
            where that is 0.
        score_change: Largest change of a score between the last two numbers of points, in the same
            unit; NaN also where only one number was taken.
        is_settled: Both, summed over the words of the layer, lie within the tolerance; None if the
            rule has none.
    """

    query: Int[np.ndarray, " path"]
    layer: Int[np.ndarray, " path"]
    word: Int[np.ndarray, " path"]
    n_points: Int[np.ndarray, " path"]
    score_sum: Float[np.ndarray, " path"]
    answer_change: Float[np.ndarray, " path"]
    gap: Float[np.ndarray, " path"]
    score_change: Float[np.ndarray, " path"]
    is_settled: Bool[np.ndarray, " path"] | None


@dataclass(frozen=True)
class Attribution:
    """Scores of a batch of queries with their error bar, on the CPU.

    Attributes:
        scores: What each neuron contributed to the answer: for ``ig`` in units of probability,
            for other methods normalised as the method says.
        activations: What each neuron did at the prompt's last token.
        checks: The error bars, in rising order of query, layer and word.
    """

    scores: Float[np.ndarray, "query layer neuron"]
    activations: Float[np.ndarray, "query layer neuron"]
    checks: PathChecks
