"""Probabilities and ranks equal those of the model's own forward pass, query by query."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from qloc.models.answers import answer, answer_probability, answer_rank, last_logits
from qloc.models.architectures import ARCHITECTURES
from qloc.models.prompting import EncodedQuery


@pytest.fixture(params=["gpt2", "llama"])
def model(request, random_model):
    return random_model(request.param, torch.float64)


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_logits_of_mixed_lengths_are_those_of_transformers_in_float64(
    architecture, random_model, mixed_queries
):
    model = random_model(architecture, torch.float64)
    prompts = [query.prompt_tokens for query in mixed_queries]
    together = last_logits(model, prompts, [1] * len(prompts))
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
    prompts = [query.prompt_tokens for query in mixed_queries]
    logits = last_logits(model, prompts, [1] * len(prompts))
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


def next_logits(model, tokens):
    """By one run of the model over one text."""
    with torch.no_grad():
        return model.module(torch.tensor([tokens])).logits[0, -1]


def by_hand(model, query):
    """Probability and rank of every token of one answer, one run for each."""
    probabilities, ranks, text = [], [], list(query.prompt_tokens)
    for token in query.answer_tokens:
        logits = next_logits(model, text)
        probabilities.append(torch.softmax(logits, 0)[token].item())
        ranks.append(1 + int((logits > logits[token]).sum()))
        text.append(token)
    return probabilities, ranks


@pytest.fixture
def long_answers(model, mixed_queries):
    """Answers of one to four tokens; every other one is what greedy decoding gives."""
    queries = []
    for number, query in enumerate(mixed_queries):
        greedy, n_tokens = [], 1 + number % 4
        for _ in range(n_tokens):
            logits = next_logits(model, [*query.prompt_tokens, *greedy])
            greedy.append(int(logits.argmax()))
        drawn = [(greedy[0] + 7 * place) % len(logits) for place in range(n_tokens)]
        queries.append(replace(query, answer_tokens=tuple(drawn if number % 2 else greedy)))
    return queries


@pytest.mark.parametrize("batch_size", [1, 4, 6])
@pytest.mark.parametrize(("tokens", "combine"), [("joint", np.prod), ("mean_tokens", np.mean)])
def test_all_tokens_of_an_answer_are_read_after_the_true_ones(
    model, long_answers, tokens, combine, batch_size
):
    found = answer(model, long_answers, None, batch_size, tokens)
    for number, query in enumerate(long_answers):
        probabilities, ranks = by_hand(model, query)
        assert found.probability[number] == pytest.approx(combine(probabilities), rel=1e-9)
        assert found.rank[number] == max(ranks)
    # Known is what greedy decoding gives: a right first token alone is not enough.
    assert found.is_best.tolist() == [True, False] * 3
    assert by_hand(model, long_answers[1])[1][0] == 1


def test_the_first_token_alone_counts_unless_all_are_asked_for(model, long_answers):
    found = answer(model, long_answers, None, 4)
    first = [by_hand(model, query)[0][0] for query in long_answers]
    assert found.probability == pytest.approx(first, rel=1e-9)
    assert found.is_best.all()


@pytest.mark.parametrize("tokens", ["joint", "mean_tokens"])
def test_answers_of_one_token_are_the_same_whatever_counts(model, mixed_queries, tokens):
    short = [replace(query, answer_tokens=query.answer_tokens[:1]) for query in mixed_queries]
    first, all_tokens = answer(model, short, None, 4), answer(model, short, None, 4, tokens)
    assert (first.probability == all_tokens.probability).all()
    assert (first.rank == all_tokens.rank).all()
    assert (first.is_best == all_tokens.is_best).all()


@pytest.mark.parametrize("tokens", ["joint", "mean_tokens"])
def test_an_answer_may_fill_the_context_of_the_model(random_model, tokens):
    model = random_model("gpt2", torch.float64)
    drawn = np.random.default_rng(4).integers(3, 60, model.context_length).tolist()
    query = EncodedQuery(tuple(drawn[:-3]), tuple(drawn[-3:]), None)
    found = answer(model, [query], None, 1, tokens)
    assert 0 < found.probability[0] < 1


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
