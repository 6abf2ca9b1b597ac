"""What is measured is what it is called, and operations take turns."""

import numpy as np
import pytest
import torch

from qloc.measures.manipulations import FACTORS
from qloc.models.interventions import ColumnFactors, Intervention, intervene
from qloc.models.manipulated_attribution import attribute_manipulated
from qloc.models.manipulation_costs import manipulation_costs
from qloc.models.methods import Rule

pytestmark = pytest.mark.slow

RULE = Rule("midpoint", 3, 0.0)


@pytest.fixture
def asked(random_model, mixed_queries):
    """A model, a query of nine tokens and some columns of its attention."""
    model = random_model("llama", torch.float64)
    columns = np.zeros((model.n_layers, model.n_heads, 9), dtype=bool)
    columns[0, :, 2], columns[2, 1, :4] = True, True
    return model, mixed_queries[2], columns


def last_neurons(model):
    """What the last layer's neurons do in every run from now on, at the last token."""
    seen = []

    def see(_module, inputs):
        seen.append(inputs[0].reshape(-1, inputs[0].shape[-1])[-1].numpy(force=True))

    return seen, model.down_projections[-1].register_forward_pre_hook(see)


def measured(asked, repeats):
    model, query, columns = asked
    return list(manipulation_costs(model, query, columns, RULE, "first", repeats))


def test_every_operation_is_measured_so_many_times(asked):
    found = measured(asked, 3)
    names = {(part.value, part.operation, part.repeat) for part in found}
    assert len(found) == len(names) == 2 * 3 * 3
    assert {part.operation for part in found} == {"none", "suppress", "enhance"}
    assert all(part.cost.seconds > 0 for part in found)


def test_in_every_repeat_another_one_is_the_first(asked):
    found = measured(asked, 4)
    names = [(part.value, part.operation) for part in found]
    turns = [names[start : start + 6] for start in range(0, len(names), 6)]
    assert len({turn[0] for turn in turns}) == 4
    assert all(set(turn) == set(turns[0]) for turn in turns)


def test_attention_is_manipulated_as_the_operation_says(asked):
    """Every operation runs twice: to warm up, and to be measured."""
    model, query, columns = asked
    expected = {
        "none": Intervention(0),
        **{
            name: Intervention(0, columns=ColumnFactors(np.where(columns, factor, 1.0), False))
            for name, factor in FACTORS.items()
        },
    }
    neurons = intervene(model, [query], list(expected.values()), "first").activations[:, -1]
    assert len({row.tobytes() for row in neurons}) == 3
    seen, handle = last_neurons(model)
    with handle:
        found = measured(asked, 1)
    assert [part.operation for part in found if part.value == "activation"] == list(expected)
    for row in neurons:
        assert sum(np.allclose(row, run, rtol=0, atol=1e-12) for run in seen) >= 2


def test_attributions_take_longer_than_activations(asked):
    found = measured(asked, 5)
    seconds = {
        value: np.median([part.cost.seconds for part in found if part.value == value])
        for value in ("activation", "attribution")
    }
    assert seconds["attribution"] > seconds["activation"]


def test_the_model_is_left_as_it_was(asked):
    model, query, _ = asked
    before = attribute_manipulated(model, [query], [Intervention(0)], RULE, "first")
    measured(asked, 1)
    after = attribute_manipulated(model, [query], [Intervention(0)], RULE, "first")
    assert np.array_equal(before, after)
