"""The probability of an answer and its exact gradient, without logits for the whole vocabulary.

For p = softmax(W h)_y the gradient is dp/dh = p (W_y − Σ_v p_v W_v): both come out of one pass over
chunks of the vocabulary, so that rows × vocabulary is never held in memory.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import BackwardCFunction, FunctionCtx

from qloc.models.language_model import LanguageModel
from qloc.models.precision import matrix_products

CHUNK = 1024  # tokens of the vocabulary held at a time


def answer_probability(
    model: LanguageModel, hidden: Float[Tensor, "row hidden"], answers: Int[Tensor, " row"]
) -> Float[Tensor, " row"]:
    """The probability of each row's answer token, differentiable in the hidden states.

    Computed in the dtype of ``hidden``, whatever that of the model, and in full precision.
    """
    probability: Tensor = _AnswerProbability.apply(hidden, answers, model)  # type: ignore[no-untyped-call]
    return probability


class _AnswerProbability(torch.autograd.Function):
    """Finds the gradient along with the value, while the vocabulary passes by."""

    @staticmethod
    def forward(
        ctx: FunctionCtx,
        hidden: Float[Tensor, "row hidden"],
        answers: Int[Tensor, " row"],
        model: LanguageModel,
    ) -> Float[Tensor, " row"]:
        is_asked = ctx.needs_input_grad[0]  # type: ignore[attr-defined]
        with matrix_products("float32"):
            largest, total, expected = _pass_over_vocabulary(model, hidden, is_asked)
        weight = model.head.weight[answers].to(hidden)
        raw = (hidden * weight).sum(1, keepdim=True)
        if model.head.bias is not None:
            raw += model.head.bias[answers][:, None]
        logits, slope = _transformed(model, raw)
        probability = torch.exp(logits - largest) / total
        if is_asked:
            gradient = probability * model.logit_scale * (weight * slope - expected / total)
            ctx.save_for_backward(gradient)
        return probability[:, 0]

    @staticmethod
    def backward(ctx: BackwardCFunction, *upstream: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * upstream[0][:, None], None, None


def _pass_over_vocabulary(
    model: LanguageModel, hidden: Float[Tensor, "row hidden"], is_asked: bool
) -> tuple[Float[Tensor, "row 1"], Float[Tensor, "row 1"], Float[Tensor, "row hidden"]]:
    """The largest logit m, Σ_v e^(logit_v − m), and Σ_v e^(logit_v − m) slope_v W_v.

    The last, as costly as all else, stays 0 unless a gradient is asked for.
    """
    largest = hidden.new_full((hidden.shape[0], 1), -torch.inf)
    total = torch.zeros_like(largest)
    expected = torch.zeros_like(hidden)
    for start in range(0, model.head.weight.shape[0], CHUNK):
        tokens = slice(start, start + CHUNK)
        weight = model.head.weight[tokens].to(hidden)
        raw = hidden @ weight.T
        if model.head.bias is not None:
            raw += model.head.bias[tokens]
        logits, slope = _transformed(model, raw)
        new_largest = torch.maximum(largest, logits.amax(1, keepdim=True))
        rescale = torch.exp(largest - new_largest)
        shares = logits.sub_(new_largest).exp_()
        total = total * rescale + shares.sum(1, keepdim=True)
        if is_asked:
            bent = shares if model.logit_softcap is None else shares * slope
            expected = torch.addmm(expected * rescale, bent, weight)
        largest = new_largest
    return largest, total, expected


def _transformed(
    model: LanguageModel, raw: Float[Tensor, "row column"]
) -> tuple[Float[Tensor, "row column"], Float[Tensor, "#row #column"]]:
    """Logits from what the head puts out, and their slope before the constant scale."""
    scaled = raw if model.logit_scale == 1.0 else raw * model.logit_scale
    cap = model.logit_softcap
    if cap is None:
        return scaled, raw.new_ones((1, 1))
    bent = torch.tanh(scaled / cap)
    return cap * bent, 1 - bent.square()
