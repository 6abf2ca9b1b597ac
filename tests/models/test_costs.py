"""A peak of memory is that of the work alone, and a time is that of the whole work."""

import time

import pytest
import torch

from qloc.models import costs
from qloc.models.costs import cost, duration, peak_memory

CPU = torch.device("cpu")
MEBIBYTE = 2**20

on_linux = pytest.mark.skipif(
    not costs.CLEAR_REFS.exists(), reason="only Linux tells a peak of memory"
)
on_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


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


def test_the_time_is_that_of_the_work():
    assert 0.05 <= duration(lambda: time.sleep(0.05), CPU) < 0.5


def test_a_cost_is_that_of_warm_work():
    """Whatever is made once, on the first call, is not in the time."""
    calls = []

    def work():
        calls.append(1)
        if len(calls) == 1:
            time.sleep(0.2)

    assert cost(work, CPU).seconds < 0.1
    assert len(calls) == 2


@on_gpu
def test_a_gpu_counts_its_own_memory():
    device = torch.device("cuda")
    held = torch.ones(MEBIBYTE, device=device)
    found = peak_memory(lambda: torch.ones(8 * MEBIBYTE, device=device), device)
    assert found == 32 * MEBIBYTE
    assert held.sum() == MEBIBYTE
