"""What a piece of work costs: its time, and the most memory it held above what was held before.

An accelerator counts its own memory. Of a process, Linux keeps the largest resident memory and
forgets it when asked (`man 5 proc_pid_clear_refs`); other systems say nothing that could be
forgotten, so there is no number from them.
"""

import ctypes
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

STATUS = Path("/proc/self/status")
CLEAR_REFS = Path("/proc/self/clear_refs")
FORGET_PEAK = "5"
KIBIBYTE = 1024

Work = Callable[[], object]


@dataclass(frozen=True)
class Cost:
    """What a piece of work cost: wall-clock seconds, and bytes; None if the system is silent."""

    seconds: float
    peak_memory: int | None


@contextmanager
def only_new_garbage() -> Iterator[None]:
    """Collect garbage, and then look at what is made within alone: much the quicker many times."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def cost(work: Work, device: torch.device) -> Cost:
    """Do the work twice: once for the memory, and once more, warmed up by that, for the time.

    Not at once: to see the memory, what is free is given back before, which slows down the work.
    """
    held = peak_memory(work, device)
    return Cost(duration(work, device), held)


def duration(work: Work, device: torch.device) -> float:
    """Wall-clock seconds until the work is done, also by an accelerator."""
    _finish(device)
    start = time.perf_counter()
    work()
    _finish(device)
    return time.perf_counter() - start


def peak_memory(work: Work, device: torch.device) -> int | None:
    """Most bytes that were held during the work above those before; None if nobody says."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        work()
        return torch.cuda.max_memory_allocated(device) - before
    resident = _forget_peak()
    work()
    return None if resident is None else max(0, _kibibytes("VmHWM") - resident) * KIBIBYTE


def _finish(device: torch.device) -> None:
    """Wait for what an accelerator has yet to do."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _forget_peak() -> int | None:
    """Give free memory back, start anew, and say how much is resident, in KiB.

    None where the system keeps no peak, or does not forget it.
    """
    if not STATUS.is_file() or not CLEAR_REFS.is_file():
        return None
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back is not None:  # in the C library of GNU
        give_back(0)
    try:
        CLEAR_REFS.write_text(FORGET_PEAK, encoding="ascii")
    except OSError:  # not in every container
        return None
    return _kibibytes("VmRSS")


def _kibibytes(name: str) -> int:
    """One line of the kernel's record of this process."""
    lines = STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
