"""What edits do, against edited weights and plain predictions."""

from math import isnan

import numpy as np
import pytest
import torch

from qloc.measures.edit_plans import PlannedEdit
from qloc.measures.facts_to_edit import NO_CELLS, Cells, FactToEdit, QueryOfFact
from qloc.models.edit_outcomes import edit_outcomes, made_edits
from qloc.models.edit_questions import Question, no_edit
from qloc.models.edit_requests import asked_fact, edit_requests
from qloc.models.edits import Edit, EditRule, make_edit
from qloc.models.language_model import load
from qloc.models.predictions import Continuation, perplexity_of, predict
from qloc.models.weights import edited_weights

RULES = {
    "raw": EditRule("zero", "input", "first", "raw", "literal", [[1.0, 2.0]]),
    "long": EditRule(
        "subtract", "output", "mean", "norm_matched", "aligned", [[0.5, 1.5], [2.0, 3.0]]
    ),
}
QUERIES = (QueryOfFact("f/1", "edited", "word5 word6"), QueryOfFact("f/0", "used", "word7"))
FACT = FactToEdit("f", "evaluation", True, "word40", "word41 word42", QUERIES)
CELLS = Cells(np.array([0, 2, 2]), np.array([3, 5, 30]))
OTHER = Cells(np.array([1]), np.array([9]))
PLANNED = [
    PlannedEdit(FACT, CELLS, ("query", "union"), "raw", 0),
    PlannedEdit(FACT, CELLS, ("query",), "long", 1),
    PlannedEdit(FACT, OTHER, ("union_top",), "long", 0),
    PlannedEdit(FACT, NO_CELLS, ("consistency_aware",), "long", 0),
]
TEXTS = [Continuation((1,), (4, 9, 33, 2)), Continuation((1,), (7, 7, 8))]


@pytest.fixture
def model(save_checkpoint):
    return load(save_checkpoint("gpt2"), "gpt2", 32, torch.float32)


@pytest.mark.parametrize("operation", ["erase", "update"])
def test_planned_edits_are_made_by_their_own_rule_strength_and_neurons(model, operation):
    asked = asked_fact(model, FACT)
    made = made_edits(model, asked, PLANNED, operation, RULES)
    for planned, edit in zip(PLANNED, made, strict=True):
        [request] = edit_requests(model, asked, {"x": planned.cells}, operation).values()
        rule = RULES[planned.preset]
        expected = make_edit(model, request, operation, rule, planned.strength)
        assert edit.layers.tolist() == planned.cells.layers.tolist()
        assert edit.neurons.tolist() == planned.cells.neurons.tolist()
        assert torch.equal(edit.changes, expected.changes)


def test_outcomes_are_those_of_edited_weights(model):
    questions = [
        Question("edited", Continuation((1, 5, 6), (41, 42))),
        Question("used", Continuation((1, 7), (41, 42))),
        Question("unrelated", Continuation((1, 9), (11, 12, 13))),
    ]
    edits = made_edits(model, asked_fact(model, FACT), PLANNED, "update", RULES)
    found = edit_outcomes(model, edits, "update", questions, TEXTS)
    clean = perplexity_of(predict(model, TEXTS))
    for edit, outcome in zip(edits, found, strict=True):
        with edited_weights(model) as weights:
            weights.apply(edit)
            said = predict(model, [question.asked for question in questions])
            after = perplexity_of(predict(model, TEXTS))
        assert outcome.n_neurons == len(edit.neurons)
        assert outcome.n_unrelated == 1
        assert outcome.perplexity_before == pytest.approx(clean, rel=1e-5)
        assert outcome.perplexity_after == pytest.approx(after, rel=1e-4)
        shares = [
            np.mean(one.tokens == question.asked.next_tokens)
            for one, question in zip(said, questions, strict=True)
        ]
        names = ("reliability", "generalization_seen", "locality")
        assert [outcome.metrics[name][1] for name in names] == pytest.approx(shares)
        assert np.isnan(outcome.metrics["generalization"]).all()
    assert found[-1].perplexity_after == found[-1].perplexity_before
    assert found[0].perplexity_after != pytest.approx(clean, rel=1e-3)


def test_without_texts_perplexity_is_missing_and_so_is_one_that_is_too_large(model):
    [outcome] = edit_outcomes(model, [no_edit(model)], "erase", [], TEXTS[:0])
    assert isnan(outcome.perplexity_before)
    assert isnan(outcome.perplexity_after)
    wild = Edit(CELLS.layers, CELLS.neurons, torch.full((3, model.hidden_size), torch.nan))
    [outcome] = edit_outcomes(model, [wild], "erase", [], TEXTS)
    assert outcome.perplexity_before > 1
    assert isnan(outcome.perplexity_after)
