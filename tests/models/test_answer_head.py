"""Probability and gradient of an answer equal those of a softmax over all logits."""

import copy
from dataclasses import replace

import pytest
import torch

from qloc.models import answer_head
from qloc.models.answer_head import answer_probability
from qloc.models.language_model import LanguageModel

N_ROWS = 9


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Several chunks, the last one not full."""
    monkeypatch.setattr(answer_head, "CHUNK", 7)


@pytest.fixture
def make_head(random_model):
    """Makes a model whose head has a bias, a scale and a soft cap, or none of them."""

    def make(has_bias, scale, softcap, dtype=torch.float64):
        model = random_model("gpt2", dtype)
        module = copy.deepcopy(model.module)
        module.config.test_scale, module.config.test_softcap = scale, softcap
        if has_bias:
            bias = torch.linspace(-2, 2, module.lm_head.weight.shape[0], dtype=dtype)
            module.lm_head.bias = torch.nn.Parameter(bias, requires_grad=False)
        architecture = replace(
            model.architecture, logit_scale="test_scale", logit_softcap="test_softcap"
        )
        return LanguageModel(module, model.tokenizer, architecture, 32)

    return make


def drawn_rows(model, dtype):
    generator = torch.Generator().manual_seed(2)
    shape = (N_ROWS, model.module.config.hidden_size)
    hidden = 2 * torch.randn(shape, generator=generator, dtype=torch.float64)
    answers = torch.randint(model.head.weight.shape[0], (N_ROWS,), generator=generator)
    return hidden.to(dtype).requires_grad_(), answers


@pytest.mark.parametrize("has_bias", [False, True])
@pytest.mark.parametrize(("scale", "softcap"), [(1.0, None), (0.3, None), (0.7, 3.0)])
def test_value_and_gradient_equal_autograd_over_the_whole_vocabulary(
    make_head, has_bias, scale, softcap
):
    model = make_head(has_bias, scale, softcap)
    hidden, answers = drawn_rows(model, torch.float64)
    logits = torch.nn.functional.linear(hidden, model.head.weight, model.head.bias) * scale
    if softcap is not None:
        logits = softcap * torch.tanh(logits / softcap)
    expected = torch.softmax(logits, 1)[torch.arange(N_ROWS), answers]
    weights = torch.arange(1.0, N_ROWS + 1, dtype=torch.float64)
    expected_gradient = torch.autograd.grad((weights * expected).sum(), hidden)[0]
    found = answer_probability(model, hidden, answers)
    gradient = torch.autograd.grad((weights * found).sum(), hidden)[0]
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=0)
    torch.testing.assert_close(gradient, expected_gradient, rtol=1e-10, atol=1e-14)


def test_large_logits_do_not_overflow(make_head):
    model = make_head(False, 1.0, None, torch.float32)
    hidden, answers = drawn_rows(model, torch.float32)
    huge = hidden.detach() * 300
    best = (huge @ model.head.weight.T).argmax(1)
    assert (answer_probability(model, huge, best) > 0.5).all()
    assert (answer_probability(model, huge, answers).isfinite()).all()


def test_double_precision_rows_of_a_single_precision_model_are_computed_in_double(make_head):
    model = make_head(True, 1.0, None, torch.float32)
    hidden, answers = drawn_rows(model, torch.float64)
    logits = hidden @ model.head.weight.double().T + model.head.bias.double()
    expected = torch.softmax(logits, 1)[torch.arange(N_ROWS), answers]
    found = answer_probability(model, hidden, answers)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=0)
