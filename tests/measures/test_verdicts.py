"""Verdicts: where an interval lies, and how rarely a verdict of *supported* is false."""

import itertools
import math

import numpy as np
import pytest

from qloc.contracts.claims import SIDES, VERDICTS
from qloc.measures.verdicts import Interval, Region, weakest

NOTHING = Interval(math.nan, math.nan)


@pytest.mark.parametrize(
    ("region", "interval", "verdict"),
    [
        (Region("above", 0.1), Interval(0.11, 0.2), "supported"),
        (Region("above", 0.1), Interval(0.1, 0.2), "undecided"),
        (Region("above", 0.1), Interval(0.05, 0.1), "not_supported"),
        (Region("above", 0.1), Interval(-0.3, -0.2), "not_supported"),
        (Region("below", 0.0), Interval(-0.3, -0.01), "supported"),
        (Region("below", 0.0), Interval(-0.3, 0.0), "undecided"),
        (Region("below", 0.0), Interval(0.0, 0.1), "not_supported"),
        (Region("within", 0.05), Interval(-0.04, 0.04), "supported"),
        (Region("within", 0.05), Interval(-0.06, 0.04), "undecided"),
        (Region("within", 0.05), Interval(-0.06, 0.06), "undecided"),
        (Region("within", 0.05), Interval(0.05, 0.06), "not_supported"),
        (Region("within", 0.05), Interval(-0.2, -0.05), "not_supported"),
        (Region("above", 0.1), NOTHING, "not_tested"),
    ],
)
def test_a_verdict_is_where_the_interval_lies(region, interval, verdict):
    assert region.verdict(interval) == verdict


@pytest.mark.parametrize("side", SIDES)
def test_an_estimate_beyond_what_is_detectable_is_supported(side):
    """Moved by as much beyond the limit, the same interval lies in the region."""
    region = Region(side, 0.2)
    estimate, interval = 0.5, Interval(0.44, 0.6)
    enough = region.detectable(estimate, interval)
    assert enough == pytest.approx({"above": 0.06, "below": 0.1, "within": 0.1}[side])
    for margin, verdict in ((1.001, "supported"), (0.999, "undecided")):
        if side == "within":
            moved = Interval(-0.06, 0.1)
            assert Region(side, margin * enough).verdict(moved) == verdict
        else:
            sign = 1 if side == "above" else -1
            shift = region.limit + sign * margin * enough - estimate
            moved = Interval(interval.low + shift, interval.high + shift)
            assert region.verdict(moved) == verdict


def test_what_is_detectable_is_never_below_0():
    """Percentiles of draws may leave out the estimate."""
    assert Region("above", 0.2).detectable(0.4, Interval(0.44, 0.6)) == 0
    assert Region("below", 0.2).detectable(0.7, Interval(0.44, 0.6)) == 0
    assert Region("within", 0.2).detectable(0.4, Interval(0.44, 0.6)) == pytest.approx(0.2)
    assert np.isnan(Region("above", 0.2).detectable(0.4, NOTHING))


def test_a_claim_of_several_parts_is_as_weak_as_its_weakest():
    for parts in itertools.product(VERDICTS, repeat=3):
        expected = next(verdict for verdict in VERDICTS if verdict in parts)
        assert weakest(parts) == expected
    assert weakest(["supported", "supported"]) == "supported"
    assert weakest(["not_tested", "supported"]) == "not_tested"
    assert weakest(["not_tested", "not_supported"]) == "not_supported"


@pytest.mark.parametrize(
    ("side", "truth", "promised"),
    [("above", 0.1, 0.025), ("below", 0.1, 0.025), ("within", 0.1, 0.025)],
)
def test_on_the_limit_supported_is_as_rare_as_the_interval_promises(side, truth, promised):
    """Of normal estimates with known error; the binomial error of 20,000 draws is 0.0011."""
    draws = np.random.default_rng(5).normal(truth, 0.03, 20_000).tolist()
    region = Region(side, 0.1)
    verdicts = [region.verdict(Interval(draw - 1.96 * 0.03, draw + 1.96 * 0.03)) for draw in draws]
    share = np.mean([verdict == "supported" for verdict in verdicts])
    assert share == pytest.approx(promised, abs=0.004)
