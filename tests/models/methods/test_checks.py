"""The error bar of every path: what its scores add up to, and what the answer really changes by."""

import numpy as np
import pytest
import torch

STEPS = 3


def by_path(checks):
    keys = zip(checks.query.tolist(), checks.layer.tolist(), checks.word.tolist(), strict=True)
    return {key: number for number, key in enumerate(keys)}


@pytest.mark.parametrize(
    ("architecture", "answer_tokens"),
    [("gpt2", "joint"), ("llama", "first"), ("llama", "mean_tokens")],
)
@pytest.mark.parametrize("method", ["ig", "sig", "amig"])
def test_sums_and_changes_of_every_path_equal_full_runs(
    architecture, method, answer_tokens, trained_model, queries, book, rule_of, attributed
):
    model = trained_model(architecture, torch.float64)
    oracle = book(model, answer_tokens)
    rule = ("riemann_right", STEPS)
    checks = attributed(model, queries, method, rule, answer_tokens).checks
    assert checks.is_settled is None
    assert np.isnan(checks.score_change).all()
    place, order = by_path(checks), []
    for number, query in enumerate(queries):
        raw = oracle.raw(query, method, *rule_of("riemann_right", STEPS))
        unit = float(raw.reshape(model.n_layers, -1, model.n_neurons).sum(1).abs().max())
        for path, scores in zip(oracle.paths(query, method), raw, strict=True):
            key = (number, path.layer, 0 if method == "ig" else path.word)
            order.append(key)
            at, total = place[key], float(scores.sum())
            start, end = oracle.runs(query, path, [0.0, 1.0])[0].tolist()
            assert checks.score_sum[at] == pytest.approx(total, abs=1e-12)
            assert checks.answer_change[at] == pytest.approx(end - start, abs=1e-12)
            gap = abs(total - (end - start)) / unit
            assert checks.gap[at] == pytest.approx(gap, rel=1e-6, abs=1e-10)
            assert checks.n_points[at] == STEPS
    assert list(place) == order == sorted(order)
    assert len(checks.n_points) == len(order)


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
@pytest.mark.parametrize("method", ["ig", "sig", "amig"])
def test_paths_that_settle_keep_to_the_tolerance(
    architecture, method, trained_model, queries, attributed
):
    model = trained_model(architecture, torch.float32)
    checks = attributed(model, queries, method, ("adaptive", 0)).checks
    is_settled = checks.is_settled
    assert is_settled.mean() > 0.9
    assert checks.gap[is_settled].max() <= 1e-3
    assert checks.score_change[is_settled].max() <= 1e-3
    assert set(checks.n_points[~is_settled]) <= {checks.n_points.max()}
