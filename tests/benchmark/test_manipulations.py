"""Rows and single patched runs are asked for the same, and the page says who was how fast."""

import numpy as np
import pytest
import torch
from tests.benchmark import manipulations, manipulations_page, single_runs
from tests.benchmark.dimensions import Dimensions, random_model, random_queries
from tests.benchmark.manipulations import Cost
from tests.benchmark.timing import Spread

from qloc.models.interventions import Intervention, intervene

GPT2 = Dimensions("small", "gpt2", 2, 32, 64, 4, 4, 97, 5)
LLAMA = Dimensions("small", "llama", 2, 32, 48, 4, 2, 97, 5)


@pytest.mark.parametrize("dimensions", [GPT2, LLAMA], ids=lambda sizes: sizes.architecture)
def test_single_runs_answer_as_rows_do(dimensions):
    model, queries = random_model(dimensions), random_queries(dimensions, 3)
    factors = manipulations.neuron_sets(model, queries)
    of_neurons = [
        Intervention(number, neurons=one) for number, own in enumerate(factors) for one in own
    ]
    single = single_runs.answers(model, queries, of_neurons)
    rows = manipulations.rows_of_sets(model, queries, factors)
    np.testing.assert_allclose(rows, single, rtol=1e-5, atol=0)
    asked = manipulations.synapses(model, queries)
    single = single_runs.answers(model, queries, asked, 1)
    rows = manipulations.rows_of_texts(model, queries, asked)
    np.testing.assert_allclose(rows, single, rtol=1e-5, atol=0)
    assert len(set(single.round(12))) == len(asked) == 18
    clean = single_runs.answers(model, queries, [Intervention(number) for number in range(3)])
    np.testing.assert_allclose(manipulations.eager(model, queries), clean, rtol=1e-5, atol=0)


def test_single_runs_read_the_neurons_that_rows_read():
    model, queries = random_model(GPT2), random_queries(GPT2, 2)
    asked = manipulations.synapses(model, queries)
    found = intervene(model, queries, asked, "first").activations
    for one, activations in zip(asked, found, strict=True):
        _, neurons = single_runs.run(model, queries[one.query], one, 0)
        np.testing.assert_allclose(neurons, activations, rtol=0, atol=1e-5)


def test_the_models_own_attention_is_restored():
    model, queries = random_model(LLAMA), random_queries(LLAMA, 2)
    before = model.module.config._attn_implementation
    manipulations.eager(model, queries)
    single_runs.answers(model, queries, manipulations.synapses(model, queries))
    assert model.module.config._attn_implementation == before
    with pytest.raises(LookupError):
        single_runs._ASKED.get()


def test_the_page_says_what_was_measured_and_whether_it_met_its_target():
    seconds = {manipulations.OURS: Spread(0.003, 0.004, 0.005)}
    many = dict.fromkeys((manipulations.SINGLE, manipulations.SINGLE_LAST), Spread(3.0, 4.5, 6.0))
    eager = {manipulations.EAGER: Spread(0.5, 0.8, 1.0)}
    found = [
        Cost("gpt2-small", manipulations.SYNAPSES, 48, seconds, many, 3e-7),
        Cost("gpt2-small", manipulations.NEURON_SETS, 272, seconds, many, 3e-7),
        Cost("llama-12", manipulations.ONE_FORWARD, 8, seconds, eager, 0.0),
        Cost("tiny-llama", manipulations.SYNAPSES, 48, seconds, many, 3e-7),
    ]
    rows = [row for row in manipulations_page.lines(found) if row.startswith("| ")][1:]
    gain = "4.5 [3.0, 6.0] | 4.5 [3.0, 6.0]"
    assert rows[0].endswith(f"| 48 | 4 | {gain} |  | 3.0e-07 | ≥ 4 × faster: met |")
    assert rows[1].endswith("| ≥ 10 × faster: **missed** |")
    assert rows[2].endswith("| 4 |  |  | 1.25 [1.00, 2.00] |  | ≤ 1.15 × the time: **missed** |")
    assert rows[3].endswith("| 3.0e-07 |  |")


def test_a_small_comparison_measures_all_that_the_page_shows(monkeypatch):
    monkeypatch.setattr(manipulations, "N_SETS", 2)
    monkeypatch.setattr(manipulations, "N_NEURONS", 3)
    with torch.random.fork_rng():
        found = manipulations.costs(LLAMA, n_rounds=2, n_references=2)
    assert [(cost.what, cost.n_versions) for cost in found] == [
        (manipulations.NEURON_SETS, 32),
        (manipulations.SYNAPSES, 48),
        (manipulations.ONE_FORWARD, 8),
    ]
    assert all(cost.difference < 1e-5 for cost in found)
    assert len(list(manipulations_page.lines(found))) > 3
