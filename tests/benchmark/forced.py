"""The adaptive rule, told how far to go.

With random weights every path settles at once, and `adaptive` would look too fast. So each
(query, layer) pair is given the number of points that some pair of a trained model needed, and
climbs to it over all rungs below, with whatever padding that takes.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor

from qloc.measures import integration

# How many (query, layer) pairs took how many points: the default study, IG, tolerance 3e-3, as
# `tests.benchmark.histograms` counts them.
HISTOGRAMS: dict[str, dict[int, int]] = {
    "tiny-llama": {4: 2079, 8: 2410, 15: 667, 28: 8},
    "tiny-gpt2": {4: 369, 8: 2744, 15: 1402, 28: 508, 59: 45},
}


def drawn_points(histogram: Mapping[int, int], n_pairs: int, seed: int) -> Int[np.ndarray, " pair"]:
    """Numbers of points for some pairs, as evenly from the histogram as so few can be.

    The pairs' places in the histogram are equally far apart, the first is drawn, and so is who
    has which: a share of one in a hundred is met by one of 96 pairs, more or less.
    """
    draws = np.random.default_rng(seed)
    counts = np.array(sorted(histogram))
    ends = np.cumsum([histogram[count] for count in counts.tolist()])
    places = (np.arange(n_pairs) + draws.random()) / n_pairs * ends[-1]
    return draws.permutation(counts[np.searchsorted(ends, places, side="right")])


@contextmanager
def forced(points: Int[np.ndarray, " path"]) -> Iterator[None]:
    """Have every path of a batch take so many points, settled or not."""
    needed = torch.from_numpy(points)
    climb = integration._Climb

    class Forced(climb):  # type: ignore[misc, valid-type]
        def refine(self, asked: Bool[Tensor, " path"]) -> bool:
            """Take paths up that have fewer points than they are to have."""
            assert len(asked) == len(needed)
            again: bool = super().refine(self.n_points < needed)
            return again

    integration._Climb = Forced  # type: ignore[misc]
    try:
        yield
    finally:
        integration._Climb = climb  # type: ignore[misc]
