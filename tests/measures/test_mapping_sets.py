"""The sets that are manipulated on a query: by hand, and what must hold of those that are drawn."""

from collections import Counter

import numpy as np
import pytest

from qloc.contracts.query_mappings import NEURON_SETS
from qloc.measures.fact_sets import FactSets
from qloc.measures.mapping_sets import mapped_queries, mapping_sets

FIXED = ("self", "neighbor_union", "intersection", "refined", "unrelated_matched")
VALUES = np.zeros((2, 10))


def codes(*numbers):
    return np.array(numbers, dtype=np.int64)


def of_fact(own, *others, method="ig", query_id="P1/00000/02"):
    return FactSets(method, query_id, codes(*own), [codes(*one) for one in others])


def manipulated(sets, values=VALUES, n_draws=2, seed=4):
    """The neurons of every set and draw."""
    found = list(mapping_sets(sets, values, n_draws, seed))
    assert {one.method for one in found} == {sets.method}
    by_name = {(one.neuron_set, one.draw): one.neurons.tolist() for one in found}
    assert len(by_name) == len(found)
    return by_name


@pytest.fixture
def large():
    """Sets of 3 layers of 50 neurons in which everything differs in size; and values."""
    draw = np.random.default_rng(6)
    own, *others = [np.sort(draw.choice(150, size, replace=False)) for size in (12, 30, 40, 35)]
    values = draw.normal(size=(3, 50)).astype(np.float32)
    return FactSets("sig", "P1/00003/01", own, others), values


def test_sets_that_are_not_drawn_by_hand():
    found = manipulated(of_fact([1, 2, 13], [2, 3, 15], [2, 3, 4], [2, 17]))
    assert found["self", 0] == [1, 2, 13]
    assert found["neighbor_union", 0] == [2, 3, 4, 15, 17]
    assert found["intersection", 0] == [2]
    assert found["refined", 0] == [2, 3]


def test_the_querys_own_set_has_no_say_in_those_of_its_neighbors():
    found = manipulated(of_fact([5], [1, 5], [1]))
    assert found["neighbor_union", 0] == [1, 5]
    assert found["intersection", 0] == found["refined", 0] == [1]


def test_every_set_is_there_once_and_every_drawn_one_once_a_draw():
    found = manipulated(of_fact([1, 2], [2, 3], [4]), n_draws=3)
    drawn = [name for name in NEURON_SETS if name not in FIXED]
    assert sorted(found) == sorted(
        [*((name, 0) for name in FIXED), *((name, draw) for name in drawn for draw in range(3))]
    )


def test_sets_are_ascending_without_repetition(large):
    for neurons in manipulated(*large).values():
        assert neurons == sorted(set(neurons))


def test_drawn_sets_have_the_size_and_the_source_that_they_should(large):
    sets, values = large
    found = manipulated(sets, values)
    held = Counter(neuron for other in sets.others for neuron in other.tolist())
    n_refined = sum(times > 1 for times in held.values())
    n_common = sum(times == 3 for times in held.values())
    assert 0 < n_common < len(sets.own) < n_refined  # refined needs more than self has
    for draw in range(2):
        unrelated = found["unrelated", draw]
        assert len(unrelated) == 12
        assert set(unrelated).isdisjoint(held)
        assert set(unrelated).isdisjoint(sets.own.tolist())
        assert max(unrelated) < 150
        assert len(found["self_sample_intersection", draw]) == n_common
        assert set(found["self_sample_intersection", draw]) < set(sets.own.tolist())
        assert found["self_sample_refined", draw] == sets.own.tolist()
        assert len(found["neighbor_union_sample", draw]) == 12
        assert set(found["neighbor_union_sample", draw]) < set(held)
        assert len(found["refined_sample", draw]) == 12
        assert all(held[neuron] > 1 for neuron in found["refined_sample", draw])
        assert found["neighbor", draw] in [other.tolist() for other in sets.others]


def test_every_neighbor_is_drawn_equally_often():
    found = manipulated(of_fact([1], [2], [3, 4], [5]), n_draws=1500)
    times = Counter(tuple(found["neighbor", draw]) for draw in range(1500))
    assert set(times) == {(2,), (3, 4), (5,)}
    assert all(abs(n - 500) < 4 * np.sqrt(1500 * 2 / 9) for n in times.values())


def test_every_neuron_outside_the_facts_sets_is_drawn_equally_often():
    sets = of_fact([0, 3, 19], [4], [5])  # 15 of 20 neurons are outside
    found = manipulated(sets, n_draws=2000)
    times = Counter(neuron for draw in range(2000) for neuron in found["unrelated", draw])
    assert sorted(times) == sorted(set(range(20)) - {0, 3, 4, 5, 19})
    expected, deviation = 2000 * 3 / 15, np.sqrt(2000 * 0.2 * 0.8)
    assert max(abs(n - expected) for n in times.values()) < 4 * deviation


