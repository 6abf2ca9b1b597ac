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
    """Do the work once, and say what it cost.

    What the process holds but does not use is given back before, or less would be taken from the
    system; taking it anew is in the time, as it is when a process meets its first query.
    """
    gc.collect()
    before = _forget_peak(device)
    seconds = _duration(work, device)
    return Cost(seconds, None if before is None else max(0, _peak(device) - before))


def _duration(work: Work, device: torch.device) -> float:
    """Wall-clock seconds until the work is done, also by an accelerator."""
    _finish(device)
    start = time.perf_counter()
    work()
    _finish(device)
    return time.perf_counter() - start


def _finish(device: torch.device) -> None:
    """Wait for what an accelerator has yet to do."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _forget_peak(device: torch.device) -> int | None:
    """Start anew, and say how many bytes are held; None where no peak is kept, or forgotten."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        return torch.cuda.memory_allocated(device)
    if not STATUS.is_file() or not CLEAR_REFS.is_file():
        return None
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back is not None:  # in the C library of GNU
        give_back(0)
    try:
        CLEAR_REFS.write_text(FORGET_PEAK, encoding="ascii")
    except OSError:  # not in every container
        return None
    return _resident("VmRSS")


def _peak(device: torch.device) -> int:
    """Most bytes held since then."""
    is_accelerator = device.type == "cuda"
    return torch.cuda.max_memory_allocated(device) if is_accelerator else _resident("VmHWM")


def _resident(name: str) -> int:
    """Bytes, by one line of the kernel's record of this process."""
    lines = STATUS.read_text(encoding="ascii").splitlines()
    kibibytes = next(line.split()[1] for line in lines if line.startswith(f"{name}:"))
    return int(kibibytes) * KIBIBYTE
