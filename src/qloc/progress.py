"""Progress of long work in the log: how far, how fast, how much longer."""

import logging
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LINES = 30.0

T = TypeVar("T")


def batches(items: Sequence[T], size: int, what: str) -> Iterator[Sequence[T]]:
    """Consecutive runs of at most ``size`` items, with progress logged while they are worked on.

    Args:
        items: The work.
        size: Items in a batch.
        what: The items in the plural, for the log.
    """
    start = last = time.monotonic()
    for first in range(0, len(items), size):
        yield items[first : first + size]
        now, n_done = time.monotonic(), min(first + size, len(items))
        is_end = n_done == len(items)
        if is_end or now - last >= SECONDS_BETWEEN_LINES:
            last = now
            logger.info("%s", _line(n_done, len(items), now - start, what))


def _line(n_done: int, n_all: int, seconds: float, what: str) -> str:
    rate = n_done / max(seconds, 1e-9)
    line = f"{n_done} of {n_all} {what}, {rate:.3g} per second"
    return line if n_done == n_all else f"{line}, {(n_all - n_done) / rate:.0f} s left"
