"""Work that does not fit into memory goes on in smaller batches, and loses nothing."""

import gc
import logging
import weakref

import numpy as np
import pytest
import torch

from qloc.errors import StudyError
from qloc.models.memory import in_batches

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def quick_collection():
    """Nothing that was there before a test is looked at when garbage is collected."""
    gc.freeze()
    yield
    gc.unfreeze()


def allocate_on_the_cpu():
    """Ask for more memory than any machine has."""
    torch.empty(10**15)


def raise_as_a_gpu_does():
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nMore.")


def raise_as_numpy_does():
    np.empty(10**15)


@pytest.fixture(params=[allocate_on_the_cpu, raise_as_a_gpu_does, raise_as_numpy_does])
def run_out(request):
    """Every way in which memory runs out."""
    return request.param


def doubled_in(room, run_out):
    """Doubles numbers, as long as there are at most so many of them."""

    def work(batch):
        if len(batch) > room:
            run_out()
        return [2 * number for number in batch]

    return work


@pytest.mark.parametrize(
    ("room", "sizes", "lengths"),
    [
        (99, [8, 8], [8, 3]),
        (8, [8, 8], [8, 3]),
        (7, [4, 4, 4], [4, 4, 3]),
        (3, [2] * 6, [2, 2, 2, 2, 2, 1]),
        (1, [1] * 11, [1] * 11),
    ],
)
def test_batches_are_halved_until_they_fit(run_out, room, sizes, lengths):
    made = list(in_batches(range(11), 8, doubled_in(room, run_out), CPU))
    assert [number for batch, _, _ in made for number in batch] == list(range(11))
    assert [number for _, _, result in made for number in result] == list(range(0, 22, 2))
    assert [size for _, size, _ in made] == sizes
    assert [len(batch) for batch, _, _ in made] == lengths


def test_the_work_goes_on_where_it_was_and_never_in_larger_batches_again(run_out):
    tried = []

    def work(batch):
        tried.append(list(batch))
        if 5 in batch and len(batch) > 1:
            run_out()

    made = list(in_batches(range(9), 4, work, CPU))
    assert tried == [[0, 1, 2, 3], [4, 5, 6, 7], [4, 5], [4], [5], [6], [7], [8]]
    assert [size for _, size, _ in made] == [4, 1, 1, 1, 1, 1]


def test_a_last_batch_smaller_than_the_size_is_halved_itself(run_out):
    tried = []

    def work(batch):
        tried.append(len(batch))
        if len(batch) > 2:
            run_out()

    list(in_batches(range(5), 64, work, CPU))
    assert tried == [5, 2, 2, 1]


def test_the_log_says_with_how_many_queries_it_goes_on(run_out, caplog):
    caplog.set_level(logging.INFO)
    list(in_batches(range(64), 64, doubled_in(20, run_out), CPU))
    assert [record.getMessage() for record in caplog.records[:2]] == [
        "out of memory with 64 queries; going on with 32",
        "out of memory with 32 queries; going on with 16",
    ]
    assert caplog.records[-1].getMessage().startswith("64 of 64 queries")


def test_the_log_speaks_of_what_is_worked_on(run_out, caplog):
    caplog.set_level(logging.INFO)
    list(in_batches(range(6), 6, doubled_in(5, run_out), CPU, "edits"))
    assert caplog.messages[0] == "out of memory with 6 edits; going on with 3"
    assert caplog.messages[-1].startswith("6 of 6 edits, ")
    with pytest.raises(StudyError, match="`cpu` is too small for edits one by one: "):
        list(in_batches(range(3), 2, doubled_in(0, run_out), CPU, "edits"))


def test_no_room_for_one_query_is_the_users_problem_in_words(run_out):
    with pytest.raises(StudyError, match="`cpu` is too small for queries one by one: ") as told:
        list(in_batches(range(3), 2, doubled_in(0, run_out), CPU))
    assert "llocate" in str(told.value)
    assert "take a machine with more" in str(told.value)
    assert "More." not in str(told.value)
    assert told.value.__context__ is None


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("mat1 and mat2 shapes cannot be multiplied"),
        ValueError("DefaultCPUAllocator: can't allocate memory"),
        StudyError("not a supported model"),
    ],
)
def test_any_other_error_is_not_swallowed(error):
    def work(_batch):
        raise error

    with pytest.raises(type(error)) as told:
        list(in_batches(range(3), 2, work, CPU))
    assert told.value is error


def test_an_error_of_who_takes_the_results_is_not_taken_for_one_of_the_work():
    made = in_batches(range(4), 2, list, CPU)
    next(made)
    with pytest.raises(torch.OutOfMemoryError):
        made.throw(torch.OutOfMemoryError("not enough for the tables"))


def test_a_failed_attempt_holds_nothing_when_the_next_begins(run_out):
    held, alive = [], []

    def work(batch):
        alive.append([reference() is not None for reference in held])
        tensor = torch.ones(3, requires_grad=True)
        product = tensor.exp()
        held.extend([weakref.ref(tensor), weakref.ref(product)])
        circle = [product]
        circle.append(circle)
        if len(batch) > 1:
            run_out()

    gc.disable()
    try:
        list(in_batches(range(4), 4, work, CPU))
    finally:
        gc.enable()
    assert alive[:3] == [[], [False] * 2, [False] * 4]


def test_no_queries_are_no_work():
    assert list(in_batches([], 4, doubled_in(0, allocate_on_the_cpu), CPU)) == []
