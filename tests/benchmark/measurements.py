"""What is measured: speed side by side, agreement, memory, and growth with the sizes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from tests.benchmark import library, naive
from tests.benchmark.agreement import Agreement, agreement
from tests.benchmark.contenders import (
    EXACT,
    LIBRARY,
    NAIVE,
    NAIVE_LAST,
    STEPS,
    Contender,
    adaptive_name,
    contenders,
    exact,
    exact_at,
)
from tests.benchmark.dimensions import Dimensions, random_model, random_queries
from tests.benchmark.forced import HISTOGRAMS
from tests.benchmark.memory import peak_in_a_process
from tests.benchmark.timing import Spread, Timed, gains, spread, take_turns
from tests.benchmark.work import counted_operations, matrix_product

from qloc.measures.quadrature import right_riemann

OURS = (EXACT, *(adaptive_name(name) for name in HISTOGRAMS))
PEAK = "peak"


@dataclass(frozen=True)
class Row:
    """One contender with one number of queries per sweep.

    Attributes:
        contender: Its name.
        n_queries: Queries per sweep; 1 for those that take them one by one.
        seconds: Per query.
        gains: How many times faster than each reference, by the reference's name.
        operations: Of the matrix products of one query; None where they were not counted.
        share: Of the machine's peak; None where operations were not counted.
    """

    contender: str
    n_queries: int
    seconds: Spread
    gains: Mapping[str, Spread]
    operations: float | None
    share: Spread | None


@dataclass(frozen=True)
class Comparison:
    """All contenders at one set of dimensions.

    Attributes:
        dimensions: The sizes.
        rows: Speed.
        agreements: By what was compared with what.
        peak: The machine's, in operations per second.
        memory: MiB of one query above the loaded model, by contender.
    """

    dimensions: Dimensions
    rows: Sequence[Row]
    agreements: Mapping[str, Agreement]
    peak: Spread
    memory: Mapping[str, float | None]


@dataclass(frozen=True)
class Grown:
    """One step of growth: what was set to what, and seconds per query."""

    what: str
    value: int
    reference: float | None
    sweep: float


def references(dimensions: Dimensions) -> tuple[str, ...]:
    """Contenders that attribute one query after the other, the first being the measure."""
    is_read = dimensions.architecture == "gpt2"  # the library knows no Llama
    return (LIBRARY, NAIVE, NAIVE_LAST) if is_read else (NAIVE, NAIVE_LAST)


def compare(
    dimensions: Dimensions, n_rounds: int, n_references: int, with_memory: bool
) -> Comparison:
    """Measure all contenders.

    Args:
        dimensions: The sizes.
        n_rounds: How often each takes its turn.
        n_references: Queries that the slow ones attribute in each round.
        with_memory: Whether memory is measured, too.
    """
    model, every = random_model(dimensions), random_queries(dimensions, dimensions.n_queries)
    agreements = _agreements(dimensions, n_references)
    by_name, seats = contenders(), {}
    for name in references(dimensions):
        run = partial(_run, by_name[name], model, every[:n_references])
        seats[name, 1] = Timed(run, n_references)
    for name in OURS:
        for n_queries in (1, dimensions.n_queries):
            run = partial(_run, by_name[name], model, every[:n_queries])
            seats[name, n_queries] = Timed(run, n_queries)
            run(0)  # not measured: whatever is made once is made here
    timed = {f"{name} {n}": seat for (name, n), seat in seats.items()}
    product, operations = matrix_product()
    seconds = take_turns({**timed, PEAK: Timed(lambda _: product(), 1)}, n_rounds)
    peaks = [operations / second for second in seconds[PEAK]]
    rows = []
    for (name, n_queries), seat in seats.items():
        own = seconds[f"{name} {n_queries}"]
        counted = None
        if name in OURS:
            counted = counted_operations(lambda: seat.run(0)) / n_queries  # noqa: B023
        rows.append(
            Row(
                name,
                n_queries,
                spread(own),
                {other: gains(seconds[f"{other} 1"], own) for other in references(dimensions)},
                counted,
                None if counted is None else _share(counted, own, peaks),
            )
        )
    names = [*references(dimensions), *OURS] if with_memory else []
    memory = {name: peak_in_a_process(dimensions.name, name) for name in names}
    return Comparison(dimensions, rows, agreements, spread(peaks), memory)


def _run(contender: Contender, model: object, queries: object, number: int) -> object:
    return contender(model, queries, number)  # type: ignore[arg-type]


def _share(operations: float, seconds: Sequence[float], peaks: Sequence[float]) -> Spread:
    """Of the peak that was measured in the same round."""
    pairs = zip(seconds, peaks, strict=True)
    return spread([operations / second / peak for second, peak in pairs])


def _agreements(dimensions: Dimensions, n_compared: int) -> dict[str, Agreement]:
    """Of a sweep of all queries with the slow ones, on some of them."""
    found = {}
    dtypes = {"float32": torch.float32}
    if dimensions.architecture == "gpt2" and dimensions.n_layers < 12:
        dtypes["float64"] = torch.float64  # Llama's norms compute in float32 in any model
    for precision, dtype in dtypes.items():
        model = random_model(dimensions, dtype=dtype)
        queries = random_queries(dimensions, dimensions.n_queries)
        some = queries[:n_compared]
        by_the_book = naive.attribute(model, some, right_riemann(STEPS))
        swept = exact(model, queries)[:n_compared]
        found[f"sweep with naive, {precision}"] = agreement(swept, by_the_book)
        if LIBRARY in references(dimensions):
            its_rule = library.library_rule(STEPS)
            public = library.attribute(model, some, STEPS)
            swept = exact_at(its_rule, model, queries)[:n_compared]
            found[f"sweep with library, {precision}"] = agreement(swept, public)
    return found


def growth(
    dimensions: Dimensions, sizes: Mapping[str, Sequence[int]], longest_reference: int
) -> list[Grown]:
    """Seconds per query of the exact sweep and of the first reference, one size changed at a time.

    Args:
        dimensions: What all else stays at.
        sizes: Values of ``prompt tokens``, ``layers``, ``steps`` and ``queries per sweep``.
        longest_reference: The longest prompt that the reference is given.
    """
    grown = []
    for what, values in sizes.items():
        for value in values:
            changed, steps = _changed(dimensions, what, value)
            is_slow = what == "queries per sweep" or changed.n_prompt > longest_reference
            grown.append(_grown(what, value, changed, steps, with_reference=not is_slow))
    return grown


def _changed(dimensions: Dimensions, what: str, value: int) -> tuple[Dimensions, int]:
    """Dimensions and steps with one size changed."""
    if what == "steps":
        return dimensions, value
    if what == "prompt tokens":
        return replace(dimensions, n_prompt=value), STEPS
    if what == "layers":
        return replace(dimensions, n_layers=value), STEPS
    return replace(dimensions, n_queries=value), STEPS


def _grown(
    what: str, value: int, dimensions: Dimensions, steps: int, *, with_reference: bool
) -> Grown:
    model, queries = random_model(dimensions), random_queries(dimensions, dimensions.n_queries)
    by_name, reference = contenders(steps), references(dimensions)[0]
    seats = {EXACT: Timed(partial(_run, by_name[EXACT], model, queries), len(queries))}
    if with_reference:
        seats[reference] = Timed(partial(_run, by_name[reference], model, queries[:1]), 1)
    seconds = take_turns(seats, 1)
    first = seconds[reference][0] if with_reference else None
    return Grown(what, value, first, seconds[EXACT][0])