def test_draws_differ_and_follow_seed_method_and_query_alone(large):
    sets, values = large
    drawn = ("unrelated", "neighbor_union_sample", "self_sample_intersection", "refined_sample")
    first = manipulated(sets, values)
    assert manipulated(sets, values, n_draws=1) == {
        key: neurons for key, neurons in first.items() if key[1] == 0
    }
    other_values = {key: one for key, one in manipulated(sets, -2 * values[::-1]).items()
                    if key[0] != "unrelated_matched"}  # fmt: skip
    assert other_values.items() <= first.items()
    reversed_others = FactSets(sets.method, sets.query_id, sets.own, sets.others[::-1])
    assert manipulated(reversed_others, values) == first
    for other in (
        manipulated(sets, values, seed=5),
        manipulated(FactSets("ig", sets.query_id, sets.own, sets.others), values),
        manipulated(FactSets(sets.method, "P1/00003/02", sets.own, sets.others), values),
    ):
        assert all(other[name, 0] != first[name, 0] for name in drawn)
        assert all(other[name, 0] == first[name, 0] for name in FIXED)
    assert all(first[name, 0] != first[name, 1] for name in drawn)


def test_matched_neurons_are_nearest_in_size_of_value_in_their_layer():
    # Layer 0: 0 and 1 are own, 2 belongs to a neighbor. Layer 1: 12 is own.
    values = np.array(
        [
            [4.0, -1.0, 4.0, 3.5, -4.75, 0.9, 1.2, 0.0, 0.0, 0.0],
            [4.0, 1.0, 2.5, 0.0, 0.0, 0.0, 0.0, 0.0, -2.0, 9.0],
        ]
    )
    found = manipulated(of_fact([0, 1, 12], [2], [2]), values)
    assert found["unrelated_matched", 0] == [3, 5, 18]


def test_the_largest_value_chooses_first_and_a_tie_goes_to_the_lower_number():
    # Neuron 1, of size 2, takes 2 rather than 4; then 3 and 4 are equally near to size 1.
    # Had neuron 0 chosen first, it would have taken 2, and left 4 to neuron 1.
    values = np.array([[1.0, -2.0, 1.5, 0.5, -1.5]])
    assert manipulated(of_fact([0, 1], [], []), values)["unrelated_matched", 0] == [2, 3]


def matched_by_python(sets, values):
    n_neurons, taken = values.shape[1], set(sets.every.tolist())
    size = {n: abs(float(values[n // n_neurons, n % n_neurons])) for n in range(values.size)}
    found = []
    for own in sorted(sets.own.tolist(), key=lambda n: -size[n]):
        free = [n for n in size if n // n_neurons == own // n_neurons and n not in taken]
        found.append(min(free, key=lambda n: (abs(size[n] - size[own]), n)))
        taken.add(found[-1])
    return sorted(found)


def test_matched_neurons_are_those_of_plain_python(large):
    assert manipulated(*large)["unrelated_matched", 0] == matched_by_python(*large)


def test_a_neuron_stands_for_one_only():
    values = np.array([[2.0, 2.0, 2.0, 1.9, 0.1]])
    assert manipulated(of_fact([0, 1], [2], [2]), values)["unrelated_matched", 0] == [3, 4]


def test_where_too_few_are_left_a_set_has_those_there_are():
    values = np.array([[5.0, 1.0, 4.0, 4.5], [1.0, 1.0, 1.0, 1.0]])
    sets = of_fact([0, 1, 4, 5, 6], [2], [2, 7])
    found = manipulated(sets, values)
    assert found["unrelated_matched", 0] == [3]  # the only one; layer 1 has none
    assert found["unrelated", 0] == found["unrelated", 1] == [3]
    assert found["neighbor_union_sample", 0] == [2, 7]


def test_a_query_without_neurons_has_empty_sets_of_its_own():
    found = manipulated(of_fact([], [2, 3], [3]))
    for name in NEURON_SETS:
        is_of_neighbors = name in {"neighbor_union", "intersection", "refined", "neighbor"}
        assert bool(found[name, 0]) == is_of_neighbors, name


@pytest.fixture
def studied(make_queries):
    """Of P1, fact 0 has three queries and fact 1 two; of P2, fact 0 has four."""
    rows = [("P1", 0, t, "a") for t in range(3)] + [("P1", 1, t, "b") for t in range(2)]
    return make_queries(rows + [("P2", 0, t, "c") for t in range(4)])


def test_queries_of_facts_with_three_are_mapped(studied):
    names = studied.query_ids[mapped_queries(studied)]
    assert names.tolist() == [*(f"P1/00000/0{t}" for t in range(3)),
                              *(f"P2/00000/0{t}" for t in range(4))]  # fmt: skip
