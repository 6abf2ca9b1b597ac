"""Effects of neuron sets on answers: by hand, and by loops over queries and facts."""

import numpy as np
import pandas as pd
import pytest

from qloc.contracts.query_mappings import NEURON_SETS
from qloc.errors import StudyError
from qloc.measures.manipulations import DIRECTIONS
from qloc.measures.mapping_effects import (
    COMPARISONS,
    joined,
    mapping_comparisons,
    mapping_summaries,
    query_effects,
)
from qloc.measures.scored_facts import ScoredFacts
from qloc.measures.signed_ranks import holm, signed_rank

IDS = np.array([f"P{n % 3}/{n}" for n in range(12)], dtype=object)
SCORES = np.array([0.1, 0.7, 0.2, 0.9, 0.05, 0.8, np.nan, 0.15, 0.9, 0.1, 0.75, 0.2])
FACTS = ScoredFacts(IDS, SCORES, np.arange(12) % 3, 0.5)
DRAWN = (
    "unrelated",
    "self_sample_intersection",
    "self_sample_refined",
    "neighbor_union_sample",
    "neighbor",
    "refined_sample",
)


def mapped(seed=1, facts=IDS[:10]):
    """Rows for three queries of each fact: random, but query 0 of fact 2 had probability 0."""
    draw = np.random.default_rng(seed)
    rows = []
    for fact in facts:
        for query in range(3):
            before = 0.0 if (fact, query) == (IDS[2], 0) else draw.uniform(0.1, 0.9)
            for name in NEURON_SETS:
                for number in range(2 if name in DRAWN else 1):
                    for manipulation in DIRECTIONS:
                        n_neurons = int(draw.integers(0, 4))
                        after = draw.uniform(0, 1) if n_neurons else before
                        rows.append((f"{fact}/{query:02d}", name, number, manipulation, fact,
                                     n_neurons, before, after))  # fmt: skip
    columns = ["query_id", "neuron_set", "draw", "manipulation", "fact_id", "n_neurons",
               "answer_probability_before", "answer_probability_after"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def with_effects(mappings):
    """Each query's change and effect of each set, by pandas."""
    keys = ["fact_id", "query_id", "neuron_set", "manipulation"]
    queries = mappings.groupby(keys).mean(numeric_only=True).reset_index()
    change = queries["answer_probability_after"] - queries["answer_probability_before"]
    change *= queries["manipulation"].map(DIRECTIONS)
    effect = (change / queries["answer_probability_before"]).where(
        queries["answer_probability_before"] > 0
    )
    return queries.assign(change=change, effect=effect)


def of_class(fact_class):
    """The facts of a class at the static threshold."""
    inside = {"all": [True] * 12, "consistent": SCORES >= 0.5, "inconsistent": SCORES < 0.5}
    return IDS[inside[fact_class]]


def test_four_rows_by_hand():
    after = [(0, "suppress", 0.4), (1, "suppress", 0.1), (0, "enhance", 0.6), (1, "enhance", 0.7)]
    rows = [
        ("P0/0/01", "unrelated", draw, manipulation, "P0/0", 2, 0.5, probability)
        for draw, manipulation, probability in after
    ]
    others = mapped(facts=IDS[:1])
    others = others[(others["query_id"] == "P0/0/01") & (others["neuron_set"] != "unrelated")]
    others = others.assign(answer_probability_before=0.5)
    found = query_effects(
        pd.concat([others, pd.DataFrame(rows, columns=others.columns)], ignore_index=True), FACTS
    )
    place = 2 * NEURON_SETS.index("unrelated")
    np.testing.assert_allclose(found.relative[0, place : place + 2], [0.5, 0.3], rtol=1e-14)
    np.testing.assert_array_equal(found.n_neurons[0, place], 2)
    np.testing.assert_array_equal(found.facts, [0])


@pytest.mark.parametrize("fact_class", ["all", "consistent", "inconsistent"])
def test_summaries_are_those_of_a_loop_over_facts(fact_class):
    mappings = mapped()
    found = mapping_summaries(
        query_effects(mappings, FACTS), FACTS, 5, np.random.default_rng(0)
    ).set_index(["criterion", "fact_class", "neuron_set", "manipulation"])
    queries = with_effects(mappings)
    queries = queries[queries["fact_id"].isin(of_class(fact_class))]
    assert len(found) == 2 * 4 * 11 * 2
    for key, group in queries.groupby(["neuron_set", "manipulation"]):
        row = found.loc[("static", fact_class, *key)]
        counted = group[group["effect"].notna()]
        of_facts = counted.groupby("fact_id")["effect"].mean()
        assert row["mean"] == pytest.approx(of_facts.mean())
        assert row["median"] == pytest.approx(of_facts.median())
        ratio = group["change"].sum() / group["answer_probability_before"].sum()
        assert row["ratio_of_means"] == pytest.approx(ratio)
        assert row["empty_share"] == (counted["n_neurons"] == 0).mean()
        assert row["mean_n_neurons"] == pytest.approx(counted["n_neurons"].mean())
        counts = (len(of_facts), len(counted), len(group) - len(counted))
        assert (row["n_facts"], row["n_queries"], row["n_undefined"]) == counts


def test_a_fact_without_a_score_counts_among_all_only_and_an_undefined_query_nowhere():
    found = mapping_summaries(
        query_effects(mapped(), FACTS), FACTS, 5, np.random.default_rng(0)
    ).set_index(["criterion", "fact_class"])
    expected = {"all": (10, 29, 1), "consistent": (4, 12, 0), "inconsistent": (5, 14, 1),
                "difference": (9, 26, 1)}  # fmt: skip
    for fact_class, counts in expected.items():
        rows = found.loc[("static", fact_class), ["n_facts", "n_queries", "n_undefined"]]
        assert set(rows.itertuples(index=False, name=None)) == {counts}


def test_a_difference_of_classes_has_a_mean_but_no_share():
    found = mapping_summaries(query_effects(mapped(), FACTS), FACTS, 5, np.random.default_rng(0))
    found = found.set_index(["criterion", "neuron_set", "manipulation"])
    rows = dict(list(found.groupby("fact_class")))
    missing = ["median", "ratio_of_means", "empty_share", "mean_n_neurons"]
    assert rows["difference"][missing].isna().all(axis=None)
    np.testing.assert_allclose(
        rows["difference"]["mean"], rows["inconsistent"]["mean"] - rows["consistent"]["mean"]
    )


def test_effects_of_an_empty_set_are_exactly_zero():
    mappings = mapped()
    is_refined = mappings["neuron_set"] == "refined"
    before = mappings["answer_probability_before"]
    mappings.loc[is_refined, "answer_probability_after"] = before[is_refined]
    found = mapping_summaries(query_effects(mappings, FACTS), FACTS, 50, np.random.default_rng(0))
    rows = found[found["neuron_set"] == "refined"]
    assert (rows["mean"] == 0).all()
    assert rows["ci_low"].isna().all()


@pytest.mark.parametrize("fact_class", ["all", "consistent", "inconsistent"])
def test_comparisons_are_paired_within_facts(fact_class):
    mappings = mapped()
    found = mapping_comparisons(query_effects(mappings, FACTS), FACTS, 5, np.random.default_rng(0))
    keys = ["criterion", "fact_class", "manipulation", "neuron_set", "other_set"]
    found = found.set_index(keys).sort_index()
    queries = with_effects(mappings)
    queries = queries[queries["fact_id"].isin(of_class(fact_class))]
    means = queries.groupby(["manipulation", "neuron_set", "fact_id"])["effect"].mean()
    for manipulation in DIRECTIONS:
        rows = found.loc[("static", fact_class, manipulation)]
        assert len(rows) == len(COMPARISONS)
        for pair in COMPARISONS:
            first, second = (means[manipulation, name] for name in pair)
            assert rows.loc[pair, "difference"] == pytest.approx((first - second).mean())
            expected = signed_rank((first - second).to_numpy())
            assert rows.loc[pair, "p_value"] == pytest.approx(expected)
        np.testing.assert_allclose(rows["p_holm"], holm(rows["p_value"].to_numpy()))


def test_more_so_on_inconsistent_facts_is_a_difference_of_differences():
    found = mapping_comparisons(query_effects(mapped(), FACTS), FACTS, 5, np.random.default_rng(0))
    keys = ["criterion", "manipulation", "neuron_set", "other_set"]
    rows = {name: part.set_index(keys) for name, part in found.groupby("fact_class")}
    upper, lower = rows["consistent"]["difference"], rows["inconsistent"]["difference"]
    np.testing.assert_allclose(rows["difference"]["difference"], lower - upper)
    assert rows["difference"]["p_value"].isna().all()


def test_no_pair_is_compared_twice_and_self_with_every_set():
    assert len({frozenset(pair) for pair in COMPARISONS}) == len(COMPARISONS) == 13
    assert {other for name, other in COMPARISONS if name == "self"} == {*NEURON_SETS} - {"self"}


def test_the_order_of_rows_and_their_split_by_relation_change_nothing():
    mappings = mapped()
    whole = query_effects(mappings, FACTS)
    order = np.random.default_rng(2).permutation(len(mappings))
    shuffled = mappings.iloc[order]
    relation = shuffled["fact_id"].str[:2]
    parts = [query_effects(shuffled[relation == name], FACTS) for name in ("P0", "P1", "P2")]
    one, other = (
        mapping_comparisons(effects, FACTS, 40, np.random.default_rng(0))
        for effects in (whole, joined(parts))
    )
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)


def test_no_query_has_no_estimates():
    nothing = query_effects(mapped()[:0], FACTS)
    found = mapping_summaries(nothing, FACTS, 5, np.random.default_rng(0))
    assert (found[["n_facts", "n_queries"]] == 0).all(axis=None)
    assert found[["mean", "ratio_of_means", "empty_share"]].isna().all(axis=None)


def test_a_query_of_an_unknown_fact_is_refused():
    with pytest.raises(StudyError, match=r"fact P8/1, which has no row"):
        query_effects(mapped(facts=["P8/1"]), FACTS)
