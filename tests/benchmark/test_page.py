"""The page says what was measured, and whether it met its target."""

import pytest
from tests.benchmark import accelerator, measurements, page, work
from tests.benchmark.agreement import Agreement
from tests.benchmark.contenders import EXACT, LIBRARY, NAIVE, NAIVE_LAST
from tests.benchmark.dimensions import DIMENSIONS, Dimensions
from tests.benchmark.measurements import Comparison, Grown, Row
from tests.benchmark.timing import Spread

SMALL = Dimensions("small", "llama", 2, 32, 48, 4, 2, 97, 5, 2)


@pytest.fixture(autouse=True)
def _small_products(monkeypatch):
    monkeypatch.setattr(work, "SIZE", 64)


def test_a_section_is_written_anew_in_its_place():
    text = page.replaced("# Page\n\nBefore\n", "benchmark", "first")
    text = f"{text}\nBehind\n"
    again = page.replaced(text, "benchmark", "second\n")
    assert again == text.replace("first", "second")
    assert page.replaced(again, "benchmark", "second") == again
    assert again.startswith("# Page\n\nBefore\n\n<!-- benchmark:")


@pytest.fixture
def comparison():
    """Made-up measurements at GPT-2's dimensions: 24 times faster exactly, 20 adaptively."""
    gains = {LIBRARY: (23.0, 24.0, 25.0), NAIVE: (22.0, 23.0, 24.0), NAIVE_LAST: (15.0, 16.0, 17.0)}
    rows = [
        Row(name, n, Spread(0.5, 0.6, 0.7), {k: Spread(*v) for k, v in gains.items()}, 8e10, None)
        for name in measurements.OURS
        for n in (1, 8)
    ]
    found = {"sweep with library, float32": Agreement(3.4e-7, 2, 1)}
    peak = Spread(1e11, 1.5e11, 2e11)
    return Comparison(DIMENSIONS["gpt2-small"], rows, found, peak, {LIBRARY: 250.0, EXACT: 130.0})


def test_every_target_is_shown_with_what_was_measured(comparison):
    grown = [Grown("layers", 3, 2.0, 0.5), Grown("prompt tokens", 512, None, 0.25)]
    text = "\n".join(page.speed_page([comparison], grown))
    assert "| gpt2-small | exact, 8 queries | ≥ 22 × library | 24.0 [23.0, 25.0] | met |" in text
    assert "≥ 60 × library | 24.0 [23.0, 25.0] | **missed** |" in text
    assert (
        "| gpt2-small | exact, 1 query | ≤ 120 MiB above the model | 130 MiB | **missed** |" in text
    )
    assert "library, 1 query" not in text
    assert "| sweep with library, float32 | 3.4e-07 | 1 of 2 |" in text
    assert "| layers | 3 | 2,000 | 500 | 4.0 |" in text
    assert "| prompt tokens | 512 |  | 250 |  |" in text


def test_a_small_comparison_measures_all_that_the_page_shows():
    found = measurements.compare(SMALL, n_rounds=2, n_references=1, with_memory=False)
    shown = [(row.contender, row.n_queries) for row in found.rows]
    ours = [(name, n) for name in measurements.OURS for n in (1, 2)]
    assert shown == [(NAIVE, 1), (NAIVE_LAST, 1), *ours]
    assert found.agreements["sweep with naive, float32"].difference < 1e-5
    grown = measurements.growth(SMALL, {"layers": (1,), "queries per sweep": (3,)}, 12)
    assert [(step.what, step.value, step.reference is None) for step in grown] == [
        ("layers", 1, False),
        ("queries per sweep", 3, True),
    ]
    assert "### small" in "\n".join(page.speed_page([found], grown))


def test_the_page_of_an_accelerator_can_be_written_anywhere():
    measured = accelerator.measure(SMALL, "cpu", n_rounds=1)
    shown = [(row.contender, row.precision, row.n_queries) for row in measured.rows]
    assert shown == [
        (name, precision, n)
        for name in accelerator.CONTENDERS
        for n in (1, 2)
        for precision in ("float32", "tf32")
    ]
    assert all(row.agreement.difference < 1e-6 for row in measured.rows)
    text = "\n".join(accelerator.lines(measured))
    assert text.count("≤ 48 GB met") == 2
