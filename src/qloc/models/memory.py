"""Work in batches that fit into memory: a batch that does not is halved, and the work goes on."""

import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import torch

from qloc.errors import StudyError
from qloc.progress import Progress

logger = logging.getLogger(__name__)

# What torch says on the CPU, where it has no exception of its own for it.
CPU_MESSAGE = "DefaultCPUAllocator: can't allocate memory"

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_batches(
    queries: Sequence[Item],
    size: int,
    work: Callable[[Sequence[Item]], Result],
    device: torch.device,
    what: str = "queries",
) -> Iterator[tuple[Sequence[Item], int, Result]]:
    """Consecutive batches of queries, or of other items, with what was made of them.

    Progress is logged. Where the memory runs out, everything the failed attempt held is freed, and
    the work goes on with half as many from the first one not yet done. The size is not raised
    again.

    Args:
        queries: The work.
        size: Most queries in a batch, to begin with.
        work: What is done with a batch.
        device: Where, for the message.
        what: The items in the plural, for the log.

    Yields:
        A batch, the most queries a batch could have when it was made, and its result.

    Raises:
        StudyError: There is not enough memory for one of them.
    """
    progress = Progress(len(queries), what)
    n_done = 0
    while n_done < len(queries):
        batch = queries[n_done : n_done + size]
        results, complaint = _attempt(work, batch)
        if complaint:
            size = _half(len(batch), device, complaint, what)
            continue
        yield batch, size, results.pop()
        n_done += len(batch)
        progress.log(n_done)


def _attempt(
    work: Callable[[Sequence[Item]], Result], batch: Sequence[Item]
) -> tuple[list[Result], str]:
    """The result, or no result and what was said when the memory ran out.

    The exception does not leave this function: its traceback holds all that was allocated.
    """
    try:
        return [work(batch)], ""
    except (RuntimeError, MemoryError) as error:
        if not _is_out_of_memory(error):
            raise
        return [], str(error).partition("\n")[0] or type(error).__name__


def _is_out_of_memory(error: Exception) -> bool:
    is_named_so = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return is_named_so or CPU_MESSAGE in str(error)


def _half(n_items: int, device: torch.device, complaint: str, what: str) -> int:
    """Half as many, with what the failed attempt left behind given back."""
    if n_items == 1:
        raise StudyError(
            f"The memory of the device `{device}` is too small for {what} one by one: {complaint}"
            " Free memory that other programs hold there, take a machine with more of it, study a"
            " smaller model, or take fewer `steps` if the quadrature has a fixed number."
        )
    gc.collect()  # what is held in a circle, as by hooks
    torch.cuda.empty_cache()
    half = n_items // 2
    logger.warning("out of memory with %d %s; going on with %d", n_items, what, half)
    return half
