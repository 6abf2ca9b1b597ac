"""What is predicted behind a prompt is what a plain run of each text says, token by token."""

import math

import numpy as np
import pytest
import torch
from tests.models.edits_by_hand import assert_read, drawn_continuations, read

from qloc.models.architectures import ARCHITECTURES
from qloc.models.perplexity import perplexity
from qloc.models.predictions import Continuation, Predictions, perplexity_of, predict


def predictions(*log_probabilities):
    return Predictions(np.zeros(len(log_probabilities), int), np.array(log_probabilities))


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-4)], ids=str
)
def test_predictions_are_those_of_plain_runs(architecture, dtype, tolerance, random_model):
    model, texts = random_model(architecture, dtype), drawn_continuations()
    found = predict(model, texts)
    assert len(found) == len(texts)
    for own, text in zip(found, texts, strict=True):
        assert_read(own, read(model, text), tolerance)


def test_answers_that_a_model_knows_are_predicted(trained_model, mixed_queries):
    model = trained_model("llama", torch.float32)
    texts = [Continuation(query.prompt_tokens, query.answer_tokens) for query in mixed_queries]
    for own, query in zip(predict(model, texts), mixed_queries, strict=True):
        assert tuple(own.tokens) == query.answer_tokens
        assert (np.exp(own.log_probabilities) > 0.5).all()


def test_predictions_do_not_depend_on_other_texts_nor_on_their_order(random_model):
    model, texts = random_model("mistral", torch.float64), drawn_continuations()
    together, backwards = predict(model, texts), predict(model, texts[::-1])[::-1]
    for text, own, other in zip(texts, together, backwards, strict=True):
        (alone,) = predict(model, [text])
        for found in (own, other):
            assert (found.tokens == alone.tokens).all()
            np.testing.assert_allclose(
                found.log_probabilities, alone.log_probabilities, rtol=0, atol=1e-12
            )


def test_no_text_gives_no_prediction(random_model):
    assert predict(random_model("gpt2", torch.float32), []) == []


def test_many_texts_run_in_chunks(random_model):
    """More than any single run would carry; the most tokens of a run stay bounded."""
    model, texts = random_model("gpt2", torch.float32), drawn_continuations()
    sizes = []
    with model.down_projections[0].register_forward_pre_hook(
        lambda _module, inputs: sizes.append(inputs[0].shape[:-1].numel())
    ):
        found = predict(model, texts * 60)
    assert len(sizes) > 1
    assert max(sizes) < sum(len(text.prompt_tokens + text.next_tokens) for text in texts * 60) / 2
    for own, first in zip(found[-len(texts) :], found, strict=False):
        np.testing.assert_allclose(own.log_probabilities, first.log_probabilities, atol=1e-4)


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_perplexity_weighs_every_predicted_token_equally(architecture, random_model):
    """N − 1 predictions of a text of N tokens, whatever text they are of."""
    model = random_model(architecture, torch.float64)
    texts = [[5, 9, 11, 4], [8, 3], [7, 7, 7]]
    losses = []
    for text in texts:
        with torch.no_grad():
            shares = torch.softmax(model.module(torch.tensor([text])).logits[0], dim=-1)
        losses += [-math.log(shares[place, text[place + 1]]) for place in range(len(text) - 1)]
    assert len(losses) == 6
    found = perplexity_of(
        predict(model, [Continuation((text[0],), tuple(text[1:])) for text in texts])
    )
    assert found == pytest.approx(math.exp(sum(losses) / 6), rel=1e-12)
    assert found == pytest.approx(perplexity(model, texts), rel=1e-12)


def test_perplexity_by_hand():
    """A quarter once and an eighth twice: 2 to the mean of 2, 3 and 3."""
    found = perplexity_of([predictions(math.log(0.25)), predictions(*[math.log(0.125)] * 2)])
    assert found == pytest.approx(2 ** (8 / 3), rel=1e-15)


@pytest.mark.parametrize("loss", [710.0, math.inf])
def test_a_perplexity_too_large_for_a_number_is_infinite(loss):
    assert perplexity_of([predictions(-loss), predictions(-loss, -loss)]) == math.inf
    assert perplexity_of([predictions(-709.0), predictions(-709.0)]) < math.inf
