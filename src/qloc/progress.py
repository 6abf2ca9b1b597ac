"""Progress of long work in the log: how far, how fast, how much longer."""

import logging
import time

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LINES = 30.0


class Progress:
    """Logs how far a piece of work is: about every half minute, and at its end.

    Args:
        n_all: How many items there are to work on.
        what: The items in the plural, for the log.
    """

    def __init__(self, n_all: int, what: str) -> None:
        self._n_all = n_all
        self._what = what
        self._start = self._last = time.monotonic()

    def log(self, n_done: int) -> None:
        """Say that so many items are done, if it is time to."""
        now = time.monotonic()
        if n_done == self._n_all or now - self._last >= SECONDS_BETWEEN_LINES:
            self._last = now
            logger.info("%s", _line(n_done, self._n_all, now - self._start, self._what))


def _line(n_done: int, n_all: int, seconds: float, what: str) -> str:
    rate = n_done / max(seconds, 1e-9)
    line = f"{n_done} of {n_all} {what}, {rate:.3g} per second"
    return line if n_done == n_all else f"{line}, {(n_all - n_done) / rate:.0f} s left"
