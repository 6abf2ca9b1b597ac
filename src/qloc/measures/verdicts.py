"""Verdicts on claims: where an interval lies, by a rule that was fixed before looking.

A claim says that a number lies in a region: above a limit, below it, or within a margin of 0. It is
*supported* if the whole interval lies in the region, *not supported* if all of it lies outside, and
*undecided* if it crosses the limit. A claim of several parts holds if all of them do, so the
verdict on it is that on its weakest part. What rests on too few facts, or has no interval, is
*not tested*.

False *supported* is as rare as the interval promises: where the truth lies on the limit, 2.5 % of
95 % intervals lie beyond it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from qloc.contracts.claims import VERDICTS

Verdict = Literal["supported", "not_supported", "undecided", "not_tested"]
Side = Literal["above", "below", "within"]


@dataclass(frozen=True)
class Interval:
    """Two ends; NaN where nothing could be estimated."""

    low: float
    high: float

    @property
    def is_known(self) -> bool:
        """Whether there is an interval at all."""
        return not (math.isnan(self.low) or math.isnan(self.high))


@dataclass(frozen=True)
class Region:
    """Where a claim says that a number lies: above or below the limit, or within it around 0."""

    side: Side
    limit: float

    def verdict(self, interval: Interval) -> Verdict:
        """Whether the interval lies in the region, outside, or crosses its border."""
        if not interval.is_known:
            return "not_tested"
        if self._holds(interval):
            return "supported"
        return "not_supported" if self._misses(interval) else "undecided"

    def detectable(self, estimate: float, interval: Interval) -> float:
        """How far beyond the limit an estimate with such an interval must lie to be in the region.

        Of a margin: how wide it must be for an estimate of 0 with such an interval to be within.
        At least 0: percentiles of draws may leave out the estimate itself.
        """
        if not interval.is_known:
            return math.nan
        below = max(estimate - interval.low, 0.0)
        above = max(interval.high - estimate, 0.0)
        return {"above": below, "below": above, "within": max(below, above)}[self.side]

    def holds(self, estimate: float) -> bool:
        """Whether a number lies in the region."""
        return self._holds(Interval(estimate, estimate))

    def _holds(self, interval: Interval) -> bool:
        return {
            "above": interval.low > self.limit,
            "below": interval.high < self.limit,
            "within": -self.limit < interval.low and interval.high < self.limit,
        }[self.side]

    def _misses(self, interval: Interval) -> bool:
        return {
            "above": interval.high <= self.limit,
            "below": interval.low >= self.limit,
            "within": interval.low >= self.limit or interval.high <= -self.limit,
        }[self.side]


def weakest(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a claim whose parts must all hold.

    A part that is not supported refutes it, whatever else could not be tested.
    """
    return min(verdicts, key=VERDICTS.index)
