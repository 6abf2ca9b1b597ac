"""`compare-methods` compares the neuron sets that methods give the same queries."""

from pathlib import Path

import pytest

from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.method_agreements import METHOD_AGREEMENTS
from qloc.tables import empty, read_table, write_table


@pytest.fixture
def compare(attributed, run, tmp_path):
    """A function that compares methods, given their knowledge neurons by name."""

    def compare(**neurons):
        paths = [tmp_path / f"{method}.parquet" for method in neurons]
        for path, rows in zip(paths, neurons.values(), strict=True):
            write_table(KNOWLEDGE_NEURONS, rows, path)
        found = tmp_path / "agreements.parquet"
        run(
            "compare-methods",
            knowledge_neurons=" ".join(map(str, paths)),
            answers=attributed["answers"],
            queries=attributed["queries"],
            chance_draws=6,
            bootstrap_draws=100,
            seed=3,
            agreements=found,
        )
        rows = read_table(METHOD_AGREEMENTS, found)
        return rows.set_index(["method", "other_method", "partner", "relation"]).sort_index()

    return compare


@pytest.fixture
def neurons(attributed):
    return read_table(KNOWLEDGE_NEURONS, Path(attributed["knowledge_neurons"]))


def test_every_pair_of_methods_is_compared_in_their_order(compare, neurons):
    rows = compare(sig=neurons, ig=neurons, amig=neurons)
    pairs = rows.index.droplevel(["partner", "relation"]).unique().tolist()
    assert sorted(pairs) == [("ig", "amig"), ("sig", "amig"), ("sig", "ig")]
    assert len(rows) == 3 * 3 * 4


def test_the_same_sets_agree_fully_and_more_than_those_of_other_queries(compare, neurons):
    rows = compare(ig=neurons, sig=neurons).loc[("ig", "sig")]
    same = rows.loc[("same_query", "all")]
    assert (same["mean_jaccard"], same["attainable_jaccard"]) == (1, 1)
    # 24 facts of 4 queries; one is not studied, one has no neuron.
    assert (same["n_queries"], same["n_facts"]) == (24 * 4 - 2, 24)
    neighbors, others = (rows.loc[(p, "all")] for p in ("neighbor_query", "other_fact"))
    assert others["mean_jaccard"] < neighbors["mean_jaccard"] < 0.6
    assert (rows.loc["neighbor_query", "difference_ci_low"] > 0).all()


def test_half_of_a_set_agrees_by_half(compare, neurons):
    ranks = neurons.groupby("query_id")["score"].rank()
    counts = neurons.groupby("query_id")["score"].transform("size")
    even = neurons[counts % 2 == 0]
    half = even[ranks[even.index] <= counts[even.index] / 2]
    rows = compare(ig=even, amig=half).loc[("ig", "amig", "same_query")]
    assert rows["mean_jaccard"].tolist() == pytest.approx([0.5] * 4)
    assert rows["ci_low"].isna().all()


def test_a_row_has_its_interval_and_what_it_lacks_beside_the_same_query(compare, neurons):
    best = neurons.groupby("query_id")["score"].transform("max")
    rows = compare(ig=neurons, sig=neurons[neurons["score"] > 0.7 * best])
    assert (rows["ci_low"] < rows["mean_jaccard"]).all()
    assert (rows["mean_jaccard"] < rows["ci_high"]).all()
    rows = rows.loc[("ig", "sig")].drop(index=["P8", "all"], level="relation")  # all are paired
    for partner in ("neighbor_query", "other_fact"):
        expected = rows.loc["same_query", "mean_jaccard"] - rows.loc[partner, "mean_jaccard"]
        assert rows.loc[partner, "difference"].tolist() == pytest.approx(expected.tolist())
    assert rows.loc["same_query", "difference"].isna().all()


def test_a_method_without_a_neuron_agrees_with_none(compare, neurons):
    rows = compare(ig=neurons, sig=empty(KNOWLEDGE_NEURONS))
    assert (rows["mean_jaccard"] == 0).all()
