"""What manipulations cost, as a section of docs/explanation/performance.md."""

from collections.abc import Iterator, Sequence

from tests.benchmark.manipulations import (
    EAGER,
    N_NEURONS,
    N_QUERIES,
    N_SETS,
    NEURON_SETS,
    ONE_FORWARD,
    OURS,
    SINGLE,
    SINGLE_LAST,
    SYNAPSES,
    Cost,
)
from tests.benchmark.page import circumstances, table
from tests.benchmark.timing import Spread

# What is held against whom, how many times faster it is to be, and in which words; of models
# with a hidden size like GPT-2's.
TARGETS = {
    NEURON_SETS: (SINGLE, 10.0, "≥ 10 × faster"),
    SYNAPSES: (SINGLE, 4.0, "≥ 4 × faster"),
    ONE_FORWARD: (EAGER, 1 / 1.15, "≤ 1.15 × the time"),
}
LARGE = ("gpt2-small", "llama-12")

INTRODUCTION = """\
## Manipulations against single patched runs

`make benchmark` measured this: {circumstances}. Random weights, {n_queries} prompts of 12 tokens,
one thread of torch, CPU time of the process (user and system). Contenders take turns round by
round; a gain is that of one round, given as the median [least, largest] over rounds.

- **{neuron_sets}**: {n_sets} sets of {n_neurons} neurons a query, as many as `map_queries` tries
  with three draws, each suppressed and enhanced; the prompts are read in the time that is given.
- **{synapses}**: 40 % of all columns, suppressed and enhanced, plainly and renormalised, and
  attention changed by mass twice; the answer and all neurons at the last token are read.
- **{one_forward}**: every query once, against one run of the same prompts with transformers' eager
  attention and nothing manipulated.
- **{single}**: `tests/benchmark/single_runs.py`, a run of the model for every version of every
  query, patched by plain hooks; also without the logits of all tokens but the last.
"""


def lines(costs: Sequence[Cost]) -> Iterator[str]:
    """The section of the page."""
    yield INTRODUCTION.format(
        circumstances=circumstances(),
        n_queries=N_QUERIES,
        n_sets=N_SETS,
        n_neurons=N_NEURONS,
        neuron_sets=NEURON_SETS,
        synapses=SYNAPSES,
        one_forward=ONE_FORWARD,
        single=SINGLE,
    ).rstrip()
    heads = ("dimensions", "what", "versions", "ms per version", "× single runs")
    others = ("× single runs, last logits only", "eager's time ×", "relative difference", "target")
    yield from table((*heads, *others), [_cells(cost) for cost in costs])


def _cells(cost: Cost) -> tuple[str, ...]:
    return (
        cost.dimensions,
        cost.what,
        str(cost.n_versions),
        f"{1e3 * cost.seconds[OURS].median:.3g}",
        *(_times(cost.gains.get(other)) for other in (SINGLE, SINGLE_LAST)),
        _share(cost.gains.get(EAGER)),
        "" if EAGER in cost.gains else f"{cost.difference:.1e}",
        _verdict(cost),
    )


def _verdict(cost: Cost) -> str:
    if cost.dimensions not in LARGE:
        return ""
    other, least, words = TARGETS[cost.what]
    return f"{words}: {'met' if cost.gains[other].median >= least else '**missed**'}"


def _times(gain: Spread | None) -> str:
    return "" if gain is None else f"{gain.median:.1f} [{gain.low:.1f}, {gain.high:.1f}]"


def _share(gain: Spread | None) -> str:
    """How many times as long as eager attention."""
    if gain is None:
        return ""
    return f"{1 / gain.median:.2f} [{1 / gain.high:.2f}, {1 / gain.low:.2f}]"
