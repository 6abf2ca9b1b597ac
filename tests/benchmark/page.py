"""Measurements as a section of docs/explanation/performance.md, between two marks."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmark.contenders import EXACT, LIBRARY, NAIVE, STEPS, adaptive_name
from tests.benchmark.forced import HISTOGRAMS
from tests.benchmark.measurements import Comparison, Grown, Row, references
from tests.benchmark.timing import Spread
from tests.benchmark.work import operations

from qloc.circumstances import machine, versions

# At least so many times faster than a reference: dimensions, contender, queries, reference, gain.
TARGETS = (
    ("gpt2-small", EXACT, 8, LIBRARY, 22),
    ("llama-12", EXACT, 8, NAIVE, 20),
    ("tiny-gpt2", EXACT, 64, LIBRARY, 30),
    ("tiny-llama", EXACT, 64, NAIVE, 30),
    ("gpt2-small", adaptive_name("tiny-llama"), 8, LIBRARY, 60),
    ("llama-12", adaptive_name("tiny-llama"), 8, NAIVE, 60),
    ("gpt2-small", adaptive_name("tiny-gpt2"), 8, LIBRARY, 30),
    ("llama-12", adaptive_name("tiny-gpt2"), 8, NAIVE, 30),
)
MOST_MEMORY = 120.0  # MiB above the loaded model, of one query


def replaced(page: str, name: str, section: str) -> str:
    """A page with one section written anew, or added at its end.

    Args:
        page: Its text.
        name: Of the section, in its marks.
        section: What is to stand between them.
    """
    begin = f"<!-- {name}: written by tests/benchmark; do not edit. -->"
    end = f"<!-- {name}: end -->"
    written = f"{begin}\n\n{section.strip()}\n\n{end}"
    if begin not in page:
        return f"{page.rstrip()}\n\n{written}\n"
    before, _, rest = page.partition(begin)
    return f"{before}{written}{rest.partition(end)[2]}"


def write(path: Path, name: str, lines: Iterator[str]) -> None:
    """Write one section of a page."""
    page = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(replaced(page, name, "\n".join(lines)), encoding="utf-8")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table of Markdown."""
    yield ""
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def circumstances() -> str:
    """The libraries and the machine, in one line."""
    known = {record.item: record.value for record in [*versions(), *machine()]}
    return (
        f"torch {known['torch']}, transformers {known['transformers']}, Python {known['python']};"
        f" {known['processor']}, {known['cores']} cores"
    )


def speed_page(comparisons: Sequence[Comparison], grown: Sequence[Grown]) -> Iterator[str]:
    """The section on the CPU."""
    yield from _introduction(comparisons[0])
    yield from _targets(comparisons)
    for comparison in comparisons:
        yield from _comparison(comparison)
    yield from _agreements(comparisons)
    if any(comparison.memory for comparison in comparisons):
        yield from _memory(comparisons)
    yield from _growth(grown)
    yield TERMS


INTRODUCTION = """\
## The attribution sweep against the public library and the naive scheme

`make benchmark` measured this: {circumstances}. Random weights, prompts of {n_prompt} tokens, one
thread of torch, CPU time of the process (user and system). Contenders take turns round by round,
and so does a product of large float32 matrices, the machine's peak; a gain or a share is that of
one round, given as the median [least, largest] over rounds. Times depend on the machine: gains
are what is claimed.

- **{library}**: `knowledge-neurons` 0.0.2, its `get_scores` with {steps} steps, by default ten in a
  batch, one query after the other. It takes no completeness rows.
- **{naive}**: the same scheme, written plainly (`tests/benchmark/naive.py`): a full run forward and
  backward for every layer and point, ten points in a batch; also without the logits of all tokens
  but the last, which nobody needs and transformers makes unless told otherwise.
- **{exact}**: the sweep with `riemann_right` {steps}, completeness and checks included.
- **adaptive**: the sweep with `adaptive`, completeness and checks included. On random weights every
  path settles at once, so each (query, layer) pair is made to take as many points as a pair of a
  trained tiny model needed, over all rungs below, drawn anew each round. Points and pairs:
"""

TERMS = """\
### How the work is counted, and what was done to the library

GFLOP per query are those of all matrix products that really ran, counted by torch, padding and
checks included. The formula counts products with weights, two operations for each weight and row:
with L layers of m weights, a head of v weights, hidden size d, f neurons a layer, S tokens and N
points, and sums over layers l from 0,

    2 m L S + 2 m (2 Σ (1 + (N − 1) l) − 1) + 4 v (1 + (N − 1) L) + 4 d f L
      + 2 m Σ (1 + l) + 2 v (1 + L)

for the prompt, the rows forward and backward, the head and its gradient, the way in and out of the
down projections, and completeness (forward only).

The library runs unmodified with transformers 5. It is installed without what it says it needs, but
for einops. Set from outside: it attributes to what comes out of GPT-2's activation function
(`input_ff_attr = "mlp.act"`), where by itself it takes what goes in; its tokenizer reads numbers as
tokens. Its model's weights ask for no gradients; as its own loading leaves them they do, which
makes it some percent slower and takes more memory. It sums at the points of linspace(0, 1, N) with
weights 1/N: α = 0 is one of them and α = 1 another, so that it takes as many points as the sweep,
which shares α = 1 between layers. It knows no Llama.
"""


