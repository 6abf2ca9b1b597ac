"""An edit of the weights changes the value vectors it names; undone, every bit is as before."""

import numpy as np
import pytest
import torch
from tests.models.edits_by_hand import drawn_edit, drawn_edits, log_probabilities, value_vector

from qloc.models.edits import Edit, EditRequest, EditRule, make_edit
from qloc.models.weights import edited_weights

MODELS = [
    ("gpt2", ""),
    ("gpt2", "head of its own"),
    ("llama", ""),
    ("llama", "biases, one embedding"),
    ("gemma2", ""),
    ("gpt_neox", ""),
    ("gptj", ""),
]
DTYPES = (torch.float64, torch.float32, torch.bfloat16)
TEXT = [5, 9, 11, 4, 33]


class StrangeError(Exception):
    """Something that no code of the study expects."""


def bits(model):
    """All weights and buffers, as their bytes."""
    state = model.module.state_dict()
    return {name: part.contiguous().view(torch.uint8).clone() for name, part in state.items()}


def assert_bits(model, before):
    now = bits(model)
    assert now.keys() == before.keys()
    assert all(torch.equal(now[name], before[name]) for name in before)


@pytest.fixture(params=MODELS, ids=": ".join)
def model(request, random_model):
    architecture, variant = request.param
    return random_model(architecture, torch.float32, variant)


def test_exactly_the_named_value_vectors_are_changed(model):
    edit = drawn_edit(model, {0: 3, 2: 4})
    before = {name: part.clone() for name, part in model.module.named_parameters()}
    vectors = [
        [value_vector(model, layer, neuron).clone() for neuron in range(model.n_neurons)]
        for layer in range(model.n_layers)
    ]
    named = {
        place: change
        for *place, change in zip(edit.layers, edit.neurons, edit.changes, strict=True)
        for place in [tuple(place)]
    }
    assert len(named) == 7
    with edited_weights(model) as weights:
        weights.apply(edit)
        for layer in range(model.n_layers):
            for neuron in range(model.n_neurons):
                found = value_vector(model, layer, neuron)
                expected = vectors[layer][neuron]
                if (layer, neuron) in named:
                    expected = expected + named[layer, neuron]
                assert torch.equal(found, expected)
        changed = {
            name
            for name, part in model.module.named_parameters()
            if not torch.equal(part, before[name])
        }
    owners = {
        name
        for name, part in model.module.named_parameters()
        if any(part is model.down_projections[layer].weight for layer in (0, 2))
    }
    assert changed == owners
    assert len(owners) == 2


def test_nothing_is_changed_before_an_edit_and_by_an_edit_of_no_neuron(model):
    before = bits(model)
    with edited_weights(model) as weights:
        assert_bits(model, before)
        weights.apply(drawn_edit(model, {}))
        assert_bits(model, before)


