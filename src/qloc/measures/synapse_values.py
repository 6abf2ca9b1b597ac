"""How far the values of a set of neurons move from the clean run to manipulated ones.

A neuron's value may be negative, and grows in size either way: what it does is counted towards its
own sign. The mean value of a set, which neurons of both signs bring close to 0, stands beside.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64


@dataclass(frozen=True)
class ValueChange:
    """What a set of neurons did.

    Attributes:
        size: Sum of |value| on the clean run.
        change: In every run, the sum of sign(value) (value manipulated − value): above 0 if values
            grow in size.
        mean_before: Mean value on the clean run; NaN if there is no neuron.
        mean_after: Mean value in every run, likewise.
    """

    size: float
    change: Float64[np.ndarray, " run"]
    mean_before: float
    mean_after: Float64[np.ndarray, " run"]


def value_change(
    before: Float[np.ndarray, " neuron"], after: Float[np.ndarray, "run neuron"]
) -> ValueChange:
    """Compare the values of a set of neurons; an empty set moves by exactly 0.

    Args:
        before: On the clean run.
        after: In every other run.
    """
    before, after = before.astype(np.float64), after.astype(np.float64)
    n_neurons = len(before) or np.nan
    return ValueChange(
        size=float(np.abs(before).sum()),
        change=((after - before) * np.sign(before)).sum(1),
        mean_before=float(before.sum() / n_neurons),
        mean_after=after.sum(1) / n_neurons,
    )
