"""Edited facts as tokens, and what an edit of them needs to know."""

import numpy as np
import pytest
import torch

from qloc.measures.facts_to_edit import NO_CELLS, Cells, FactToEdit, QueryOfFact
from qloc.models.edit_requests import asked_fact, edit_requests
from qloc.models.language_model import load
from qloc.models.predictions import Continuation
from qloc.models.prompting import EncodedQuery

ALL = Cells(np.repeat(np.arange(3), 40), np.tile(np.arange(40), 3))
SOME = Cells(np.array([0, 2, 2]), np.array([7, 0, 39]))


def fact(answer: str, target: str, *prompts: str) -> FactToEdit:
    queries = tuple(QueryOfFact(f"P1/0/{n}", "used", text) for n, text in enumerate(prompts))
    return FactToEdit("P1/0", "sequence", True, answer, target, queries)


@pytest.fixture
def model(save_checkpoint):
    """Reads words as tokens of their numbers behind token 1, at most five of them."""
    return load(save_checkpoint("llama"), "llama", 5, torch.float32)


@pytest.fixture
def asked(model):
    """The target of two words cannot be asked behind the longer prompts."""
    given = fact("word5", "word6 word7", "word3 word4 word9", "word3", "word8 word8 word8")
    return asked_fact(model, given)


def test_objects_are_asked_behind_every_prompt_where_they_can_be(asked):
    assert asked.prompts == ((1, 3, 4, 9), (1, 3), (1, 8, 8, 8))
    assert asked.expected("erase") == [
        Continuation((1, 3, 4, 9), (5,)),
        Continuation((1, 3), (5,)),
        Continuation((1, 8, 8, 8), (5,)),
    ]
    assert asked.expected("update") == [None, Continuation((1, 3), (6, 7)), None]


def test_an_update_writes_the_target_as_it_stands_where_it_can_be_asked(model, asked):
    [request] = edit_requests(model, asked, {"query": SOME}, "update").values()
    assert request.original_tokens == (5,)
    assert request.target_tokens == (6, 7)
    assert request.layers.tolist() == [0, 2, 2]
    assert request.neurons.tolist() == [7, 0, 39]


def test_erasing_writes_no_target(model, asked):
    request = edit_requests(model, asked, {"query": SOME}, "erase")["query"]
    assert (request.original_tokens, request.target_tokens) == ((5,), ())


def test_signs_are_mean_values_over_all_queries_of_the_fact(model, asked, naive_activations):
    requests = edit_requests(model, asked, {"union": ALL, "query": SOME}, "erase")
    plain = [
        [naive_activations(model, EncodedQuery(prompt, (), None), layer) for layer in range(3)]
        for prompt in asked.prompts
    ]
    means = torch.stack([torch.stack(layers) for layers in plain]).mean(0).numpy()
    assert requests["union"].signs == pytest.approx(means.ravel(), abs=1e-5)
    assert requests["query"].signs == pytest.approx(means[SOME.layers, SOME.neurons], abs=1e-5)


def test_what_can_be_asked_nowhere_is_not_edited(model):
    given = fact("word5", "word6 word7 word8 word9", "word3", "word4")
    asked = asked_fact(model, given)
    assert asked.expected("update") == [None, None]
    update = edit_requests(model, asked, {"query": SOME}, "update")["query"]
    assert update.layers.tolist() == NO_CELLS.layers.tolist() == []
    assert len(update.signs) == 0
    assert len(edit_requests(model, asked, {"query": SOME}, "erase")["query"].layers) == 3
