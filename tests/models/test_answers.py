"""Probabilities and ranks equal those of the model's own forward pass, query by query."""

import numpy as np
import pytest
import torch

from qloc.models.answers import answer, answer_probability, answer_rank, last_logits, padded
from qloc.models.architectures import ARCHITECTURES


@pytest.fixture(params=["gpt2", "llama"])
def model(request, random_model):
    return random_model(request.param, torch.float64)


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_logits_of_mixed_lengths_are_those_of_transformers_in_float64(
    architecture, random_model, mixed_queries
):
    model = random_model(architecture, torch.float64)
    together = last_logits(model, [query.prompt_tokens for query in mixed_queries])
    for row, query in zip(together, mixed_queries, strict=True):
        alone = model.module(torch.tensor([query.prompt_tokens])).logits[0, -1]
        assert torch.allclose(row, alone, rtol=0, atol=1e-10)


@pytest.mark.parametrize("batch_size", [1, 3, 6])
def test_batches_change_no_answer(model, mixed_queries, batch_size):
    found = answer(model, mixed_queries, None, batch_size)
    for number, query in enumerate(mixed_queries):
        with torch.no_grad():
            logits = model.module(torch.tensor([query.prompt_tokens])).logits[0, -1]
        expected = torch.softmax(logits, 0)[query.answer_token].item()
        better = int((logits > logits[query.answer_token]).sum())
        assert found.probability[number] == pytest.approx(expected, rel=1e-9)
        assert found.rank[number] == better + 1
        assert found.is_best[number] == (better == 0)


def test_batches_change_float32_answers_by_rounding_only(random_model, mixed_queries):
    model = random_model("llama", torch.float32)
    together = answer(model, mixed_queries, None, 6).probability
    turned = answer(model, mixed_queries[::-1], None, 2).probability[::-1]
    assert np.allclose(together, turned, rtol=1e-4, atol=0)


def test_an_answer_among_candidates_must_be_above_each_other_one(model, mixed_queries):
    logits = last_logits(model, [query.prompt_tokens for query in mixed_queries])
    own = torch.tensor([query.answer_token for query in mixed_queries])
    order = logits.argsort(dim=1)
    place = (order == own[:, None]).int().argmax(dim=1).tolist()
    below = [row[:n].tolist() for row, n in zip(order, place, strict=True)]
    above = [row[n + 1 :].tolist() for row, n in zip(order, place, strict=True)]
    own_and_below = [[*tokens, o] for tokens, o in zip(below, own.tolist(), strict=True)]
    assert answer(model, mixed_queries, own_and_below, 4).is_best.all()
    one_above = [[*tokens, *higher[:1]] for tokens, higher in zip(below, above, strict=True)]
    is_top = np.array([not higher for higher in above])
    assert not is_top.all()
    assert (answer(model, mixed_queries, one_above, 4).is_best == is_top).all()


def test_ties_count_against_the_answer():
    logits = torch.tensor([[1.0, 3.0, 3.0, 2.0], [0.0, 0.0, 0.0, 0.0], [9.0, 1.0, 2.0, 3.0]])
    assert answer_rank(logits, torch.tensor([1, 2, 0])).tolist() == [2, 4, 1]


def test_probabilities_are_a_softmax_in_float64():
    logits = torch.tensor([[0.0, 0.0], [-90.0, 10.0]])
    found = answer_probability(logits, torch.tensor([0, 0]))
    assert found.dtype == torch.float64
    assert found[0] == 0.5
    assert found[1].item() == pytest.approx(np.exp(-100.0), rel=1e-12)


def test_no_queries_have_no_answers(model):
    found = answer(model, [], None, 4)
    assert len(found.probability) == len(found.rank) == len(found.is_best) == 0


def test_shorter_texts_are_continued_with_their_last_token():
    assert padded([(3, 4, 5), (7,)]).tolist() == [[3, 4, 5], [7, 7, 7]]
