"""An edit is Eq. 2 with every knob, worked out number by number."""

import numpy as np
import pytest
import torch
from tests.models.edits_by_hand import value_vector

from qloc.models.edits import Edit, EditRequest, EditRule, make_edit, mean_activations

PAIRS = [(0.25, 0.5), (3.0, 2.0)]
PAPER = EditRule("zero", "input", "first", "raw", "literal", [(2.0, 2.0)])
ORIGINAL, TARGET = (7, 11, 7), (20, 9)


def rule(**knobs):
    """The paper's, but for some knobs, with two strengths."""
    described = {"erase": "zero", "table": "input", "tokens": "first", "scale": "raw"}
    return EditRule(**{**described, "sign": "literal", "strengths": PAIRS, **knobs})


def request(places, signs, original=ORIGINAL, target=TARGET):
    layers, neurons = np.array(places, dtype=np.int64).reshape(-1, 2).T
    return EditRequest(layers, neurons, original, target, np.array(signs, dtype=np.float64))


@pytest.fixture
def model(random_model):
    """Input and output embeddings differ, and value vectors are columns."""
    return random_model("llama", torch.float64)


def embedding(model, table, tokens, words):
    """Of an object, summed up token by token."""
    part = model.module.get_input_embeddings()
    if table == "output":
        part = model.module.get_output_embeddings()
    rows = [part.weight[word].tolist() for word in words]
    if tokens == "first":
        return rows[0]
    total = [sum(column) for column in zip(*rows, strict=True)]
    return [value / (len(rows) if tokens == "mean" else 1) for value in total]


def length(vector):
    return sum(value**2 for value in vector) ** 0.5


def change_by_hand(model, place, sign, operation, knobs, pair):
    """Eq. 2 for one neuron, in plain Python."""
    vector = value_vector(model, *place).tolist()
    if operation == "erase" and knobs["erase"] == "zero":
        return [-value for value in vector]
    words = [(-pair[0], ORIGINAL)] + ([(pair[1], TARGET)] if operation == "update" else [])
    change = [0.0] * len(vector)
    for factor, own in words:
        row = embedding(model, knobs["table"], knobs["tokens"], own)
        scale = length(vector) / length(row) if knobs["scale"] == "norm_matched" else 1.0
        change = [a + factor * scale * b for a, b in zip(change, row, strict=True)]
    is_turned = knobs["sign"] == "aligned" and sign < 0
    return [-value for value in change] if is_turned else change


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
@pytest.mark.parametrize("sign", ["literal", "aligned"])
@pytest.mark.parametrize("scale", ["raw", "norm_matched"])
@pytest.mark.parametrize("tokens", ["first", "mean", "sum"])
@pytest.mark.parametrize("table", ["input", "output"])
@pytest.mark.parametrize(
    ("operation", "erase"), [("erase", "zero"), ("erase", "subtract"), ("update", "zero")]
)
def test_an_edit_is_the_formula_with_every_knob(
    architecture, sign, scale, tokens, table, operation, erase, random_model
):
    model = random_model(architecture, torch.float64)
    knobs = {"erase": erase, "table": table, "tokens": tokens, "scale": scale, "sign": sign}
    places, signs = [(2, 5), (0, 39), (1, 0), (2, 0)], [-0.3, 0.0, 12.0, -7e-9]
    own = rule(**knobs)
    for strength in range(own.n_strengths(operation)):
        edit = make_edit(model, request(places, signs), operation, own, strength)
        assert list(zip(edit.layers, edit.neurons, strict=True)) == places
        expected = [
            change_by_hand(model, place, sign, operation, knobs, PAIRS[strength])
            for place, sign in zip(places, signs, strict=True)
        ]
        np.testing.assert_allclose(edit.changes.numpy(), expected, rtol=0, atol=1e-12)


