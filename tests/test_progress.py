"""Long work says how far it is, not too often."""

import logging

import pytest

from qloc import progress


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves when told."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def lines_after(caplog, clock, seconds, n_items, size):
    caplog.set_level(logging.INFO, logger="qloc.progress")
    work = progress.Progress(n_items, "queries")
    for n_done in range(size, n_items + size, size):
        clock[0] += seconds
        work.log(min(n_done, n_items))
    return [record.getMessage() for record in caplog.records]


def test_quick_work_is_reported_once_at_its_end(caplog, clock):
    assert lines_after(caplog, clock, 2.0, 7, 3) == ["7 of 7 queries, 1.17 per second"]


def test_long_work_is_reported_about_every_half_minute_with_the_time_left(caplog, clock):
    assert lines_after(caplog, clock, 20.0, 50, 10) == [
        "20 of 50 queries, 0.5 per second, 60 s left",
        "40 of 50 queries, 0.5 per second, 20 s left",
        "50 of 50 queries, 0.5 per second",
    ]
