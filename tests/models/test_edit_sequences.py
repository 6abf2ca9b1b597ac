"""Sequences of edits leave the weights as they were, and each starts where the last one ended."""

import numpy as np
import pytest
import torch

from qloc.models import edit_sequences
from qloc.models.edit_questions import Question
from qloc.models.edit_sequences import (
    EditWay,
    SequenceFact,
    SequenceRun,
    edit_one_after_another,
)
from qloc.models.edits import EditRequest, EditRule
from qloc.models.predictions import Continuation, Predictions, predict

RULE = EditRule("zero", "output", "first", "norm_matched", "literal", [(3.0, 4.0)])
UPDATE = EditWay("query", "any", "update", RULE, 0)
ERASE = EditWay("query", "any", "erase", RULE, 0)


def fact(cells, *questions):
    layers, neurons = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    request = EditRequest(layers, neurons, (5,), (6,), np.ones(len(layers)))
    return SequenceFact([Question(role, Continuation((3, 4), (7,))) for role in questions],
                        {"query": request})  # fmt: skip


@pytest.fixture
def run():
    """Three facts; the third changes nothing and cannot be asked."""
    facts = [
        fact([(0, 1), (1, 2)], "edited", "used"),
        fact([(1, 2), (2, 39)], "edited"),
        fact([]),
    ]
    texts = [Continuation((8,), (9, 10, 11))]
    return SequenceRun(facts, [Question("unrelated", Continuation((12,), (13,)))], texts)


def snapshot(model):
    return {name: weight.clone() for name, weight in model.module.named_parameters()}


def assert_same(model, before):
    for name, weight in model.module.named_parameters():
        assert torch.equal(weight, before[name]), name


@pytest.fixture
def model(random_model):
    return random_model("gpt2", torch.float32)


@pytest.mark.parametrize("way", [UPDATE, ERASE], ids=["update", "erase"])
def test_weights_are_restored_bit_for_bit(model, run, way):
    before = snapshot(model)
    first = edit_one_after_another(model, run, way, [1, 2])
    assert_same(model, before)
    again = edit_one_after_another(model, run, way, [1, 2])
    assert [left.perplexity for left in first] == [left.perplexity for left in again]
    assert len({left.perplexity for left in first[:2]}) == 2


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_weights_are_restored_after_an_interruption(model, run, monkeypatch, error):
    def broken(*_given):
        raise error

    before = snapshot(model)
    seen = []
    monkeypatch.setattr(edit_sequences, "predict", lambda *given: seen.append(given) or broken())
    with pytest.raises(error):
        edit_one_after_another(model, run, UPDATE, [2])
    assert len(seen) == 1
    assert_same(model, before)


def test_looks_are_after_the_steps_and_after_the_last_edit(model, run):
    found = edit_one_after_another(model, run, ERASE, [2, 9])
    assert [left.n_edited for left in found] == [2, 3]
    assert [left.no_edit_share for left in found] == [0, 1 / 3]
    assert [left.n_edited for left in edit_one_after_another(model, run, ERASE, [])] == [3]


def test_an_edit_starts_from_the_weights_that_the_last_one_left(model, run, monkeypatch):
    """Norm-matched changes of a neuron that is edited twice are as long as it has become."""
    seen = []

    def look(opened, asked):
        seen.append(opened.value_matrix(1)[2].clone())
        return predict(opened, asked)

    monkeypatch.setattr(edit_sequences, "predict", look)
    edit_one_after_another(model, run, UPDATE, [1, 2])
    table = model.module.get_output_embeddings().weight
    old, new = (table[token] / table[token].norm() for token in (5, 6))
    vector = model.value_matrix(1)[2].clone()
    for found in seen[:2]:
        vector = vector + vector.norm() * (4 * new - 3 * old)
        assert found.numpy() == pytest.approx(vector.numpy(), rel=1e-4, abs=1e-5)
    assert len(seen) == 3


def test_facts_without_a_metric_do_not_count_for_it(model, run, monkeypatch):
    """Of the edited queries, one says 7 as it should, and one 8; the other one of the first, 7."""
    said = iter([[7, 7, 13], [7, 7, 8, 13], [7, 7, 8, 14]])

    def answered(_model, asked):
        tokens = next(said)
        assert len(asked) == len(tokens) + 1
        return [Predictions(np.array([token]), np.array([-1.0])) for token in [*tokens, 0]]

    monkeypatch.setattr(edit_sequences, "predict", answered)
    one, two, three = edit_one_after_another(model, run, UPDATE, [1, 2])
    assert one.metrics["reliability"].tolist() == [1, 1, 1]
    assert two.metrics["reliability"].tolist() == [0.5, 0.5, 0.5]
    assert three.metrics["reliability"].tolist() == [0.5, 0.5, 0.5]
    assert two.metrics["generalization_seen"].tolist() == [1, 1, 1]
    assert [left.metrics["locality"][0] for left in (one, two, three)] == [1, 1, 0]
    assert three.perplexity == pytest.approx(np.e)


def test_no_question_leaves_metrics_missing(model):
    run = SequenceRun([fact([(0, 0)])], [], [Continuation((8,), (9,))])
    [left] = edit_one_after_another(model, run, ERASE, [])
    assert np.isnan([left.metrics[name] for name in left.metrics]).all()
    assert set(left.metrics) == {"reliability", "generalization_seen", "locality"}