def test_changes_are_numbers_known_beforehand(model):
    """A value vector 5 long; E(o) = 2 along the first axis, E(o') = 4 along the last."""
    axes = torch.eye(model.hidden_size, dtype=torch.float64)
    with torch.no_grad():
        value_vector(model, 1, 3).copy_(3 * axes[1] - 4 * axes[2])
        model.head.weight[7], model.head.weight[20] = 2 * axes[0], 4 * axes[-1]
    asked = request([(1, 3)], [-0.5])
    known = {
        ("raw", "literal"): -3 * 2 * axes[0] + 2 * 4 * axes[-1],
        ("raw", "aligned"): 3 * 2 * axes[0] - 2 * 4 * axes[-1],
        ("norm_matched", "literal"): -3 * 5 * axes[0] + 2 * 5 * axes[-1],
        ("norm_matched", "aligned"): 3 * 5 * axes[0] - 2 * 5 * axes[-1],
    }
    for (scale, sign), expected in known.items():
        own = rule(erase="subtract", table="output", scale=scale, sign=sign)
        found = make_edit(model, asked, "update", own, 1).changes
        torch.testing.assert_close(found, expected[None], rtol=0, atol=1e-13)
        erased = make_edit(model, asked, "erase", own, 1).changes
        torch.testing.assert_close(erased, expected[None] * axes[0], rtol=0, atol=1e-13)


def test_erasing_by_zero_leaves_a_value_vector_of_zeros(model):
    edit = make_edit(model, request([(0, 4), (2, 39)], [-1.0, 1.0]), "erase", PAPER, 0)
    for place, change in zip([(0, 4), (2, 39)], edit.changes, strict=True):
        assert not (value_vector(model, *place) + change).any()


def test_an_edit_of_no_neuron_is_empty(model):
    for operation in ("erase", "update"):
        edit = make_edit(model, request([], []), operation, PAPER, 0)
        assert edit.layers.shape == edit.neurons.shape == (0,)
        assert edit.changes.shape == (0, model.hidden_size)


def test_a_neuron_is_not_edited_twice():
    """Of rows and weights, one would add both changes and the other the last."""
    Edit(np.array([0, 1]), np.array([3, 3]), torch.zeros(2, 8))
    with pytest.raises(ValueError, match="edited twice"):
        Edit(np.array([0, 1, 0]), np.array([3, 3, 3]), torch.zeros(3, 8))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
def test_changes_have_the_precision_of_the_weights(dtype, random_model):
    model = random_model("llama", dtype)
    own = rule(scale="norm_matched", sign="aligned", tokens="mean")
    for operation in ("erase", "update"):
        edit = make_edit(model, request([(1, 1)], [-1.0]), operation, own, 0)
        assert edit.changes.dtype == dtype


def test_making_an_edit_changes_no_weight(model):
    before = {name: part.clone() for name, part in model.module.named_parameters()}
    own = rule(erase="subtract", scale="norm_matched", sign="aligned", tokens="sum")
    edit = make_edit(model, request([(1, 1), (0, 2)], [-1.0, 1.0]), "update", own, 0)
    edit.changes.zero_()
    zero = make_edit(model, request([(1, 1)], [-1.0]), "erase", PAPER, 0)
    zero.changes.fill_(7)
    for name, part in model.module.named_parameters():
        assert torch.equal(part, before[name])


def test_strengths_and_what_the_tables_say_of_them():
    subtracting, zeroing = rule(erase="subtract"), rule()
    assert zeroing.n_strengths("erase") == 1
    assert subtracting.n_strengths("erase") == zeroing.n_strengths("update") == 2
    assert zeroing.lambdas("erase", 0) == (None, None)
    assert subtracting.lambdas("erase", 1) == (3.0, None)
    assert zeroing.lambdas("update", 0) == (0.25, 0.5)
    assert subtracting.lambdas("update", 1) == (3.0, 2.0)


@pytest.mark.parametrize("architecture", ["gpt2", "llama", "gemma2", "gptj"])
def test_mean_activations_are_the_neurons_at_the_last_token(
    architecture, random_model, mixed_queries, naive_activations
):
    model = random_model(architecture, torch.float64)
    chosen = mixed_queries[:4]
    expected = torch.stack(
        [
            torch.stack([naive_activations(model, query, layer) for query in chosen]).mean(0)
            for layer in range(model.n_layers)
        ]
    )
    found = mean_activations(model, [query.prompt_tokens for query in chosen])
    assert found.shape == (model.n_layers, model.n_neurons)
    assert (found < 0).any()
    assert (found > 0).any()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
