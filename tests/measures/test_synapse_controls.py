"""What stands beside synapses and beside the neurons they are said to choose."""

import numpy as np
import pytest

from qloc.measures.fact_sets import FactSets
from qloc.measures.synapse_controls import ColumnChoice, measured_neurons
from qloc.measures.synapses import SynapseRule, find_synapses

LAYERS, WIDTH = 3, 40
RULES = {
    "even": SynapseRule("lift", "mean", "global", False),
    "plain": SynapseRule("sum", "mean", "global", False),
}


@pytest.fixture
def attention():
    """Random attention of 3 layers with 2 heads over 9 tokens."""
    is_visible = np.tile(np.tri(9, dtype=bool), (3, 1, 1))
    draw = np.random.default_rng(4).exponential(size=(3, 2, 9, 9)) * is_visible[:, None]
    return draw / draw.sum(3, keepdims=True), is_visible


@pytest.fixture
def sets():
    """Own: 8 neurons in the first layer, 2 in the last; 12 of two neighbors."""
    own = np.array([0, 1, 2, 3, 10, 20, 30, 39, 80, 119])
    others = [np.array([3, 4, 5, 41, 42, 119]), np.array([4, 6, 7, 43, 81, 82, 83])]
    return FactSets("sig", "P7/00003/01", own, others)


def test_columns_are_the_synapses_those_but_the_first_and_as_many_others(attention):
    found = ColumnChoice(RULES, 1.1, 5).choose(*attention, "P7/00000/00")
    for preset, rule in RULES.items():
        synapses = find_synapses(*attention, rule, 1.1)
        assert (found[preset, "synapses"] == synapses).all()
        assert synapses[..., 0].any()
        without = found[preset, "without_first_column"]
        assert not without[..., 0].any()
        assert (without[..., 1:] == synapses[..., 1:]).all()
        drawn = found[preset, "random_columns"]
        assert drawn.sum() == synapses.sum()
        assert (drawn != synapses).any()


def test_drawn_columns_depend_on_seed_preset_and_query_alone(attention):
    def drawn(query_id="P7/00000/00", preset="plain", seed=5, rules=RULES):
        return ColumnChoice(rules, 1.1, seed).choose(*attention, query_id)[preset, "random_columns"]

    assert (drawn() == drawn(rules=dict(reversed(RULES.items())))).all()
    assert (drawn() == drawn(rules={"plain": RULES["plain"]})).all()
    assert (drawn() != drawn("P7/00000/01")).any()
    assert (drawn() != drawn(seed=6)).any()
    same = {"plain": RULES["plain"], "other": RULES["plain"]}
    assert (drawn(rules=same) != drawn(preset="other", rules=same)).any()


def test_drawn_columns_lie_anywhere(attention):
    """Among all columns, the first and the synapses included, each as often as another."""
    choice = ColumnChoice({"plain": RULES["plain"]}, 1.1, 5)
    drawn = [choice.choose(*attention, f"P7/{n:05d}/00")["plain", "random_columns"]
             for n in range(400)]  # fmt: skip
    share = np.mean(drawn)
    often = np.mean(drawn, axis=0)
    assert np.abs(often - share).max() < 5 * np.sqrt(share * (1 - share) / 400)


def test_measured_neurons_by_hand(sets):
    found = measured_neurons(sets, LAYERS, WIDTH, 5)
    assert list(found) == ["own", "neighbors", "neighbors_only", "random", "random_any"]
    assert found["own"].tolist() == sets.own.tolist()
    assert found["neighbors"].tolist() == [3, 4, 5, 6, 7, 41, 42, 43, 81, 82, 83, 119]
    assert found["neighbors_only"].tolist() == [4, 5, 6, 7, 41, 42, 43, 81, 82, 83]


def test_random_neurons_are_none_of_the_facts_and_as_many_as_own(sets):
    found = measured_neurons(sets, LAYERS, WIDTH, 5)
    for name in ("random", "random_any"):
        drawn = found[name]
        assert len(set(drawn.tolist())) == len(sets.own)
        assert not np.isin(drawn, sets.every).any()
        assert ((drawn >= 0) & (drawn < LAYERS * WIDTH)).all()
    assert (found["random"] // WIDTH).tolist() == (sets.own // WIDTH).tolist()


def test_random_neurons_lie_anywhere_outside(sets):
    """Over many queries, every neuron outside the fact's sets is drawn."""
    queries = [FactSets("sig", f"q{n}", sets.own, sets.others) for n in range(300)]
    found = [measured_neurons(query, LAYERS, WIDTH, 5) for query in queries]
    outside = set(range(LAYERS * WIDTH)) - set(sets.every.tolist())
    drawn = {neuron for of_query in found for neuron in of_query["random_any"].tolist()}
    assert drawn == outside
    matched = {neuron for of_query in found for neuron in of_query["random"].tolist()}
    assert matched == {neuron for neuron in outside if neuron // WIDTH != 1}


def test_random_neurons_depend_on_seed_method_and_query_alone(sets):
    def drawn(method="sig", query_id="P7/00003/01", seed=5):
        changed = FactSets(method, query_id, sets.own, sets.others)
        found = measured_neurons(changed, LAYERS, WIDTH, seed)
        return found["random"].tolist(), found["random_any"].tolist()

    assert drawn() == drawn()
    for other in (drawn(method="ig"), drawn(query_id="P7/00003/02"), drawn(seed=6)):
        assert all(one != another for one, another in zip(drawn(), other, strict=True))


def test_where_there_are_fewer_neurons_all_of_them_are_taken():
    own = np.array([0, 1, 2, 4])
    sets = FactSets("ig", "q", own, [np.array([], dtype=np.int64)])
    found = measured_neurons(sets, 2, 4, 5)
    assert found["random"].tolist() == [3, *found["random"][1:].tolist()]
    assert len(found["random"]) == 2
    assert found["random_any"].tolist() == [3, 5, 6, 7]


def test_without_own_neurons_none_are_drawn(sets):
    empty = FactSets("ig", "q", np.array([], dtype=np.int64), sets.others)
    found = measured_neurons(empty, LAYERS, WIDTH, 5)
    assert [len(found[name]) for name in ("own", "random", "random_any")] == [0, 0, 0]
    assert len(found["neighbors_only"]) == len(found["neighbors"]) == 12
