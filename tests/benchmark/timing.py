"""Side by side: contenders take turns, so that whatever else the machine does meets all alike."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Timed:
    """A contender.

    Attributes:
        run: Attributes its queries; given the number of the round.
        n_queries: How many they are.
    """

    run: Callable[[int], object]
    n_queries: int


@dataclass(frozen=True)
class Spread:
    """Of a number that was measured in several rounds."""

    low: float
    median: float
    high: float


def clock(device: str) -> float:
    """Seconds: of this process' CPU time; on an accelerator of the day, its work done."""
    if device == "cpu":
        return time.process_time()
    torch.cuda.synchronize()
    return time.perf_counter()


def take_turns(
    contenders: Mapping[str, Timed], n_rounds: int, device: str = "cpu"
) -> dict[str, list[float]]:
    """Seconds per query of every contender in every round."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(n_rounds):
        for name, contender in contenders.items():
            start = clock(device)
            contender.run(number)
            seconds[name].append((clock(device) - start) / contender.n_queries)
    return seconds


def spread(numbers: Sequence[float]) -> Spread:
    """Least, median and largest."""
    return Spread(min(numbers), statistics.median(numbers), max(numbers))


def gains(reference: Sequence[float], contender: Sequence[float]) -> Spread:
    """How many times faster than a reference, round by round."""
    return spread([slow / fast for slow, fast in zip(reference, contender, strict=True)])
