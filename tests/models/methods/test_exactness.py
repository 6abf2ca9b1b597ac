"""Scores of every method equal those of one full run per query, word, layer and point."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from qloc.errors import StudyError
from qloc.models.architectures import ARCHITECTURES

METHODS = ("ig", "sig", "amig")
RULES = [("riemann_right", 3), ("left", 3), ("midpoint", 2), ("gauss_legendre", 3)]
ADAPTIVE = ("adaptive", 0)
THRESHOLD = 0.2


def differing_sets_beyond(scores, expected, tolerance):
    """Neurons selected in one but not the other, whose score is not near the cut."""
    cut = THRESHOLD * expected.max((1, 2), keepdims=True)
    selected = scores > THRESHOLD * scores.max((1, 2), keepdims=True)
    near = np.abs(expected - cut) <= tolerance * np.abs(expected).max((1, 2), keepdims=True)
    return np.count_nonzero((selected != (expected > cut)) & ~near)


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def architecture(request):
    """Those that the study trains."""
    return request.param


@pytest.fixture(scope="module", params=METHODS)
def method(request):
    return request.param


@pytest.fixture(scope="module")
def random_scores(architecture, method, random_model, queries, by_the_book):
    """Of a random model by every rule, in float64."""
    model = random_model(architecture, torch.float64)
    return by_the_book(model, queries, method, RULES)


@pytest.mark.parametrize("rule", range(len(RULES)), ids=[name for name, _ in RULES])
def test_scores_by_every_rule_equal_the_book(
    architecture, method, rule, random_model, queries, random_scores, worst_error, attributed
):
    model = random_model(architecture, torch.float64)
    found = attributed(model, queries, method, RULES[rule]).scores
    assert worst_error(found, random_scores[rule]) < 1e-10


def test_float32_scores_of_a_random_model_equal_the_book(
    architecture, method, random_model, queries, random_scores, worst_error, attributed
):
    model = random_model(architecture, torch.float32)
    found = attributed(model, queries, method, RULES[0]).scores
    assert found.dtype == np.float32
    assert worst_error(found, random_scores[0]) < 1e-5
    assert differing_sets_beyond(found, random_scores[0], 1e-5) == 0


def test_the_trained_model_knows_its_answers(architecture, trained_model, queries):
    model = trained_model(architecture, torch.float32)
    for query in queries:
        text = torch.tensor([[*query.prompt_tokens, *query.answer_tokens[:-1]]])
        shares = torch.softmax(model.module(text).logits[0, len(query.prompt_tokens) - 1 :], 1)
        for place, token in enumerate(query.answer_tokens):
            assert shares[place, token] > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("answer_tokens", ["first", "mean_tokens", "joint"])
def test_scores_of_a_trained_model_equal_the_book(
    architecture,
    method,
    answer_tokens,
    trained_model,
    queries,
    by_the_book,
    worst_error,
    attributed,
):
    """With answers of one, two and three tokens in one batch."""
    model, rule = trained_model(architecture, torch.float64), ("midpoint", 2)
    expected = by_the_book(model, queries, method, [rule], answer_tokens)[0]
    found = attributed(model, queries, method, rule, answer_tokens).scores
    assert worst_error(found, expected) < 1e-10
    single = trained_model(architecture, torch.float32)
    found = attributed(single, queries, method, rule, answer_tokens).scores
    assert worst_error(found, expected) < 1e-4
    assert differing_sets_beyond(found, expected, 1e-4) == 0


def test_prompts_of_many_lengths_in_one_batch_equal_the_book(
    method, random_model, mixed_queries, by_the_book, worst_error, attributed
):
    model, rule = random_model("llama", torch.float64), ("riemann_right", 2)
    expected = by_the_book(model, mixed_queries, method, [rule], "joint")[0]
    found = attributed(model, mixed_queries, method, rule, "joint").scores
    assert worst_error(found, expected) < 1e-10


@pytest.mark.slow
@pytest.mark.parametrize("supported", sorted(ARCHITECTURES))
def test_scores_at_inner_words_equal_the_book_in_every_architecture(
    supported, random_model, mixed_queries, by_the_book, worst_error, attributed
):
    """With all tokens of an answer, behind a prompt beyond the windows that some have."""
    model, rule = random_model(supported, torch.float64), ("midpoint", 2)
    query = replace(mixed_queries[2], prompt_tokens=mixed_queries[2].prompt_tokens[:6])
    expected = by_the_book(model, [query], "sig", [rule], "joint")[0]
    found = attributed(model, [query], "sig", rule, "joint").scores
    assert worst_error(found, expected) < 1e-10


def test_the_adaptive_rule_gives_the_integral_and_its_neurons(
    architecture, method, trained_model, queries, by_the_book, worst_error, attributed
):
    model = trained_model(architecture, torch.float64)
    exact = by_the_book(model, queries, method, [("gauss_legendre", 64)])[0]
    found = attributed(trained_model(architecture, torch.float32), queries, method, ADAPTIVE)
    assert worst_error(found.scores, exact) < 2e-4
    assert differing_sets_beyond(found.scores, exact, 2e-5) == 0
    assert found.checks.is_settled.mean() > 0.9


def test_a_prompts_special_tokens_are_not_words(
    architecture, method, random_model, queries, by_the_book, worst_error, attributed
):
    model = random_model(architecture, torch.float64)
    start = model.tokenizer.bos_token_id
    opened = [replace(q, prompt_tokens=(start, *q.prompt_tokens)) for q in queries]
    expected = by_the_book(model, opened, method, [("riemann_right", 2)])[0]
    found = attributed(model, opened, method, ("riemann_right", 2))
    assert worst_error(found.scores, expected) < 1e-10
    n_words = [1, 1, 1] if method == "ig" else [1, 3, 5]
    counts = np.bincount(found.checks.query) / model.n_layers
    assert counts.tolist() == n_words


def test_a_prompt_without_words_is_refused_by_methods_that_replace_them(
    architecture, method, random_model, queries, by_the_book, worst_error, attributed
):
    model = random_model(architecture, torch.float64)
    asked = [queries[1], replace(queries[0], prompt_tokens=(1,))]
    rule = ("riemann_right", 2)
    if method == "ig":
        expected = by_the_book(model, asked, method, [rule])[0]
        found = attributed(model, asked, method, rule).scores
        assert worst_error(found, expected) < 1e-10
    else:
        with pytest.raises(StudyError, match="prompt of 1 tokens has only special ones"):
            attributed(model, asked, method, rule)


def test_activations_are_what_neurons_do_at_the_last_token(
    architecture, method, random_model, queries, book, attributed
):
    model = random_model(architecture, torch.float64)
    found = attributed(model, queries, method, ("riemann_right", 2)).activations
    for number, query in enumerate(queries):
        expected = book(model).neurons(query.prompt_tokens)[:, -1].numpy()
        np.testing.assert_allclose(found[number], expected, rtol=0, atol=1e-12)
