"""Two methods on the same queries: by hand, by Python sets, and by turning them round."""

import numpy as np
import pandas as pd
import pytest

from qloc.errors import StudyError
from qloc.measures.chance import draw_donors
from qloc.measures.consistency import means_by_fact
from qloc.measures.method_agreement import (
    PARTNERS,
    agreement,
    partner_pairs,
    stacked_sets,
)

ROWS = [
    (relation, fact, template, f"object {fact % 3}")
    for relation in ("P1", "P2")
    for fact in range(6)
    for template in range(3)
    if (fact + template) % 5
]


def table(sets, queries):
    """Knowledge neurons as their contract has them, of one Python set for each query."""
    entries = [
        (query_id, neuron // 10, neuron % 10)
        for query_id, chosen in zip(queries.query_ids, sets, strict=True)
        for neuron in sorted(chosen)
    ]
    return pd.DataFrame(entries, columns=["query_id", "layer", "neuron"])


def jaccard(first, second):
    return len(first & second) / len(first | second) if first | second else np.nan


def attainable(first, second):
    small, large = sorted((len(first), len(second)))
    return small / large if large else np.nan


def drawn_sets(n, seed):
    draw = np.random.default_rng(seed)
    return [set(draw.choice(30, draw.integers(0, 7), replace=False).tolist()) for _ in range(n)]


def compared(queries, first, second, pairs, methods=(0, 1)):
    sets = stacked_sets([table(first, queries), table(second, queries)], queries)
    return agreement(sets, len(queries.query_ids), methods, pairs)


def test_two_facts_by_hand(make_queries):
    queries = make_queries(
        [("P1", 0, 0, "a"), ("P1", 0, 1, "a"), ("P1", 1, 0, "b"), ("P1", 1, 1, "b")]
    )
    first = [{1, 2}, {1, 3}, set(), {7}]
    second = [{2, 3, 4}, {1}, set(), set()]
    found = compared(queries, first, second, partner_pairs(queries, 1, seed=2))
    same = [1 / 4, 1 / 2, np.nan, 0]
    np.testing.assert_allclose(found.jaccards[:, 0], same)
    np.testing.assert_allclose(found.attainable[:, 0], [2 / 3, 1 / 2, np.nan, 0])
    # Query 0 and its neighbor: {1, 2} with {1}, and {2, 3, 4} with {1, 3}.
    assert found.jaccards[0, 1] == pytest.approx((1 / 2 + 1 / 4) / 2)
    by_fact = means_by_fact(found.jaccards, queries.facts, queries.n_facts)
    np.testing.assert_allclose(by_fact[:, 0], [(1 / 4 + 1 / 2) / 2, 0])


def test_any_sets_by_python_sets(make_queries):
    queries = make_queries(ROWS)
    n, n_draws, seed = len(queries.query_ids), 4, 9
    first, second = drawn_sets(n, 1), drawn_sets(n, 2)
    found = compared(queries, first, second, partner_pairs(queries, n_draws, seed))
    donors = draw_donors(queries, "any", n_draws, seed)
    for query in range(n):
        fellows = [q for q in range(n) if queries.facts[q] == queries.facts[query] and q != query]
        partners = {
            "same_query": [query],
            "neighbor_query": fellows,
            "other_fact": [donor for donor in donors[query] if donor >= 0],
        }
        for column, partner in enumerate(PARTNERS):
            pairs = [
                pair
                for p in partners[partner]
                for pair in ((first[query], second[p]), (first[p], second[query]))
            ]
            for measure, result in ((jaccard, found.jaccards), (attainable, found.attainable)):
                values = [measure(*pair) for pair in pairs]
                defined = [value for value in values if not np.isnan(value)]
                expected = np.mean(defined) if defined else np.nan
                np.testing.assert_allclose(result[query, column], expected, rtol=1e-12)


def test_facts_average_their_queries(make_queries):
    queries = make_queries(ROWS)
    values = np.random.default_rng(3).random((len(queries.query_ids), 2))
    values[::4, 1] = np.nan
    found = means_by_fact(values, queries.facts, queries.n_facts)
    for fact in range(queries.n_facts):
        expected = np.nanmean(values[queries.facts == fact], axis=0)
        np.testing.assert_allclose(found[fact], expected, rtol=1e-12)


def test_partners_are_what_they_are_called(make_queries):
    queries = make_queries(ROWS)
    pairs = partner_pairs(queries, 5, seed=4)
    asked, partner = pairs["other_fact"].T
    facts = queries.facts[np.stack([asked, partner])]
    assert (facts[0] != facts[1]).all()
    assert (queries.relations[facts[0]] == queries.relations[facts[1]]).all()
    assert (queries.templates[asked] == queries.templates[partner]).all()
    asked, partner = pairs["neighbor_query"].T
    assert (queries.facts[asked] == queries.facts[partner]).all()
    assert (asked != partner).all()
    k = queries.n_queries
    assert len(asked) == (k * (k - 1)).sum()


def test_neither_method_comes_first(make_queries):
    queries = make_queries(ROWS)
    pairs = partner_pairs(queries, 3, seed=5)
    first, second = drawn_sets(len(ROWS), 6), drawn_sets(len(ROWS), 7)
    one, turned = (compared(queries, first, second, pairs, order) for order in ((0, 1), (1, 0)))
    np.testing.assert_allclose(one.jaccards, turned.jaccards, rtol=1e-12)
    np.testing.assert_allclose(one.attainable, turned.attainable, rtol=1e-12)


def test_a_method_agrees_fully_with_itself_and_reaches_what_is_attainable(make_queries):
    queries = make_queries(ROWS)
    sets = drawn_sets(len(ROWS), 8)
    found = compared(queries, sets, sets, partner_pairs(queries, 3, seed=6))
    has_neurons = np.array([len(chosen) > 0 for chosen in sets])
    np.testing.assert_array_equal(found.jaccards[has_neurons, 0], 1.0)
    assert np.isnan(found.jaccards[~has_neurons, 0]).all()
    assert (found.jaccards <= found.attainable + 1e-12)[~np.isnan(found.jaccards)].all()


def test_one_fact_has_no_other_and_a_lone_query_no_neighbor(make_queries):
    queries = make_queries([("P1", 0, 0, "a"), ("P2", 0, 0, "b"), ("P2", 0, 1, "b")])
    found = compared(queries, [{1}, {2}, {3}], [{1}, {2}, {2}], partner_pairs(queries, 2, seed=1))
    assert np.isnan(found.jaccards[:, 2]).all()
    np.testing.assert_array_equal(np.isnan(found.jaccards[:, 1]), [True, False, False])


def test_neurons_of_the_same_number_in_other_layers_differ(make_queries):
    queries = make_queries([("P1", 0, 0, "a")])
    found = compared(queries, [{3}], [{13}], partner_pairs(queries, 1, seed=1))
    assert found.jaccards[0, 0] == 0


def test_neurons_of_a_query_that_is_not_studied_are_refused(make_queries):
    queries = make_queries(ROWS)
    foreign = pd.DataFrame({"query_id": ["P9/00000/00"], "layer": [0], "neuron": [1]})
    with pytest.raises(StudyError, match="P9/00000/00"):
        stacked_sets([foreign, foreign], queries)