def _introduction(first: Comparison) -> Iterator[str]:
    yield INTRODUCTION.format(
        circumstances=circumstances(),
        n_prompt=first.dimensions.n_prompt,
        library=LIBRARY,
        naive=NAIVE,
        exact=EXACT,
        steps=STEPS,
    ).rstrip()
    for name, histogram in HISTOGRAMS.items():
        counts = ", ".join(f"{points}: {pairs:,}" for points, pairs in sorted(histogram.items()))
        yield f"  - {name}: {counts}"
    yield ""


def _targets(comparisons: Sequence[Comparison]) -> Iterator[str]:
    by_name = {comparison.dimensions.name: comparison for comparison in comparisons}
    rows = []
    for dimensions, contender, n_queries, reference, least in TARGETS:
        if dimensions in by_name:
            row = _row(by_name[dimensions], contender, n_queries)
            gain = row.gains[reference]
            rows.append(
                (dimensions, f"{contender}, {n_queries} queries", f"≥ {least} × {reference}",
                 f"{_times(gain)}", _verdict(gain.median >= least))
            )  # fmt: skip
    for comparison in comparisons:
        if comparison.dimensions.n_layers >= 12:
            for contender, size in comparison.memory.items():
                if contender not in references(comparison.dimensions) and size is not None:
                    rows.append(
                        (comparison.dimensions.name, f"{contender}, 1 query",
                         f"≤ {MOST_MEMORY:.0f} MiB above the model", f"{size:.0f} MiB",
                         _verdict(size <= MOST_MEMORY))
                    )  # fmt: skip
    yield from table(("dimensions", "contender", "target", "measured", ""), rows)


def _row(comparison: Comparison, contender: str, n_queries: int) -> Row:
    return next(
        row for row in comparison.rows if (row.contender, row.n_queries) == (contender, n_queries)
    )


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "**missed**"


def _comparison(comparison: Comparison) -> Iterator[str]:
    sizes, others = comparison.dimensions, references(comparison.dimensions)
    yield f"### {sizes.name}"
    yield ""
    yield f"{sizes.n_layers} layers, hidden {sizes.hidden}, {sizes.neurons} neurons a layer,"
    yield f"{sizes.heads} heads on {sizes.key_value_heads} of keys and values, vocabulary"
    yield f"{sizes.vocabulary:,}. Peak of the machine: {_spread(comparison.peak, 1e-9, 0)} GFLOP/s."
    formula = operations(sizes, STEPS) / 1e9
    yield f"The formula below gives {formula:.3g} GFLOP per query for {EXACT}."
    shown = [other for other in others if other in (LIBRARY, NAIVE)]
    last = others[-1]
    heads = ["contender", "queries", "ms per query", *(f"× {other}" for other in shown)]
    heads += [f"× {last}", "GFLOP per query", "share of peak"]
    rows = [
        (
            row.contender,
            str(row.n_queries),
            _milliseconds(row.seconds.median),
            *(_times(row.gains[other]) for other in (*shown, last)),
            "" if row.operations is None else f"{row.operations / 1e9:.3g}",
            "" if row.share is None else _spread(row.share, 1, 2),
        )
        for row in comparison.rows
    ]
    yield from table(heads, rows)


def _agreements(comparisons: Sequence[Comparison]) -> Iterator[str]:
    yield "### Agreement"
    yield ""
    yield "Largest difference of a score in units of the query's largest |score|, and neuron sets"
    yield "(selection threshold 0.2) that differ. With the library at its own points."
    rows = [
        (
            comparison.dimensions.name,
            what,
            f"{found.difference:.1e}",
            f"{found.n_other_sets} of {found.n_queries}",
        )
        for comparison in comparisons
        for what, found in comparison.agreements.items()
    ]
    yield from table(("dimensions", "compared", "difference", "other sets"), rows)


def _memory(comparisons: Sequence[Comparison]) -> Iterator[str]:
    yield "### Memory"
    yield ""
    yield "Peak above the loaded model in MiB, of one query, each contender in a process of its own"
    yield "(the kernel's high-water mark, forgotten once the model has answered one plain run)."
    rows = [
        (comparison.dimensions.name, contender, "not known" if size is None else f"{size:.0f}")
        for comparison in comparisons
        for contender, size in comparison.memory.items()
    ]
    yield from table(("dimensions", "contender", "MiB"), rows)


def _growth(grown: Sequence[Grown]) -> Iterator[str]:
    yield "### Growth"
    yield ""
    yield f"gpt2-small dimensions, {EXACT}, one size changed at a time, one round each."
    rows = [
        (
            step.what,
            f"{step.value:,}",
            "" if step.reference is None else _milliseconds(step.reference),
            _milliseconds(step.sweep),
            "" if step.reference is None else f"{step.reference / step.sweep:.1f}",
        )
        for step in grown
    ]
    heads = ("size", "", f"{LIBRARY}, ms per query", "sweep, ms per query", "gain")
    yield from table(heads, rows)


def _milliseconds(seconds: float) -> str:
    """Three digits, or all before the point."""
    return f"{seconds * 1e3:,.0f}" if seconds >= 0.1 else f"{seconds * 1e3:.3g}"


def _times(gain: Spread) -> str:
    return _spread(gain, 1, 1)


def _spread(numbers: Spread, unit: float, digits: int) -> str:
    low, median, high = (
        f"{number * unit:,.{digits}f}" for number in (numbers.low, numbers.median, numbers.high)
    )
    return f"{median} [{low}, {high}]"
