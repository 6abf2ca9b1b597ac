"""What edits as rows cost, as a section of docs/explanation/performance.md."""

from collections.abc import Iterator, Sequence

from tests.benchmark.edits import (
    FIRST,
    LOOP,
    MIDDLE,
    N_ANSWER,
    N_EDITS,
    N_NEURONS,
    N_PROMPTS,
    N_TEXT,
    N_TEXTS,
    OURS,
    PROMPTS,
    TEXTS,
    UPPER,
    Cost,
)
from tests.benchmark.page import circumstances, table

# How many times faster than the loop rows of prompts are to be, by the lowest edited layer.
TARGETS = {FIRST: (1.0, "never slower"), MIDDLE: (1.5, "≥ 1.5 ×"), UPPER: (1.5, "≥ 1.5 ×")}

INTRODUCTION = """\
## Edits as rows against a loop that edits, runs and restores

`make benchmark` measured this: {circumstances}. Random weights, one thread of torch, CPU time of
the process (user and system). Contenders take turns round by round; a gain is that of one round,
given as the median [least, largest] over rounds. {n_edits} edits of {n_neurons} neurons each, of
the lowest edited layer and all above it.

- **{prompts}**: {n_prompts} prompts of 12 tokens with answers of {n_answer}, as many as a fact's
  queries and the unrelated ones; **{texts}**: {n_texts} of {n_text} tokens, for perplexity.
- **lowest edited layer**: rows pass over the layers below it, and save nothing else: by count of
  products with weights, they can be so many times faster at most. Logits are made for every edit.
- **{ours}**: `predict_edited`, many edits in one run, no weight touched.
- **{loop}**: `tests/benchmark/edit_loop.py`: for every edit, change the weights, run all prompts or
  texts in one batch without padding, make logits only where they are read, put the weights back.
"""


def lines(costs: Sequence[Cost]) -> Iterator[str]:
    """The section of the page."""
    yield INTRODUCTION.format(
        circumstances=circumstances(),
        n_edits=N_EDITS,
        n_neurons=N_NEURONS,
        prompts=PROMPTS,
        n_prompts=N_PROMPTS,
        n_answer=N_ANSWER,
        texts=TEXTS,
        n_texts=N_TEXTS,
        n_text=N_TEXT,
        ours=OURS,
        loop=LOOP,
    ).rstrip()
    heads = ("dimensions", "what", "lowest edited layer", "ms per edit, rows", "loop")
    others = ("× loop", "at most, by count", "largest difference of a log-probability", "target")
    yield from table((*heads, *others), [_cells(cost) for cost in costs])


def _cells(cost: Cost) -> tuple[str, ...]:
    gain = cost.gain
    return (
        cost.dimensions,
        cost.what,
        cost.lowest,
        *(f"{1e3 * cost.seconds[contender].median:.3g}" for contender in (OURS, LOOP)),
        f"{gain.median:.2f} [{gain.low:.2f}, {gain.high:.2f}]",
        f"{cost.most:.2f}",
        f"{cost.difference:.1e}",
        _verdict(cost),
    )


def _verdict(cost: Cost) -> str:
    if cost.what != PROMPTS:
        return ""
    least, words = TARGETS[cost.lowest]
    return f"{words}: {'met' if cost.gain.median >= least else '**missed**'}"