@pytest.mark.parametrize("failure", [None, StrangeError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("name", ["some of the last layer", "many of all layers"])
def test_after_an_edit_every_parameter_is_bit_identical(model, failure, name):
    before, clean = bits(model), log_probabilities(model, TEXT)

    def edit():
        with edited_weights(model) as weights:
            weights.apply(drawn_edits(model)[name])
            assert not torch.equal(log_probabilities(model, TEXT), clean)
            if failure is not None:
                raise failure

    if failure is None:
        edit()
    else:
        with pytest.raises(failure):
            edit()
    assert_bits(model, before)
    assert torch.equal(log_probabilities(model, TEXT), clean)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_bits_are_restored_where_subtracting_would_not_restore_them(dtype, random_model):
    """Changes far larger than the weights, and numbers that are none."""
    model = random_model("llama", dtype)
    before = bits(model)
    for strength in (1e6, float("inf"), float("nan")):
        edit = drawn_edit(model, {0: 9, 1: 3}, strength=strength)
        with edited_weights(model) as weights:
            weights.apply(edit)
        assert_bits(model, before)


def test_edits_one_after_another_add_up_and_are_all_undone(model):
    """Some neurons are edited again and again, between others."""
    before = bits(model)
    edits = [drawn_edit(model, {0: 30, 1: 25, 2: 20}, seed) for seed in range(5)]
    expected = {}
    with edited_weights(model) as weights:
        for edit in edits:
            for layer, neuron, change in zip(edit.layers, edit.neurons, edit.changes, strict=True):
                place = int(layer), int(neuron)
                start = expected.get(place, value_vector(model, *place).clone())
                expected[place] = start + change
            weights.apply(edit)
            for place, vector in expected.items():
                assert torch.equal(value_vector(model, *place), vector)
    assert len(expected) > 75 + 20
    assert_bits(model, before)


@pytest.mark.parametrize("failure", [StrangeError, KeyboardInterrupt])
def test_a_sequence_that_is_interrupted_is_undone(model, failure):
    before = bits(model)

    def edit_all():
        with edited_weights(model) as weights:
            for seed in range(9):
                weights.apply(drawn_edit(model, {0: 30, 2: 20}, seed))
                if seed == 5:
                    raise failure

    with pytest.raises(failure):
        edit_all()
    assert_bits(model, before)


def test_an_edit_that_cannot_be_made_leaves_nothing_behind(model):
    """The second layer has no such neuron; the first one is edited by then, or not at all."""
    before, good = bits(model), drawn_edit(model, {0: 2, 1: 1})
    bad = Edit(np.array([0, 0, 1]), np.array([1, 2, model.n_neurons]), good.changes)

    def edit():
        with edited_weights(model) as weights:
            weights.apply(good)
            weights.apply(bad)

    with pytest.raises((IndexError, RuntimeError, AssertionError, ValueError)):
        edit()
    assert_bits(model, before)


def test_edits_within_edits_are_undone_each_to_where_it_began(model):
    before = bits(model)
    first, second = drawn_edit(model, {0: 20, 1: 9}, 1), drawn_edit(model, {0: 20, 2: 9}, 2)
    with edited_weights(model) as outer:
        outer.apply(first)
        between = bits(model)
        with edited_weights(model) as inner:
            inner.apply(second)
        assert_bits(model, between)
    assert_bits(model, before)


def test_the_same_tensors_are_changed_and_go_on_asking_for_no_gradient(model):
    places = [weight.data_ptr() for weight in model.module.parameters()]
    with edited_weights(model) as weights:
        weights.apply(drawn_edit(model, {1: 4}))
        assert [weight.data_ptr() for weight in model.module.parameters()] == places
    assert [weight.data_ptr() for weight in model.module.parameters()] == places
    assert not any(weight.requires_grad for weight in model.module.parameters())


@pytest.mark.parametrize("operation", ["erase", "update"])
def test_edits_are_made_from_the_weights_as_they_are(operation, model):
    """The second edit of a neuron is as long as what the first one left."""
    rule = EditRule("zero", "output", "first", "norm_matched", "literal", [(1.0, 0.0)])
    request = EditRequest(np.array([1]), np.array([6]), (4,), (9,), np.array([1.0]))
    longer = Edit(np.array([1]), np.array([6]), 2 * value_vector(model, 1, 6)[None].clone())
    length = float(value_vector(model, 1, 6).norm())
    before = make_edit(model, request, operation, rule, 0)
    with edited_weights(model) as weights:
        weights.apply(longer)
        during = make_edit(model, request, operation, rule, 0)
        weights.apply(during)
        if operation == "erase":
            assert not value_vector(model, 1, 6).any()
    after = make_edit(model, request, operation, rule, 0)
    assert float(before.changes.norm()) == pytest.approx(length, rel=1e-5)
    assert float(during.changes.norm()) == pytest.approx(3 * length, rel=1e-5)
    assert torch.equal(before.changes, after.changes)
