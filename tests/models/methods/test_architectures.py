"""Every supported architecture, in all forms its checkpoints may have, is attributed exactly."""

import numpy as np
import pytest
import torch

from qloc.models.architectures import ARCHITECTURES

RULE = ("riemann_right", 2)  # one row of its own, one shared

FORMS = [
    ("cohere", "normalised queries"),
    ("gemma2", "no soft cap"),
    ("gemma3_text", "soft caps"),
    ("gpt2", "scaled by layer"),
    ("gpt_neox", "attention before neurons"),
    ("granite", "other biases"),
    ("llama", "biases, one embedding"),
    ("llama", "stretched rotations"),
    ("mistral", "no window"),
    ("olmo", "clipped queries"),
    ("phi", "normalised queries"),
    ("phi3", "long texts"),
    ("qwen2", "no window"),
    ("qwen3", "no window"),
    ("smollm3", "layers without rotation"),
    ("stablelm", "neurons beside attention"),
    ("stablelm", "normalised queries"),
    ("starcoder2", "no biases"),
]
CHANGES_INSIDE = sorted(name for name, row in ARCHITECTURES.items() if not row.adds_plainly)
FALLS_BACK = sorted(name for name, row in ARCHITECTURES.items() if not row.has_row_attention)


@pytest.fixture(scope="module")
def few(mixed_queries):
    """Prompts of one and of five tokens: more than a window of four."""
    return mixed_queries[:2]


def test_the_slower_and_the_other_ways_of_rows_are_tried():
    assert CHANGES_INSIDE == [
        "exaone4",
        "gemma2",
        "gemma3_text",
        "glm4",
        "granite",
        "olmo2",
        "olmo3",
    ]
    assert FALLS_BACK == ["gpt_neo", "gptj"]


@pytest.mark.slow
@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_float32_scores_are_those_by_the_book_in_float64(
    architecture, random_model, few, by_the_book, worst_error, attributed
):
    expected = by_the_book(random_model(architecture, torch.float64), few, "ig", [RULE])[0]
    for dtype, tolerance in ((torch.float64, 1e-10), (torch.float32, 1e-5)):
        found = attributed(random_model(architecture, dtype), few, "ig", RULE)
        assert worst_error(found.scores, expected) < tolerance


@pytest.mark.slow
@pytest.mark.parametrize("method", ["ig", "sig"])
@pytest.mark.parametrize(("architecture", "form"), FORMS)
def test_scores_of_other_forms_equal_the_book(
    architecture, form, method, random_model, few, by_the_book, worst_error, attributed
):
    model = random_model(architecture, torch.float64, form)
    expected = by_the_book(model, few, method, [RULE])[0]
    found = attributed(model, few, method, RULE)
    assert worst_error(found.scores, expected) < 1e-10
    plain = attributed(random_model(architecture, torch.float64), few, method, RULE)
    assert worst_error(plain.scores, expected) > 1e-4  # the form is another one


@pytest.mark.parametrize("architecture", ["gemma2", "gptj", "mistral", "olmo2"])
@pytest.mark.parametrize("method", ["sig", "amig"])
def test_float32_scores_along_replaced_words_are_those_by_the_book(
    architecture, method, random_model, few, by_the_book, worst_error, attributed
):
    model = random_model(architecture, torch.float64)
    expected = by_the_book(model, few, method, [RULE], "joint")[0]
    found = attributed(random_model(architecture, torch.float32), few, method, RULE, "joint")
    assert worst_error(found.scores, expected) < 1e-5


@pytest.mark.parametrize("architecture", CHANGES_INSIDE)
def test_neurons_at_zero_are_exactly_so_where_a_norm_follows(
    architecture, random_model, few, book, attributed
):
    """A norm magnifies the rounding error of a difference up to a thousand times."""
    single, double = (random_model(architecture, dtype) for dtype in (torch.float32, torch.float64))
    checks = attributed(single, few, "ig", RULE).checks
    for number, query in enumerate(few):
        for path in book(double).paths(query, "ig"):
            start, end = book(double).runs(query, path, [0.0, 1.0])[0].tolist()
            found = checks.answer_change[(checks.query == number) & (checks.layer == path.layer)]
            np.testing.assert_allclose(found, end - start, rtol=0, atol=2e-6 * max(start, end))


@pytest.mark.parametrize("architecture", ["gemma2", "gptj"])
def test_a_failure_half_way_leaves_the_model_as_it_was(architecture, random_model, few, attributed):
    model = random_model(architecture, torch.float32)
    expected = attributed(model, few[1:], "ig", RULE).scores
    implementation = model.module.config._attn_implementation

    def fail(*_):
        raise ArithmeticError

    for n_runs in range(99):
        left = iter(range(n_runs))
        handle = model.layers[1].register_forward_hook(
            lambda *_, left=left: None if next(left, None) is not None else fail()
        )
        try:
            attributed(model, few[1:], "ig", RULE)
        except ArithmeticError:
            handle.remove()
            assert model.module.config._attn_implementation == implementation
            assert not any(part._forward_hooks for part in model.module.modules())
            assert not any(part._forward_pre_hooks for part in model.module.modules())
        else:
            handle.remove()
            break
    assert 0 < n_runs < 99
    assert np.array_equal(attributed(model, few[1:], "ig", RULE).scores, expected)
