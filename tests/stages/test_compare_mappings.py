"""`compare-mappings` estimates effects of neuron sets for every method, and compares them."""

import numpy as np
import pandas as pd
import pytest

from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.mapping_comparisons import MAPPING_COMPARISONS
from qloc.contracts.mapping_summaries import MAPPING_SUMMARIES
from qloc.contracts.query_mappings import NEURON_SETS, QUERY_MAPPINGS
from qloc.tables import empty, read_table, write_table

STATIC = 0.17


def mapped(facts, method, effect):
    """Two queries of every fact, whose answers `self` moves by this share, other sets by half."""
    rows = [
        {
            "method": method,
            "query_id": f"{fact}/{query:02d}",
            "neuron_set": name,
            "draw": 0,
            "manipulation": manipulation,
            "fact_id": fact,
            "n_neurons": 3,
            "answer_probability_before": 0.4,
            "answer_probability_after": 0.4 * (1 + sign * size * (1 if name == "self" else 0.5)),
        }
        for fact, size in effect.loc[facts].items()
        for query in (0, 1)
        for name in NEURON_SETS
        for manipulation, sign in (("suppress", -1), ("enhance", 1))
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def compare(scored, run, tmp_path):
    """A function that compares two methods on the same facts, and gives both tables."""
    scores = read_table(CONSISTENCY_SCORES, scored)
    draw = np.random.default_rng(6)
    effects = {method: pd.Series(draw.uniform(0.1, 0.9, len(scores)), index=scores["fact_id"])
               for method in ("ig", "sig")}  # fmt: skip

    def compare(has_rows=True):
        for method in effects:
            write_table(CONSISTENCY_SCORES, scores, tmp_path / f"{method}.parquet")
        for relation, own in scores.groupby("relation", observed=True):
            rows = [mapped(own["fact_id"], method, effects[method]) for method in effects]
            table = pd.concat(rows) if has_rows else empty(QUERY_MAPPINGS)
            write_table(QUERY_MAPPINGS, table, tmp_path / f"mappings_{relation}.parquet")
        run(
            "compare-mappings",
            mappings=" ".join(map(str, sorted(tmp_path.glob("mappings_*.parquet")))),
            scores=" ".join(str(tmp_path / f"{method}.parquet") for method in effects),
            static_threshold=STATIC,
            bootstrap_draws=200,
            seed=3,
            summaries=tmp_path / "summaries.parquet",
            comparisons=tmp_path / "comparisons.parquet",
        )
        summaries = read_table(MAPPING_SUMMARIES, tmp_path / "summaries.parquet")
        comparisons = read_table(MAPPING_COMPARISONS, tmp_path / "comparisons.parquet")
        keys = ["method", "criterion", "fact_class", "manipulation", "neuron_set"]
        return (
            summaries.set_index(keys).sort_index(),
            comparisons.set_index([*keys, "other_set"]).sort_index(),
            scores.set_index("fact_id")["consistency_score"],
            effects,
        )

    return compare


def test_every_method_is_estimated_by_its_own_rows(compare):
    summaries, comparisons, scores, effects = compare()
    assert len(summaries) == 2 * 2 * 4 * 2 * 11
    assert len(comparisons) == 2 * 2 * 4 * 2 * 13
    for method, effect in effects.items():
        lower = effect[scores < STATIC]
        row = summaries.loc[(method, "static", "inconsistent", "enhance", "self")]
        assert row["mean"] == pytest.approx(lower.mean())
        assert row["median"] == pytest.approx(lower.median())
        assert (row["n_facts"], row["n_queries"]) == (len(lower), 2 * len(lower))
        pair = comparisons.loc[(method, "static", "inconsistent", "enhance", "self", "refined")]
        assert pair["difference"] == pytest.approx(lower.mean() / 2)
        assert pair["p_value"] < pair["p_holm"] < 0.05


def test_intervals_hold_the_means_of_the_same_draws(compare):
    summaries, comparisons, _, _ = compare()
    rows = summaries.xs("static", level="criterion")
    assert ((rows["ci_low"] < rows["mean"]) & (rows["mean"] < rows["ci_high"])).all()
    assert (rows["simultaneous_ci_low"] <= rows["ci_low"]).all()
    assert (rows["ci_high"] <= rows["simultaneous_ci_high"]).all()
    # Of few facts, the highest of the draws are often the same.
    assert (rows["ci_high"] < rows["simultaneous_ci_high"]).mean() > 0.8
    key = ("sig", "otsu", "all", "suppress", "self")
    for end in ("ci_high", "simultaneous_ci_high"):
        np.testing.assert_allclose(
            comparisons.loc[(*key, "refined"), end], summaries.loc[key, end] / 2
        )


def test_no_mapped_query_gives_no_estimate(compare):
    summaries, comparisons, _, _ = compare(has_rows=False)
    assert (summaries["n_facts"] == 0).all()
    assert summaries["mean"].isna().all()
    assert comparisons["p_holm"].isna().all()
