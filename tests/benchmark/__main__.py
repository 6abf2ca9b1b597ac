"""Measure attribution, manipulations and edits for docs/explanation/performance.md.

    make benchmark
    .venv/bin/python -m tests.benchmark --quick --page page.md
    .venv/bin/python -m tests.benchmark --only manipulations

On a GPU, with torch, transformers and jaxtyping installed and src/ on the path:

    PYTHONPATH=src:. python -m tests.benchmark --device cuda --dimensions llama-8b
"""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from tests.benchmark import accelerator, edits, edits_page, manipulations_page, page
from tests.benchmark.dimensions import DIMENSIONS
from tests.benchmark.manipulations import costs
from tests.benchmark.measurements import compare, growth

from qloc.models.language_model import prepare_libraries

LOGGER = logging.getLogger("benchmark")
PAGE = Path(__file__).parents[2] / "docs/explanation/performance.md"
COMPARED = ("gpt2-small", "llama-12", "tiny-gpt2", "tiny-llama")
TINY = ("tiny-gpt2", "tiny-llama")
GROWTH = {
    "prompt tokens": (4, 12, 24, 48, 128, 512),
    "layers": (3, 6, 24),
    "steps": (10, 40),
    "queries per sweep": (1, 2, 4, 16),
}
QUICK_GROWTH = {"prompt tokens": (4, 12), "layers": (2,), "steps": (10,), "queries per sweep": (1,)}
LONGEST_REFERENCE = 48
PARTS = ("attribution", "manipulations", "edits")
MOST_ROUNDS = 3  # of edits of large models


def main() -> None:
    """Run what the options ask for."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    prepare_libraries(threads=1)
    if options.device == "cpu":
        names = options.dimensions or (TINY if options.quick else COMPARED)
        if options.only in (None, "attribution"):
            _measure_attribution(options, names)
        if options.only in (None, "manipulations"):
            _measure_manipulations(options, names)
        if options.only in (None, "edits"):
            _measure_edits(options, names)
    else:
        for name in options.dimensions or ["llama-8b"]:
            LOGGER.info("%s on %s", name, options.device)
            measured = accelerator.measure(DIMENSIONS[name], options.device, options.rounds)
            page.write(options.page, f"benchmark of {name}", accelerator.lines(measured))


def _measure_attribution(options: argparse.Namespace, names: Sequence[str]) -> None:
    comparisons = []
    for name in names:
        LOGGER.info("%s", name)
        is_tiny = name in TINY
        n_rounds = options.rounds * (2 if is_tiny else 1)
        n_references = 8 if is_tiny else 1
        comparisons.append(
            compare(DIMENSIONS[name], n_rounds, n_references, with_memory=not options.quick)
        )
    LOGGER.info("growth")
    grown_from, sizes = (TINY[0], QUICK_GROWTH) if options.quick else (COMPARED[0], GROWTH)
    grown = growth(DIMENSIONS[grown_from], sizes, LONGEST_REFERENCE)
    page.write(options.page, "benchmark", page.speed_page(comparisons, grown))
    LOGGER.info("Written: %s", options.page)


def _measure_manipulations(options: argparse.Namespace, names: Sequence[str]) -> None:
    found = []
    for name in names:
        LOGGER.info("manipulations of %s", name)
        n_references = 8 if name in TINY else 2
        found += costs(DIMENSIONS[name], options.rounds, n_references)
    page.write(options.page, "benchmark of manipulations", manipulations_page.lines(found))
    LOGGER.info("Written: %s", options.page)


def _measure_edits(options: argparse.Namespace, names: Sequence[str]) -> None:
    found = []
    for name in names:
        LOGGER.info("edits of %s", name)
        n_rounds = options.rounds if name in TINY else min(options.rounds, MOST_ROUNDS)
        found += edits.costs(DIMENSIONS[name], n_rounds)
    page.write(options.page, "benchmark of edits", edits_page.lines(found))
    LOGGER.info("Written: %s", options.page)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmark",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--dimensions", nargs="+", choices=DIMENSIONS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=PARTS, help="of what is measured on a CPU")
    parser.add_argument("--quick", action="store_true", help="tiny dimensions only, no memory")
    parser.add_argument("--page", type=Path, default=PAGE, help="whose section is written")
    return parser.parse_args()


if __name__ == "__main__":
    main()
