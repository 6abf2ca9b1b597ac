"""What edits do by class of facts: by hand, and by loops over facts."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from qloc.columns import METRICS, SCORERS
from qloc.contracts.neuron_sets import CHOSEN_SETS, EDITED_SETS, PRINTED_SETS
from qloc.errors import StudyError
from qloc.measures.edit_effects import (
    COMPARISONS,
    edit_comparisons,
    edit_summaries,
    fact_edits,
    metric_values,
)
from qloc.measures.effects import class_estimates
from qloc.measures.scored_facts import ScoredFacts
from qloc.measures.signed_ranks import holm, signed_rank

IDS = np.array([f"P{n % 3}/{n}" for n in range(15)], dtype=object)
SCORES = np.array([0.1, 0.7, 0.2, 0.9, 0.05, 0.8, np.nan, 0.15, 0.9, 0.1, 0.75, 0.2, 0.3, 0.6, 0.9])
FACTS = ScoredFacts(IDS, SCORES, np.arange(15) % 3, 0.5)
EDITED = IDS[:12]
SHARES = ("reliability", "generalization_seen", "generalization", "locality")
CLASSES = {"all": SCORES > -1, "consistent": SCORES >= 0.5, "inconsistent": SCORES < 0.5}
CLASSES["all"] |= np.isnan(SCORES)


def edited(seed=1, sets=EDITED_SETS):
    """Edits of twelve facts of fifteen: random, the first two without held-out queries."""
    draw = np.random.default_rng(seed)
    rows = []
    for (place, fact), name, scorer in product(enumerate(EDITED), sets, SCORERS):
        is_held_out = "_held_out" in name
        if is_held_out and place < 2:
            continue
        shares = dict(zip(SHARES, draw.integers(0, 5, 4) / 4, strict=True))
        if is_held_out:
            shares["generalization_seen"] = np.nan
        if place < 2 or (not is_held_out and not name.startswith("query")):
            shares["generalization"] = np.nan
        is_too_large = place == 4 and name == "union"
        rows.append(
            {
                "fact_id": fact,
                "neuron_set": name,
                "scorer": scorer,
                **shares,
                "n_neurons": int(draw.integers(0, 4)),
                "perplexity_before": 40.0,
                "perplexity_after": np.nan if is_too_large else draw.uniform(30, 90),
            }
        )
    return pd.DataFrame(rows)


def by_fact(edits):
    """Every metric of every edit by pandas, a row for each."""
    wide = edits.assign(
        average_seen=(edits.reliability + edits.generalization_seen + edits.locality) / 3,
        average=(edits.reliability + edits.generalization + edits.locality) / 3,
        perplexity_change=edits.perplexity_after / edits.perplexity_before - 1,
    )
    keys = ["fact_id", "neuron_set", "scorer", "n_neurons"]
    return wide.melt(keys, list(METRICS), var_name="metric", value_name="value")


def summarized(edits, criterion="static", n_draws=5):
    rows = edit_summaries(
        fact_edits(edits, FACTS), FACTS, criterion, n_draws, np.random.default_rng(0)
    )
    return rows.set_index(["fact_class", "neuron_set", "scorer", "metric"]).sort_index()


def compared(edits, criterion="static", n_draws=5):
    rows = edit_comparisons(
        fact_edits(edits, FACTS), FACTS, criterion, n_draws, np.random.default_rng(0)
    )
    keys = ["fact_class", "scorer", "metric", "neuron_set", "other_set"]
    return rows.set_index(keys).sort_index()


@pytest.fixture(scope="module")
def edits():
    return edited()


@pytest.fixture(scope="module")
def summaries(edits):
    """At the static threshold."""
    return summarized(edits)


@pytest.fixture(scope="module")
def comparisons(edits):
    """At the static threshold."""
    return compared(edits)


def test_metrics_of_two_edits_by_hand():
    edits = pd.DataFrame(
        {
            "reliability": [1.0, 0.0],
            "generalization_seen": [0.25, 0.5],
            "generalization": [0.5, np.nan],
            "locality": [0.75, 1.0],
            "perplexity_before": [20.0, 50.0],
            "perplexity_after": [25.0, 45.0],
        }
    )
    np.testing.assert_allclose(
        metric_values(edits),
        [[1, 0.25, 0.5, 0.75, 2 / 3, 0.75, 0.25], [0, 0.5, np.nan, 1, 0.5, np.nan, -0.1]],
        rtol=1e-14,
    )


@pytest.mark.parametrize("fact_class", list(CLASSES))
def test_summaries_are_those_of_a_loop_over_facts(edits, summaries, fact_class):
    found = summaries.loc[fact_class]
    assert len(found) == len(EDITED_SETS) * len(SCORERS) * len(METRICS)
    values = by_fact(edits)
    values = values[values["fact_id"].isin(IDS[CLASSES[fact_class]])]
    for key, group in values.groupby(["neuron_set", "scorer", "metric"]):
        row, known = found.loc[key], group[group["value"].notna()]
        counts = (len(known), len(group) - len(known), known["fact_id"].str[:2].nunique())
        assert (row["n_facts"], row["n_missing"], row["n_relations"]) == counts
        expected = {
            "mean": known["value"].mean(),
            "median": known["value"].median(),
            "no_edit_share": (known["n_neurons"] == 0).mean() if len(known) else np.nan,
            "mean_n_neurons": known["n_neurons"].mean(),
        }
        assert row[list(expected)].astype(float).to_dict() == pytest.approx(expected, nan_ok=True)


def test_a_fact_without_a_score_counts_among_all_only(summaries):
    found = summaries["n_facts"].xs("reliability", level="metric")
    n_facts = found.xs("query", level="neuron_set").groupby("fact_class").unique()
    assert {name: n.tolist() for name, n in n_facts.items()} == {
        "all": [12],
        "consistent": [5],
        "inconsistent": [6],
        "difference": [11],
    }


def test_what_a_set_cannot_have_is_missing_and_counted_for_every_edited_fact(summaries):
    rows = summaries.xs("first_token", level="scorer").loc["all"]
    counts = {
        (name, metric): tuple(rows.loc[(name, metric), ["n_facts", "n_missing"]])
        for name in ("union", "union_held_out")
        for metric in ("average_seen", "average")
    }
    assert counts == {
        ("union", "average_seen"): (12, 0),
        ("union", "average"): (0, 12),
        ("union_held_out", "average_seen"): (0, 10),
        ("union_held_out", "average"): (10, 0),
    }
    missing = rows.loc[("union", "average"), ["mean", "no_edit_share", "mean_n_neurons"]]
    assert missing.isna().all()
    assert rows.loc[("union", "perplexity_change"), "n_missing"] == 1


def test_a_difference_of_classes_has_a_mean_but_no_share(summaries):
    of = {name: summaries.loc[name] for name in ("consistent", "inconsistent", "difference")}
    np.testing.assert_allclose(
        of["difference"]["mean"], of["inconsistent"]["mean"] - of["consistent"]["mean"]
    )
    shares = ["median", "no_edit_share", "mean_n_neurons"]
    assert of["difference"][shares].isna().all(axis=None)


def test_intervals_are_those_of_every_measure_by_itself():
    """Measures that agree are estimated once; all see the same draws."""
    edits = edited(sets=CHOSEN_SETS[:2])
    edits.loc[edits["scorer"] == "exact_match", SHARES] = edits.loc[
        edits["scorer"] == "first_token", SHARES
    ].to_numpy()
    found = summarized(edits, n_draws=60)
    of_facts = fact_edits(edits, FACTS)
    for key in (("query", "exact_match", "generalization"), ("union", "first_token", "locality")):
        name, scorer, metric = key
        of = of_facts.measures
        column = (of["neuron_set"] == name) & (of["scorer"] == scorer) & (of["metric"] == metric)
        alone = class_estimates(of_facts.values[:, column], FACTS, 60, np.random.default_rng(0))
        row = found.loc[("inconsistent", *key)]
        assert (row["ci_low"], row["ci_high"]) == (alone.ci_low[0, 2, 0], alone.ci_high[0, 2, 0])
        assert row["ci_low"] < row["mean"] < row["ci_high"]


def test_classes_are_those_of_the_criterion(summaries):
    edits = edited(sets=["query"])
    assert set(summaries["criterion"]) == {"static"}
    assert set(summarized(edits, "otsu")["criterion"]) == {"otsu"}
    lower = ScoredFacts(IDS, SCORES, np.arange(15) % 3, 0.12)
    rows = edit_summaries(fact_edits(edits, lower), lower, "static", 5, np.random.default_rng(0))
    n_facts = rows[rows["metric"] == "reliability"].groupby("fact_class")["n_facts"].max()
    assert n_facts[["consistent", "inconsistent"]].tolist() == [8, 3]


@pytest.mark.parametrize("fact_class", list(CLASSES))
def test_comparisons_are_paired_within_facts(edits, comparisons, fact_class):
    found = comparisons.loc[fact_class]
    values = by_fact(edits)
    values = values[values["fact_id"].isin(IDS[CLASSES[fact_class]])]
    wide = values.pivot(index=["scorer", "metric", "fact_id"], columns="neuron_set", values="value")
    for (scorer, metric), of_facts in wide.groupby(["scorer", "metric"]):
        rows = found.loc[(scorer, metric)]
        for name, other in rows.index:
            paired = (of_facts[name] - of_facts[other]).dropna()
            row = rows.loc[(name, other)]
            assert row["n_facts"] == len(paired)
            assert row["difference"] == pytest.approx(paired.mean())
            assert row["median"] == pytest.approx(paired.median())
            assert row["p_value"] == pytest.approx(signed_rank(paired.to_numpy()), nan_ok=True)
        np.testing.assert_allclose(rows["p_holm"], holm(rows["p_value"].to_numpy()))


def test_sets_are_compared_on_every_metric_that_both_have(comparisons):
    found = comparisons.reset_index()
    pairs = found.groupby("metric")[["neuron_set", "other_set"]].apply(
        lambda rows: set(rows.itertuples(index=False, name=None))
    )
    for metric in ("reliability", "locality", "perplexity_change"):
        assert pairs[metric] == set(COMPARISONS)
    held_out = {pair for pair in COMPARISONS if "_held_out" in pair[0]}
    own = {("query", "query_random")}
    for metric in ("generalization", "average"):
        assert pairs[metric] == held_out | own
    for metric in ("generalization_seen", "average_seen"):
        assert pairs[metric] == set(COMPARISONS) - held_out
    counts = found[found["metric"] == "average"].groupby("fact_class")["n_facts"].unique()
    assert counts["all"].tolist() == [10]


def test_no_pair_is_compared_twice_and_every_set_with_its_controls():
    assert len({frozenset(pair) for pair in COMPARISONS}) == len(COMPARISONS) == 15
    controls = {other: name for name, other in COMPARISONS if other not in CHOSEN_SETS}
    assert sorted(controls) == sorted(set(EDITED_SETS) - set(CHOSEN_SETS))
    assert all(other.startswith(f"{name}_") for other, name in controls.items())
    assert not any(other.startswith(f"{name}_held_out") for name, other in COMPARISONS)


def test_more_so_on_inconsistent_facts_is_a_difference_of_differences(comparisons):
    of = {name: comparisons.loc[name] for name in ("consistent", "inconsistent", "difference")}
    np.testing.assert_allclose(
        of["difference"]["difference"],
        of["inconsistent"]["difference"] - of["consistent"]["difference"],
    )
    assert of["difference"]["p_holm"].isna().all()


def test_without_controls_only_the_chosen_sets_are_there():
    edits = edited(sets=CHOSEN_SETS)
    assert set(summarized(edits).reset_index()["neuron_set"]) == set(CHOSEN_SETS)
    assert len(compared(edits).loc[("all", "first_token", "locality")]) == 6


def test_the_order_of_rows_changes_nothing():
    edits = edited(sets=PRINTED_SETS)
    shuffled = edits.iloc[np.random.default_rng(2).permutation(len(edits))]
    for made in (summarized, compared):
        pd.testing.assert_frame_equal(made(edits, n_draws=40), made(shuffled, n_draws=40))


def test_an_edit_of_an_unknown_fact_is_refused():
    with pytest.raises(StudyError, match=r"fact P8/1, which has no row"):
        fact_edits(edited().replace({"fact_id": {IDS[0]: "P8/1"}}), FACTS)
