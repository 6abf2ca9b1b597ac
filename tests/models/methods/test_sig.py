"""Sequential integrated gradients: what replaces a word, and the norm."""

from dataclasses import replace

import numpy as np
import pytest
import torch

RULE = ("midpoint", 2)


@pytest.fixture(params=["gpt2", "llama"])
def model(request, random_model):
    return random_model(request.param, torch.float64)


def with_tokens(model, **ids):
    """The model with a tokenizer whose special tokens are others."""
    tokens = type("OtherTokens", (type(model.tokenizer),), ids)
    return replace(model, tokenizer=tokens())


@pytest.mark.parametrize("ids", [(7, 8, 9), (None, 8, 9), (None, None, 9), (7, None, 9)], ids=str)
@pytest.mark.parametrize("replacement", [("mask", "pad", "eos"), ("eos", "mask")], ids=str)
def test_the_first_token_that_the_tokenizer_has_replaces_a_word(
    model, ids, replacement, queries, by_the_book, worst_error, attributed
):
    mask, pad, end = ids
    special = [token for token in ids if token is not None]
    model = with_tokens(
        model, mask_token_id=mask, pad_token_id=pad, eos_token_id=end, all_special_ids=special
    )
    knobs = {"replacement": replacement}
    asked = queries[1:2]
    expected = by_the_book(model, asked, "sig", [("midpoint", 2)], knobs=knobs)[0]
    found = attributed(model, asked, "sig", RULE, **knobs).scores
    assert worst_error(found, expected) < 1e-10


def test_words_that_read_like_their_replacement_contribute_nothing(model, queries, attributed):
    """The vector of the replacing token is made that of the only word of the prompt."""
    vectors = model.module.get_input_embeddings().weight.data
    vectors[model.tokenizer.pad_token_id] = vectors[30]
    query = replace(queries[0], prompt_tokens=(30, 30, 30))
    checks = attributed(model, [query], "sig", RULE).checks
    assert np.abs(checks.answer_change).max() < 1e-15
    assert np.abs(checks.score_sum).max() < 1e-15
    other = replace(query, prompt_tokens=(30, 31, 30))
    assert np.abs(attributed(model, [other], "sig", RULE).checks.answer_change).max() > 1e-9


def test_scores_of_a_single_word_have_norm_one(model, queries, attributed):
    single = [query for query in queries if len(query.prompt_tokens) == 1]
    for answer_tokens in ("first", "joint"):
        scores = attributed(model, single, "sig", RULE, answer_tokens).scores
        assert np.sqrt(np.square(scores).sum()) == pytest.approx(1, rel=1e-12)


def test_scores_of_several_words_have_the_norm_of_their_sum_over_words(
    model, queries, book, rule_of, attributed
):
    query = queries[2]
    raw = book(model).raw(query, "sig", *rule_of("midpoint", 2))
    summed = raw.reshape(3, len(query.prompt_tokens), -1).sum(1)
    expected = float(summed.square().sum() / raw.square().sum()) ** 0.5
    scores = attributed(model, [query], "sig", RULE).scores
    assert np.sqrt(np.square(scores).sum()) == pytest.approx(expected, rel=1e-10)
    assert abs(expected - 1) > 0.01


def test_inner_words_of_the_last_layer_contribute_nothing(model, queries, attributed):
    """What the last layer adds at an inner token is read by nothing."""
    query = queries[1]
    checks = attributed(model, [query], "sig", RULE, "first").checks
    is_inner = (checks.layer == 2) & (checks.word < len(query.prompt_tokens) - 1)
    assert is_inner.sum() == len(query.prompt_tokens) - 1
    assert not checks.score_sum[is_inner].any()
    assert not checks.answer_change[is_inner].any()
    assert checks.answer_change[~is_inner].all()
