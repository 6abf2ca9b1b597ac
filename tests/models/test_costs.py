"""A peak of memory is that of the work alone, and a time is that of the whole work."""

import gc
import time
import weakref

import pytest
import torch

from qloc.models import costs
from qloc.models.costs import cost, only_new_garbage

pytestmark = pytest.mark.slow

CPU = torch.device("cpu")
MEBIBYTE = 2**20

on_linux = pytest.mark.skipif(
    not costs.CLEAR_REFS.exists(), reason="only Linux tells a peak of memory"
)
on_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


def peak_memory(work, device):
    """Bytes that a piece of work held at once."""
    return cost(work, device).peak_memory


def take(n_mebibytes):
    """Work that holds so much at once, and gives it back."""
    return lambda: torch.ones(n_mebibytes * MEBIBYTE // 4)


@on_linux
@pytest.mark.parametrize("n_mebibytes", [40, 90])
def test_the_peak_is_what_the_work_held_at_once(n_mebibytes):
    """Pieces of over 32 MiB go back to the system at once; smaller ones the allocator may keep."""

    def work():
        for _ in range(3):
            take(n_mebibytes)()

    found = peak_memory(work, CPU)
    assert found / MEBIBYTE == pytest.approx(n_mebibytes, abs=4)


@on_linux
def test_neither_what_was_held_before_nor_an_earlier_peak_counts():
    held = take(60)()
    take(200)()
    found = peak_memory(take(40), CPU)
    assert found / MEBIBYTE == pytest.approx(40, abs=4)
    assert held.sum() == held.numel()


@on_linux
def test_small_pieces_that_were_given_back_to_the_allocator_count_again():
    def work():
        return [torch.ones(4096) for _ in range(2000)]  # 16 KiB each: none is mapped on its own

    first, again = (peak_memory(work, CPU) for _ in range(2))
    assert min(first, again) / MEBIBYTE == pytest.approx(31, abs=6)


@on_linux
def test_work_that_holds_nothing_costs_no_memory():
    assert 0 <= peak_memory(lambda: None, CPU) < MEBIBYTE


@pytest.mark.parametrize("file", ["STATUS", "CLEAR_REFS"])
def test_a_system_that_keeps_no_peak_gives_none(file, monkeypatch, tmp_path):
    monkeypatch.setattr(costs, file, tmp_path / "nowhere")
    done = []
    assert peak_memory(lambda: done.append(1), CPU) is None
    assert done == [1]


def test_a_system_that_does_not_forget_gives_none(monkeypatch):
    class Refused(type(costs.CLEAR_REFS)):
        def write_text(self, *_, **__):
            raise PermissionError

        def is_file(self):
            return True

    monkeypatch.setattr(costs, "CLEAR_REFS", Refused("clear_refs"))
    monkeypatch.setattr(costs, "STATUS", Refused("status"))
    assert peak_memory(lambda: None, CPU) is None


def test_the_time_is_that_of_the_work_and_it_is_done_once():
    calls = []

    def work():
        calls.append(1)
        time.sleep(0.05)

    assert 0.05 <= cost(work, CPU).seconds < 0.5
    assert len(calls) == 1


def test_garbage_from_before_is_not_looked_at_and_that_from_within_is_collected():
    class Circle:
        def __init__(self):
            self.itself = self

    with only_new_garbage():
        assert gc.get_freeze_count() > 1000
        made = weakref.ref(Circle())
        gc.collect()
        assert made() is None
    assert gc.get_freeze_count() == 0


def test_of_a_gpu_the_work_is_waited_for_and_its_own_memory_counted(monkeypatch):
    """Without a GPU: what is asked of torch, in which order."""
    asked = []
    answers = {
        "reset_peak_memory_stats": None,
        "memory_allocated": 700,
        "synchronize": None,
        "max_memory_allocated": 1000,
    }
    for name, answer in answers.items():
        told = lambda _device, name=name, answer=answer: asked.append(name) or answer  # noqa: E731
        monkeypatch.setattr(torch.cuda, name, told)
    assert cost(lambda: asked.append("work"), torch.device("cuda")).peak_memory == 300
    before, after = asked[: asked.index("work")], asked[asked.index("work") :]
    assert before == ["reset_peak_memory_stats", "memory_allocated", "synchronize"]
    assert after == ["work", "synchronize", "max_memory_allocated"]


@on_gpu
def test_a_gpu_counts_its_own_memory():
    device = torch.device("cuda")
    held = torch.ones(MEBIBYTE, device=device)
    found = peak_memory(lambda: torch.ones(8 * MEBIBYTE, device=device), device)
    assert found == 32 * MEBIBYTE
    assert held.sum() == MEBIBYTE
