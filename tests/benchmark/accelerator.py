"""The sweep at large dimensions on a GPU: absolute times, in float32 and in TF32."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import torch
from tests.benchmark.agreement import Agreement, agreement
from tests.benchmark.contenders import EXACT, STEPS, adaptive_name, contenders
from tests.benchmark.dimensions import Dimensions, random_model, random_queries
from tests.benchmark.page import circumstances, table
from tests.benchmark.timing import Spread, Timed, spread, take_turns
from tests.benchmark.work import matrix_product, operations

from qloc.models.precision import Precision, matrix_products

PRECISIONS: tuple[Precision, ...] = ("float32", "tf32")
CONTENDERS = (EXACT, adaptive_name("tiny-llama"))
# Largest milliseconds per query in TF32, largest memory in GB, largest difference to float32.
MOST_MILLISECONDS = dict(zip(CONTENDERS, (80.0, 30.0), strict=True))
MOST_MEMORY = 48.0
MOST_DIFFERENCE = 1e-3


@dataclass(frozen=True)
class Measured:
    """One contender in one precision.

    Attributes:
        contender: Its name.
        precision: Of matrix products, the head's excepted.
        n_queries: Per sweep.
        seconds: Per query.
        gigabytes: Peak of the device's memory, weights included; 0 where it is not told.
        share: Of the peak that a large product of matrices reaches in the same precision; None
            where operations are not known.
        agreement: With float32.
    """

    contender: str
    precision: Precision
    n_queries: int
    seconds: Spread
    gigabytes: float
    share: float | None
    agreement: Agreement


@dataclass(frozen=True)
class Measurements:
    """All of them, with the device's peak in operations per second by precision."""

    dimensions: Dimensions
    device: str
    rows: list[Measured]
    peaks: dict[Precision, float]


def measure(dimensions: Dimensions, device: str, n_rounds: int) -> Measurements:
    """Measure exact and adaptive sweeps, of one query and of several."""
    model = random_model(dimensions, device)
    queries = random_queries(dimensions, dimensions.n_queries)
    by_name, peaks, rows = contenders(), _peaks(device), []
    for contender in CONTENDERS:
        for n_queries in (1, dimensions.n_queries):
            run = partial(by_name[contender], model, queries[:n_queries])
            in_float32 = run(0)
            for precision in PRECISIONS:
                with matrix_products(precision):
                    found = agreement(run(0), in_float32)
                    _forget_peak(device)
                    timed = {contender: Timed(run, n_queries)}
                    seconds = spread(take_turns(timed, n_rounds, device)[contender])
                    gigabytes = _peak_memory(device)
                speed = operations(dimensions, STEPS) / seconds.median
                share = speed / peaks[precision] if contender == EXACT else None
                rows.append(
                    Measured(contender, precision, n_queries, seconds, gigabytes, share, found)
                )
    return Measurements(dimensions, _name(device), rows, peaks)


def lines(measured: Measurements) -> Iterator[str]:
    """The section of the page."""
    sizes = measured.dimensions
    yield f"## The sweep at {sizes.name} dimensions on {measured.device}"
    yield ""
    yield f"{circumstances()}. Random weights in float32, {sizes.n_layers} layers, hidden"
    yield f"{sizes.hidden}, {sizes.neurons} neurons a layer, vocabulary {sizes.vocabulary:,};"
    yield f"prompts of {sizes.n_prompt} tokens; completeness rows and checks included. Time by the"
    yield "clock, median [least, largest]; the head is always multiplied in float32."
    peaks = ", ".join(f"{name} {peak / 1e12:.3g}" for name, peak in measured.peaks.items())
    yield f"Peak of a large product of matrices in TFLOP/s: {peaks}."
    heads = ("contender", "precision", "queries", "ms per query", "GB", "share of peak")
    others = ("difference to float32", "other sets", "targets")
    yield from table((*heads, *others), [_cells(row) for row in measured.rows])


def _cells(row: Measured) -> tuple[str, ...]:
    low, median, high = (1e3 * part for part in vars(row.seconds).values())
    return (
        row.contender,
        row.precision,
        str(row.n_queries),
        f"{median:.1f} [{low:.1f}, {high:.1f}]",
        f"{row.gigabytes:.1f}",
        "" if row.share is None else f"{row.share:.2f}",
        f"{row.agreement.difference:.1e}",
        f"{row.agreement.n_other_sets} of {row.agreement.n_queries}",
        _verdicts(row) if row.precision == "tf32" and row.n_queries > 1 else "",
    )


def _verdicts(row: Measured) -> str:
    """Every target of a row with whether it was met."""
    most = MOST_MILLISECONDS[row.contender]
    targets = {
        f"≤ {most:.0f} ms": 1e3 * row.seconds.median <= most,
        f"≤ {MOST_MEMORY:.0f} GB": row.gigabytes <= MOST_MEMORY,
        f"≤ {MOST_DIFFERENCE:.0e}": row.agreement.difference <= MOST_DIFFERENCE,
    }
    return "; ".join(f"{name} {'met' if met else '**missed**'}" for name, met in targets.items())


def _peaks(device: str) -> dict[Precision, float]:
    """Operations per second of a large product, in each precision."""
    product, n_operations = matrix_product(device)
    peaks: dict[Precision, float] = {}
    for precision in PRECISIONS:
        with matrix_products(precision):
            product()
            seconds = take_turns({"": Timed(lambda _: product(), 1)}, 5, device)[""]
        peaks[precision] = n_operations / min(seconds)
    return peaks


def _forget_peak(device: str) -> None:
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()


def _peak_memory(device: str) -> float:
    return torch.cuda.max_memory_allocated() / 1e9 if device == "cuda" else 0.0


def _name(device: str) -> str:
    return torch.cuda.get_device_name() if device == "cuda" else device
