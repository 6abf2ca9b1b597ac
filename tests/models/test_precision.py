"""TF32 holds within its body only, and never for the head."""

import pytest
import torch

from qloc.models import answer_head
from qloc.models.answer_head import answer_probability
from qloc.models.precision import has_tf32, matrix_products


def in_force():
    return torch.backends.cuda.matmul.fp32_precision


@pytest.fixture(params=["none", "ieee", "tf32"])
def outside(request):
    """What somebody else set before."""
    before = in_force()
    torch.backends.cuda.matmul.fp32_precision = request.param
    yield request.param
    torch.backends.cuda.matmul.fp32_precision = before


@pytest.mark.parametrize(("precision", "expected"), [("float32", "ieee"), ("tf32", "tf32")])
def test_the_precision_holds_within_the_body_only(outside, precision, expected):
    with matrix_products(precision):
        assert in_force() == expected
    assert in_force() == outside


def test_an_exception_in_the_body_restores_what_was_there(outside):
    with pytest.raises(KeyError), matrix_products("tf32"):
        raise KeyError
    assert in_force() == outside


def test_the_head_is_multiplied_in_full_precision_also_within_tf32(random_model, monkeypatch):
    seen = []
    multiply = answer_head._pass_over_vocabulary

    def watched(*arguments):
        seen.append(in_force())
        return multiply(*arguments)

    monkeypatch.setattr(answer_head, "_pass_over_vocabulary", watched)
    model = random_model("llama", torch.float32)
    hidden = torch.ones((2, model.module.config.hidden_size), requires_grad=True)
    with matrix_products("tf32"):
        probability = answer_probability(model, hidden, torch.tensor([3, 4]))
        assert in_force() == "tf32"
        torch.autograd.backward(probability.sum())
    assert seen == ["ieee"]


def test_a_failing_head_leaves_the_precision_around_it(random_model, monkeypatch):
    def failing(*_arguments):
        raise ValueError("a head that fails")

    monkeypatch.setattr(answer_head, "_pass_over_vocabulary", failing)
    model = random_model("llama", torch.float32)
    hidden = torch.ones((1, model.module.config.hidden_size))
    with matrix_products("tf32"):
        with pytest.raises(ValueError, match="a head that fails"):
            answer_probability(model, hidden, torch.tensor([3]))
        assert in_force() == "tf32"


@pytest.mark.parametrize(
    ("device", "capability", "expected"),
    [("cpu", None, False), ("cuda", (7, 5), False), ("cuda", (8, 0), True), ("cuda", (9, 0), True)],
)
def test_tf32_needs_a_gpu_that_has_it(monkeypatch, device, capability, expected):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _device: capability)
    assert has_tf32(torch.device(device)) == expected
