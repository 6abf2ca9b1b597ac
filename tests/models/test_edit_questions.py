"""What is asked about an edit."""

import pytest
import torch

from qloc.measures.facts_to_edit import FactToEdit, QueryOfFact
from qloc.measures.studied_prompts import StudiedQuery
from qloc.models.edit_questions import fact_questions, no_edit, unrelated_questions
from qloc.models.edit_requests import asked_fact
from qloc.models.language_model import load
from qloc.models.predictions import Continuation, predict

CONTEXT = 8
QUERIES = (
    QueryOfFact("f/1", "edited", "word5 word6"),
    QueryOfFact("f/0", "used", "word7"),
    QueryOfFact("f/2", "held_out", " ".join(["word8"] * 6)),
)
FACT = FactToEdit("f", "evaluation", True, "word40", "word41 word42", QUERIES)


@pytest.fixture
def model(save_checkpoint):
    """Puts `word1` in front of every text; reads at most eight tokens."""
    return load(save_checkpoint("llama"), "llama", CONTEXT, torch.float32)


def test_a_fact_is_asked_for_the_object_of_the_operation(model):
    asked = asked_fact(model, FACT)
    found = [(one.role, one.asked) for one in fact_questions(FACT, asked, "erase")]
    assert found == [
        ("edited", Continuation((1, 5, 6), (40,))),
        ("used", Continuation((1, 7), (40,))),
        ("held_out", Continuation((1, *[8] * 6), (40,))),
    ]


def test_queries_behind_which_the_object_cannot_be_asked_are_left_out(model):
    asked = asked_fact(model, FACT)
    found = [(one.role, one.asked) for one in fact_questions(FACT, asked, "update")]
    assert found == [
        ("edited", Continuation((1, 5, 6), (41, 42))),
        ("used", Continuation((1, 7), (41, 42))),
    ]


def test_unrelated_queries_are_compared_with_what_the_clean_model_says(model):
    queries = [
        StudiedQuery("g/0", "g", "word9", "word3 word4 word5"),
        StudiedQuery("g/1", "g", " ".join(["word50"] * 6), "word3"),
        StudiedQuery("h/0", "h", "word51 word52", "word6 word3 word4"),
    ]
    found = unrelated_questions(model, queries)
    assert [one.role for one in found] == ["unrelated"] * 3
    assert [one.asked.prompt_tokens for one in found] == [(1, 9), (1, *[50] * 6), (1, 51, 52)]
    assert [len(one.asked.next_tokens) for one in found] == [3, 1, 3]
    for one, said in zip(found, predict(model, [one.asked for one in found]), strict=True):
        assert said.tokens.tolist() == list(one.asked.next_tokens)
    assert unrelated_questions(model, []) == []


def test_no_edit_has_no_neuron_and_vectors_of_the_models_size(model):
    edit = no_edit(model)
    assert len(edit.layers) == len(edit.neurons) == 0
    assert edit.changes.shape == (0, model.hidden_size)
