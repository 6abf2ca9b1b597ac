"""Scores do not depend on what else is in a batch, and attributing leaves nothing behind."""

import numpy as np
import pytest
import torch

pytestmark = pytest.mark.slow

RIEMANN, ADAPTIVE = ("riemann_right", 2), ("adaptive", 0)
CHECKS = ("layer", "word", "n_points", "score_sum", "answer_change", "gap", "score_change")


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def architecture(request):
    return request.param


@pytest.fixture(scope="module", params=["ig", "sig", "amig"])
def method(request):
    return request.param


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dtype", "rule", "tolerance"),
    [(torch.float64, RIEMANN, 1e-12), (torch.float32, ADAPTIVE, 2e-5)],
    ids=["float64", "float32"],
)
def test_scores_in_other_batches_differ_by_rounding(
    architecture, method, dtype, rule, tolerance, trained_model, queries, worst_error, attributed
):
    model = trained_model(architecture, dtype)
    whole = attributed(model, queries, method, rule, "joint").scores
    for batch in ([0], [2, 1, 2]):
        part = attributed(model, [queries[n] for n in batch], method, rule, "joint").scores
        assert worst_error(part, whole[batch]) < tolerance


def test_the_order_of_a_batch_changes_no_bit(
    architecture, method, trained_model, queries, attributed
):
    model = trained_model(architecture, torch.float32)
    straight = attributed(model, queries, method, ADAPTIVE)
    for order in ([0, 1, 2], [2, 0, 1]):
        mixed = attributed(model, [queries[number] for number in order], method, ADAPTIVE)
        np.testing.assert_array_equal(mixed.scores, straight.scores[order])
        np.testing.assert_array_equal(mixed.activations, straight.activations[order])
        for new, old in enumerate(order):
            for name in CHECKS:
                found = getattr(mixed.checks, name)[mixed.checks.query == new]
                expected = getattr(straight.checks, name)[straight.checks.query == old]
                np.testing.assert_array_equal(found, expected)


@pytest.fixture
def model(architecture, random_model):
    return random_model(architecture, torch.float32)


def left_behind(module):
    """All that attributing changes for a while, or could."""
    parts = dict(module.named_modules())
    weights = list(module.parameters())
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks")
    _, numbers, place, *_ = np.random.get_state()
    return {
        "hooks": {(n, kind): list(getattr(parts[n], kind)) for n in parts for kind in kinds},
        "attributes": {name: sorted(vars(part)) for name, part in parts.items()},
        "training": [part.training for part in parts.values()],
        "requires_grad": [weight.requires_grad for weight in weights],
        "has_gradient": [weight.grad is not None for weight in weights],
        "weights": [weight.detach().numpy().tobytes() for weight in weights],
        "attention": module.config._attn_implementation,
        "grad_mode": torch.is_grad_enabled(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "precision": torch.get_float32_matmul_precision(),
        "dtype": torch.get_default_dtype(),
        "threads": torch.get_num_threads(),
        "random": (torch.get_rng_state().tolist(), numbers.tolist(), place),
    }


@pytest.mark.parametrize("asks_gradients", [False, True])
def test_nothing_is_left_behind(model, method, asks_gradients, queries, attributed):
    model.module.requires_grad_(asks_gradients)
    before = left_behind(model.module)
    attributed(model, queries[:2], method, ADAPTIVE, "joint")
    assert left_behind(model.module) == before


class DeliberateError(Exception):
    """Raised on purpose."""


def failing_after(calls, in_backward):
    """A hook that raises once it was called so many times, forward or in the gradient."""
    left = [calls]

    def fail(*_):
        left[0] -= 1
        if left[0] < 0:
            raise DeliberateError

    def hook(_module, _inputs, output):
        if not in_backward:
            fail()
        elif output.requires_grad:
            output.register_hook(fail)

    return hook


@pytest.mark.parametrize("in_backward", [False, True], ids=["forward", "backward"])
def test_nothing_is_left_behind_wherever_it_fails(model, method, in_backward, queries, attributed):
    """Once at every call of a layer, until none fails any more."""
    for calls in range(100):
        hook = failing_after(calls, in_backward)
        handle = model.down_projections[1].register_forward_hook(hook)
        before = left_behind(model.module)
        try:
            attributed(model, queries[:2], method, RIEMANN)
        except DeliberateError:
            assert left_behind(model.module) == before
            handle.remove()
        else:
            break
    assert 0 < calls < 99
