"""Peak memory above the loaded model, of one query: every contender in a process of its own.

Counted (`qloc.models.costs`) once the model has been made and has read the prompt in a plain run,
so that libraries, weights and torch's own buffers are left out.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import torch
from tests.benchmark.contenders import contenders
from tests.benchmark.dimensions import DIMENSIONS, random_model, random_queries

from qloc.models.costs import CLEAR_REFS, cost

ROOT = Path(__file__).parents[2]


def peak_in_a_process(dimensions: str, contender: str) -> float | None:
    """MiB above the loaded model; None on systems other than Linux."""
    if not CLEAR_REFS.exists():
        return None
    command = [sys.executable, "-m", __name__, dimensions, contender]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{run.stderr}")
    return float(run.stdout)


def measured(dimensions: str, contender: str) -> float:
    """MiB of one query, measured in this process."""
    sizes = DIMENSIONS[dimensions]
    model, queries = random_model(sizes), random_queries(sizes, 1)
    with torch.no_grad():
        model.module(torch.tensor([queries[0].prompt_tokens]))
    attribute = contenders()[contender]
    found = cost(lambda: attribute(model, queries, 0), model.device)
    assert found.peak_memory is not None, "asked only where the system says"
    return found.peak_memory / 2**20


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dimensions", choices=DIMENSIONS)
    parser.add_argument("contender", choices=contenders())
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    sys.stdout.write(f"{measured(asked.dimensions, asked.contender)}\n")
