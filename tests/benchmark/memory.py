"""Peak memory above the loaded model, of one query: every contender in a process of its own.

On Linux the kernel keeps the largest resident memory of a process and forgets it when asked
(`/proc/self/clear_refs`). It is asked once the model has been made and has read the prompt in a
plain run, so that libraries, weights and torch's own buffers are no longer counted.
"""

import argparse
import ctypes
import gc
import subprocess
import sys
from pathlib import Path

import torch
from tests.benchmark.contenders import contenders
from tests.benchmark.dimensions import DIMENSIONS, random_model, random_queries

ROOT = Path(__file__).parents[2]
STATUS = Path("/proc/self/status")
CLEAR_REFS = Path("/proc/self/clear_refs")
FORGET_PEAK = "5"


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
    before = forget_peak()
    contenders()[contender](model, queries, 0)
    return (kibibytes("VmHWM") - before) / 1024


def forget_peak() -> int:
    """Give free memory back, start anew, and say how much is resident, in KiB."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    CLEAR_REFS.write_text(FORGET_PEAK, encoding="ascii")
    return kibibytes("VmRSS")


def kibibytes(name: str) -> int:
    """One line of the kernel's record of this process."""
    lines = STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dimensions", choices=DIMENSIONS)
    parser.add_argument("contender", choices=contenders())
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    sys.stdout.write(f"{measured(asked.dimensions, asked.contender)}\n")
