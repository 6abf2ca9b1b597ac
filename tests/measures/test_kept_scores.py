"""What is known of neurons whose scores were not kept: never less than the truth."""

import numpy as np
import pandas as pd
import pytest

from qloc.measures.kept_scores import all_scores, kept_scores, neuron_numbers
from qloc.measures.selection import fact_neurons, selected

LAYERS, NEURONS, KEEP = 2, 6, 0.3
QUERIES = ["P1/00000/00", "P1/00000/01", "P1/00000/02"]


def tables(scores, floor):
    """The rows of both tables of one fact, as the attribution writes them."""
    chosen = fact_neurons(scores, floor)
    parts = {"fact_scores": [], "attributions": []}
    for query_id, own in zip(QUERIES, scores, strict=False):
        for name, (layers, neurons) in {
            "fact_scores": (chosen.layers, chosen.neurons),
            "attributions": np.nonzero(selected(own, KEEP)),
        }.items():
            rows = {"query_id": query_id, "layer": layers, "neuron": neurons}
            parts[name].append(pd.DataFrame({**rows, "score": own[layers, neurons]}))
    both = {name: pd.concat(rows, ignore_index=True) for name, rows in parts.items()}
    both["fact_scores"]["largest_mean_not_kept"] = chosen.largest_mean_not_kept
    return both


def drawn(seed, negative=0.0):
    draw = np.random.default_rng(seed)
    return (draw.exponential(1, (3, LAYERS, NEURONS)) - negative).astype(np.float32)


def kept(scores, floor=0.5, query_ids=QUERIES, is_all_studied=True):
    return kept_scores(**tables(scores, floor), query_ids=query_ids,
                       is_all_studied=is_all_studied, keep=KEEP, n_neurons=NEURONS)  # fmt: skip


def test_scores_of_neurons_with_a_large_mean_are_known_exactly():
    scores = drawn(1)
    found = kept(scores)
    means = scores.mean(0, dtype=float).ravel()
    expected = np.flatnonzero(means >= 0.5 * means.max())
    assert 0 < len(expected) < LAYERS * NEURONS
    assert found.neurons.tolist() == expected.tolist()
    np.testing.assert_array_equal(found.scores, scores.reshape(3, -1)[:, expected])
    assert found.candidates().largest_mean_elsewhere == pytest.approx(
        np.delete(means, expected).max()
    )


def test_the_order_of_rows_changes_nothing():
    scores = drawn(2)
    both = tables(scores, 0.5)
    mixed = {name: rows.sample(frac=1, random_state=3) for name, rows in both.items()}
    options = {"query_ids": QUERIES, "is_all_studied": True, "keep": KEEP, "n_neurons": NEURONS}
    found, again = kept_scores(**both, **options), kept_scores(**mixed, **options)
    np.testing.assert_array_equal(found.scores, again.scores)
    np.testing.assert_array_equal(found.limits, again.limits)


def test_of_some_queries_other_neurons_are_limited_by_what_each_query_kept():
    """By hand: query 0 has 8 at best and query 1 has 2, so 2.4 and 0.6 are the limits."""
    scores = np.zeros((2, 1, NEURONS), dtype=np.float32)
    scores[0, 0] = [8, 4, 3, 1, 0, 0]
    scores[1, 0] = [2, 2, 0, 1, 0.5, -9]
    found = kept_scores(**tables(scores, 0.5), query_ids=QUERIES[:2], is_all_studied=True,
                        keep=KEEP, n_neurons=NEURONS)  # fmt: skip
    assert found.neurons.tolist() == [0, 1]
    assert found.candidates(QUERIES[:1]).largest_mean_elsewhere == pytest.approx(3)
    assert found.candidates(QUERIES[1:2]).largest_mean_elsewhere == pytest.approx(1)
    # Neuron 2 has 3 and at most 0.6, neuron 3 at most 2.4 and 1, neuron 4 at most 2.4 and 0.6.
    assert found.candidates(QUERIES[:2]).largest_mean_elsewhere == pytest.approx(1.8)
    # Divided by 8 and 2, neuron 3 has at most 0.3 and 0.5: more than neuron 2.
    assert found.normalised.candidates().largest_mean_elsewhere == pytest.approx(0.4)


@pytest.mark.parametrize("negative", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("chosen", [[0], [1, 2], [0, 1, 2]])
def test_no_other_neuron_has_a_larger_mean(negative, chosen):
    for seed in range(40):
        scores = drawn(seed, negative)
        found = kept(scores)
        flat = scores.reshape(3, -1).astype(float)
        others = np.delete(flat[chosen], found.neurons, axis=1)
        names = [QUERIES[number] for number in chosen]
        assert others.mean(0).max() <= found.candidates(names).largest_mean_elsewhere + 1e-7
        best = flat.max(1, keepdims=True)
        divided = np.where(best > 0, flat / np.where(best > 0, best, 1), 0)
        others = np.delete(divided[chosen], found.neurons, axis=1)
        limit = found.normalised.candidates(names).largest_mean_elsewhere
        assert others.mean(0).max() <= limit + 1e-7


def test_normalised_scores_are_shares_of_the_largest_of_their_query():
    scores = drawn(5)
    scores[2] -= 100
    found = kept(scores, floor=0.0, query_ids=QUERIES[:2], is_all_studied=False)
    assert found.largest.tolist() == scores[:2].max((1, 2)).tolist()
    expected = scores[:2].reshape(2, -1)[:, found.neurons] / found.largest[:, None]
    np.testing.assert_allclose(found.normalised.scores, expected, rtol=1e-6)


def test_a_query_without_a_positive_score_counts_as_none():
    scores = drawn(6)
    scores[1] = -scores[1] - 1
    found = kept(scores, floor=0.1)
    assert found.largest[1] == 0
    assert (found.normalised.scores[1] == 0).all()
    assert (found.limits[1] == 0).all()


def test_where_some_studied_queries_are_left_out_the_mean_over_all_says_nothing():
    scores = drawn(7)
    some = kept(scores, query_ids=QUERIES[:2], is_all_studied=False)
    assert some.scores.shape[0] == 2
    of_all = kept(scores)
    assert some.candidates().largest_mean_elsewhere == (
        of_all.candidates(QUERIES[:2]).largest_mean_elsewhere
    )


def test_where_every_neuron_was_kept_there_is_no_other():
    found = kept(drawn(8), floor=0.0)
    assert found.neurons.tolist() == list(range(LAYERS * NEURONS))
    for one in (found, found.normalised):
        assert np.isnan(one.candidates().largest_mean_elsewhere)
        assert np.isnan(one.candidates(QUERIES[:1]).largest_mean_elsewhere)


def test_where_no_mean_is_positive_no_neuron_is_known_and_none_has_a_positive_mean():
    scores = drawn(9) - 20
    scores[0, 0, 0] = 1
    found = kept(scores)
    assert found.neurons.size == 0
    assert found.candidates().largest_mean_elsewhere == 0
    assert found.candidates(QUERIES[:1]).largest_mean_elsewhere == 1


def test_of_activations_every_neuron_is_known():
    found = all_scores(drawn(10).reshape(3, -1), QUERIES)
    assert found.neurons.tolist() == list(range(12))
    assert np.isnan(found.candidates(QUERIES[1:]).largest_mean_elsewhere)
    assert found.normalised.scores.max(1).tolist() == [1, 1, 1]


def test_a_neuron_is_one_number():
    rows = pd.DataFrame({"layer": [0, 2, 1], "neuron": [5, 0, 3]}).astype("int16")
    assert neuron_numbers(rows, 6).tolist() == [5, 12, 9]
