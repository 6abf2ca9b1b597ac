"""Rows and the loop are asked for the same, and the page says who was how fast."""

import numpy as np
import pytest
import torch
from tests.benchmark import edit_loop, edits, edits_page
from tests.benchmark.dimensions import Dimensions, random_model
from tests.benchmark.edits import Cost
from tests.benchmark.timing import Spread

GPT2 = Dimensions("small", "gpt2", 4, 32, 64, 4, 4, 97, 5)
LLAMA = Dimensions("small", "llama", 4, 32, 48, 4, 2, 97, 5)


@pytest.mark.parametrize("dimensions", [GPT2, LLAMA], ids=lambda sizes: sizes.architecture)
@pytest.mark.parametrize("lowest", [0, 2, 3])
def test_the_loop_reads_what_rows_read_and_restores_the_weights(dimensions, lowest):
    model = random_model(dimensions)
    before = {name: part.clone() for name, part in model.module.state_dict().items()}
    asked = edits.edits(model, lowest)
    assert {int(edit.layers.min()) for edit in asked} == {lowest}
    assert {len(edit.layers) for edit in asked} == {edits.N_NEURONS}
    for sizes in ((3, 5, 2), (2, 1, 9)):
        texts = edits.continuations(dimensions, *sizes)
        by_loop = edit_loop.log_probabilities(model, asked, texts)
        by_rows = edits.rows(model, asked, texts)
        np.testing.assert_allclose(by_rows, by_loop, rtol=0, atol=1e-5)
        of_edits = by_rows.reshape(len(asked), -1)
        assert np.ptp(of_edits, axis=0).max() > 1e-5
    for name, part in model.module.state_dict().items():
        assert torch.equal(part, before[name])


def test_the_largest_gain_is_that_of_layers_that_are_passed_over():
    """4 layers of 8 · 32² weights, a head of 32 · 97; prompts of 5 tokens, 2 predicted."""
    layer, head = 6 * 8 * 32**2, 2 * 32 * 97
    texts = edits.continuations(GPT2, 3, 5, 2)
    assert edits.most_gain(GPT2, texts, 0) == 1
    expected = (4 * layer + head) / (1 * layer + head)
    assert edits.most_gain(GPT2, texts, 3) == pytest.approx(expected, rel=1e-12)


def test_the_page_says_what_was_measured_and_whether_it_met_its_target():
    seconds = {edits.OURS: Spread(0.003, 0.004, 0.005), edits.LOOP: Spread(0.005, 0.006, 0.007)}
    found = [
        Cost("gpt2-small", what, lowest, seconds, Spread(0.9, gain, 1.9), 1.75, 3e-7)
        for what, lowest, gain in (
            (edits.PROMPTS, edits.FIRST, 1.0),
            (edits.PROMPTS, edits.MIDDLE, 1.49),
            (edits.PROMPTS, edits.UPPER, 1.5),
            (edits.PROMPTS, edits.FIRST, 0.99),
            (edits.TEXTS, edits.FIRST, 0.99),
        )
    ]
    rows = [row for row in edits_page.lines(found) if row.startswith("| ")][1:]
    assert rows[0].endswith("| 4 | 6 | 1.00 [0.90, 1.90] | 1.75 | 3.0e-07 | never slower: met |")
    assert rows[1].endswith("| ≥ 1.5 ×: **missed** |")
    assert rows[2].endswith("| 1.50 [0.90, 1.90] | 1.75 | 3.0e-07 | ≥ 1.5 ×: met |")
    assert rows[3].endswith("| never slower: **missed** |")
    assert rows[4].endswith("| 3.0e-07 |  |")


def test_a_small_comparison_measures_all_that_the_page_shows(monkeypatch):
    monkeypatch.setattr(edits, "N_EDITS", 2)
    monkeypatch.setattr(edits, "N_TEXT", 8)
    found = edits.costs(LLAMA, n_rounds=2)
    assert [(cost.what, cost.lowest) for cost in found] == [
        (what, lowest)
        for what in (edits.PROMPTS, edits.TEXTS)
        for lowest in (edits.FIRST, edits.MIDDLE, edits.UPPER)
    ]
    assert all(cost.difference < 1e-5 for cost in found)
    assert all(cost.seconds.keys() == {edits.OURS, edits.LOOP} for cost in found)
    assert len(list(edits_page.lines(found))) > 6
