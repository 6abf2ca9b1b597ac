"""A sweep that would be silently wrong is noticed; each guard is tried where no other sees it."""

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from transformers import AttentionInterface

from qloc.errors import StudyError
from qloc.models import path_scores
from qloc.models.language_model import LanguageModel
from qloc.models.methods import Rule, attribute
from qloc.models.precision import matrix_products
from qloc.models.sweep_check import TF32_TOLERANCE, TOLERANCE, check_ends

RULE = Rule("riemann_right", 2, 0.0)
DIFFERS = r"cannot be studied: the probability of an answer differs by .* plain run"


@pytest.fixture
def ask(mixed_queries):
    """Attributes two short prompts to a model."""
    return lambda model: attribute(model, mixed_queries[:2], "ig", RULE)


@pytest.fixture
def unchecked(monkeypatch):
    """Sweeps without plain runs beside them."""
    monkeypatch.setattr(path_scores, "check_ends", lambda *_: None)


def with_row(model, **changes):
    """The same model, its row of the table changed."""
    architecture = replace(model.architecture, **changes)
    return LanguageModel(model.module, model.tokenizer, architecture, 32)


def own_attention(model, layer):
    """Have one layer choose its attention by itself; no answer depends on what it does."""
    attention = model.layers[layer].self_attn
    attention.config = SimpleNamespace(_attn_implementation="eager")
    attention.o_proj.weight.zero_()


@pytest.mark.parametrize("is_checked", [True, False])
def test_attention_past_the_interface_is_counted(random_model, ask, is_checked, request):
    if not is_checked:
        request.getfixturevalue("unchecked")
    model = random_model("llama", torch.float64)
    ask(model)
    own_attention(model, 1)
    with pytest.raises(StudyError, match=r"of 3 layers, 2 computed attention.*Supported.*gpt2"):
        ask(model)


def test_attention_computed_twice_is_counted(random_model, ask, unchecked):
    model = random_model("llama", torch.float64)
    attention = model.layers[1].self_attn
    forward = attention.forward

    def twice(*inputs, **named):
        if named.get("past_key_values") is None:
            forward(*inputs, **named)
        return forward(*inputs, **named)

    attention.forward = twice
    with pytest.raises(StudyError, match=r"of 3 layers, 4 computed attention"):
        ask(model)


def test_a_down_projection_that_is_not_run_as_a_module_is_noticed(random_model, ask, unchecked):
    """What comes out is the same; only the neurons cannot be reached."""
    model = random_model("llama", torch.float64)
    mlp, down = model.layers[1].mlp, model.down_projections[1]

    def forward(hidden):
        neurons = mlp.act_fn(mlp.gate_proj(hidden)) * mlp.up_proj(hidden)
        return torch.nn.functional.linear(neurons, down.weight)

    tokens = torch.tensor([[5, 9, 7]])
    before = model.module(tokens).logits
    mlp.forward = forward
    torch.testing.assert_close(model.module(tokens).logits, before)
    with pytest.raises(StudyError, match="layer 1 did not run its down projection"):
        ask(model)


@pytest.mark.parametrize("architecture", ["gemma2", "gemma3_text", "glm4", "granite", "olmo2"])
def test_a_layer_said_to_add_plainly_that_does_not_is_noticed(architecture, random_model, ask):
    model = random_model(architecture, torch.float32)
    ask(model)
    with pytest.raises(StudyError, match=DIFFERS):
        ask(with_row(model, adds_plainly=True))


@pytest.mark.parametrize("architecture", ["gpt2", "llama", "phi", "gpt_neox"])
def test_rows_may_enter_inside_any_layer(architecture, random_model, ask):
    """The slower way is right everywhere, also beside a bias."""
    model = random_model(architecture, torch.float64)
    expected, found = ask(model).scores, ask(with_row(model, adds_plainly=False)).scores
    assert abs(found - expected).max() < 1e-12 * abs(expected).max()


def test_attention_that_does_more_than_the_interface_is_told_is_noticed(random_model, ask):
    """Here it sees near tokens better, as with ALiBi."""

    def near(module, query, key, value, mask, scaling, **_):
        groups = query.shape[1] // key.shape[1]
        key, value = (part.repeat_interleave(groups, 1) for part in (key, value))
        places = torch.arange(key.shape[2])
        bias = (places - places[:, None]).to(query).masked_fill(places > places[:, None], -1e9)
        shares = torch.softmax(query @ key.transpose(2, 3) * scaling + bias, -1)
        return (shares @ value).transpose(1, 2), None

    AttentionInterface.register("near", near)
    model = random_model("llama", torch.float64)
    model.module.config._attn_implementation = "near"
    with pytest.raises(StudyError, match=DIFFERS):
        ask(model)
    assert model.module.config._attn_implementation == "near"


def test_attention_that_is_not_causal_is_noticed(random_model, ask):
    with pytest.raises(StudyError, match=DIFFERS):
        ask(random_model("gemma3_text", torch.float64, "not causal"))


def with_a_wrong_end(end, by):
    """`check_ends` after one of the sweep's probabilities was moved by a share of the largest."""

    def check(paths, query, at_baseline, unmodified):
        assert len(query.prompt_tokens) == 9  # the longest
        at_baseline, unmodified = at_baseline.clone(), unmodified.clone()
        moved = unmodified if end == "unmodified" else at_baseline
        largest = float(torch.cat([at_baseline, unmodified]).max())
        moved[0 if end == "unmodified" else end] += by * largest
        check_ends(paths, query, at_baseline, unmodified)

    return check


@pytest.mark.parametrize(
    ("precision", "tolerance"), [("float32", TOLERANCE), ("tf32", TF32_TOLERANCE)]
)
@pytest.mark.parametrize("method", ["ig", "sig", "amig"])
@pytest.mark.parametrize("end", ["unmodified", 0, 1, 2])
def test_one_wrong_end_is_noticed(
    random_model, mixed_queries, method, end, precision, tolerance, monkeypatch
):
    """In the longest of the prompts."""
    model = random_model("llama", torch.float32)
    knobs = {
        "ig": {},
        "sig": {"replacement": ["pad"]},
        "amig": {"baseline": "one_token", "aggregate": "per_word"},
    }[method]
    for share, outcome in ((0.5, nullcontext()), (1.5, pytest.raises(StudyError, match=DIFFERS))):
        monkeypatch.setattr(path_scores, "check_ends", with_a_wrong_end(end, share * tolerance))
        with outcome, matrix_products(precision):
            attribute(model, mixed_queries[:3], method, RULE, "first", knobs)
