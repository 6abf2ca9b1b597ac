"""AMIG: which words the end of text replaces, how their baselines combine, and the norm."""

import numpy as np
import pytest
import torch

RULE = ("midpoint", 2)
KNOBS = [
    {"baseline": baseline, "aggregate": aggregate}
    for baseline in ("one_token", "all_tokens")
    for aggregate in ("per_word", "mean_baseline")
]


@pytest.fixture(params=["gpt2", "llama"])
def model(request, random_model):
    return random_model(request.param, torch.float64)


@pytest.mark.parametrize("knobs", KNOBS, ids=lambda knobs: "-".join(knobs.values()))
def test_scores_of_every_baseline_equal_the_book(
    model, knobs, queries, by_the_book, worst_error, attributed
):
    expected = by_the_book(model, queries, "amig", [("midpoint", 2)], knobs=knobs)[0]
    found = attributed(model, queries, "amig", RULE, **knobs)
    assert worst_error(found.scores, expected) < 1e-10
    one_path_each = knobs != KNOBS[0]
    n_paths = 3 if one_path_each else sum(len(query.prompt_tokens) for query in queries)
    assert len(found.checks.word) == 3 * n_paths


def test_baselines_differ(model, queries, worst_error, attributed):
    """All but the two of a single baseline, which are one and the same."""
    query = queries[1:2]
    found = [attributed(model, query, "amig", RULE, **knobs).scores for knobs in KNOBS]
    assert worst_error(found[1], found[0]) > 1e-3
    assert worst_error(found[2], found[0]) > 1e-3
    assert worst_error(found[2], found[1]) > 1e-3
    np.testing.assert_array_equal(found[3], found[2])


@pytest.mark.parametrize("knobs", KNOBS, ids=lambda knobs: "-".join(knobs.values()))
def test_sizes_of_scores_add_up_to_one(model, knobs, queries, attributed):
    scores = attributed(model, queries, "amig", RULE, **knobs).scores
    assert np.abs(scores).sum((1, 2)).tolist() == pytest.approx([1.0] * 3, rel=1e-12)
