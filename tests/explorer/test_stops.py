"""A neuron is selected at a stop exactly if the study's own rule selects it there."""

import numpy as np
import pytest

from qloc.explorer.packing import ALPHABET
from qloc.explorer.stops import levels, stops
from qloc.measures.selection import best_scores, exceeds_share


@pytest.mark.parametrize(("keep", "own"), [(0.05, 0.2), (0.0, 0.123), (0.031, 0.955), (0.9, 0.9)])
def test_stops_begin_where_the_tables_do_and_hold_the_studys_own(keep, own):
    found = stops(keep, own)
    assert found == sorted(set(found))
    assert found[0] == keep
    assert own in found
    assert len(found) <= len(ALPHABET)


@pytest.mark.parametrize("own", [0.2, 0.3, 0.07, 0.123456789])
def test_levels_are_exact_for_scores_that_lie_on_a_threshold(own):
    """Scores of float32 next to a share of the best: rounding would move them."""
    shares = stops(0.05, own)
    best = np.float32(0.7310586)
    near = [np.float32(share * float(best)) for share in shares]
    scores = np.array(
        [best, *near, *(np.nextafter(x, np.float32(1)) for x in near),
         *(np.nextafter(x, np.float32(0)) for x in near), -best, 0],
        dtype=np.float32,
    )  # fmt: skip
    of_rows = best_scores(scores, np.zeros(len(scores), dtype=int), 1)
    found = levels(scores, of_rows, shares)
    for stop, share in enumerate(shares):
        assert ((found > stop) == exceeds_share(scores, of_rows, share)).all()


def test_a_query_without_a_positive_score_has_no_neurons_at_any_stop():
    scores = np.array([-0.1, -0.2], dtype=np.float32)
    assert levels(scores, np.full(2, -0.1), stops(0.0, 0.2)).tolist() == [0, 0]
