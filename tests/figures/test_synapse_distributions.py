"""Fig. 11 shows the effect of the synapses on every fact, by its class."""

import numpy as np
import pandas as pd
import pytest

from qloc.figures import synapse_distributions

RUN = {"preset": "paper", "is_renormalised": False}
CLASSES = pd.DataFrame(
    [("f", "ig", "otsu", True), ("g", "ig", "otsu", False), ("f", "sig", "otsu", False)],
    columns=["fact_id", "method", "criterion", "is_consistent"],
)


@pytest.fixture
def effects():
    """Own neurons of two queries of one fact, and of one of another, which has no value."""
    rows = pd.DataFrame(
        [
            ("f", "ig", "own", "synapses", "suppress", 4.0, -1.0),
            ("f", "ig", "own", "synapses", "suppress", 2.0, -1.5),
            ("f", "ig", "own", "synapses", "enhance", 4.0, -1.0),
            ("f", "ig", "random", "synapses", "suppress", 4.0, 3.0),
            ("f", "ig", "own", "random_columns", "suppress", 4.0, 3.0),
            ("f", "sig", "own", "synapses", "suppress", 4.0, 3.0),
            ("g", "ig", "own", "synapses", "suppress", 0.0, 0.0),
        ],
        columns=[
            *("fact_id", "method", "neuron_set", "synapse_set", "manipulation"),
            *("value_size", "value_change"),
        ],
    )
    return rows.assign(**RUN)


@pytest.fixture
def answers():
    rows = pd.DataFrame(
        [("f", "synapses", "suppress", 0.5, 0.125), ("h", "synapses", "suppress", 0.5, 0.25),
         ("g", "synapses", "enhance", 0.5, 0.75), ("g", "random_columns", "enhance", 0.5, 0.0)],
        columns=["fact_id", "synapse_set", "manipulation", "answer_probability_before",
                 "answer_probability_after"],
    )  # fmt: skip
    return rows.assign(**RUN)


def found(facts):
    return {
        (row.fact_id, row.outcome, row.manipulation): (row.fact_class, row.effect)
        for row in facts.itertuples()
    }


def test_an_effect_is_the_mean_over_a_facts_queries_in_the_expected_direction(effects, answers):
    facts = synapse_distributions.fact_effects(effects, answers, CLASSES)
    assert found(facts) == {
        ("f", "own", "suppress"): ("consistent", (0.25 + 0.75) / 2),
        ("f", "own", "enhance"): ("consistent", -0.25),
        ("f", "answer", "suppress"): ("consistent", 0.75),
        ("g", "answer", "enhance"): ("inconsistent", 0.5),
    }


def test_without_a_threshold_all_facts_are_one_kind(effects, answers):
    facts = synapse_distributions.fact_effects(effects, answers, CLASSES.iloc[:0])
    assert set(facts["fact_class"]) == {"all"}
    assert set(facts["fact_id"]) == {"f", "g", "h"}


@pytest.fixture
def facts(study):
    return synapse_distributions.fact_effects(
        study["synapse_effects"],
        study["synapse_answers"],
        study["consistency_classes"].assign(method="ig"),
    )


def test_every_class_has_a_point_for_each_fact_its_median_and_its_mean(facts):
    axes = synapse_distributions.draw(facts).axes[0]
    rows = synapse_distributions.of_form(facts, ("suppress", False))
    rows = rows[(rows["preset"] == "paper") & (rows["outcome"] == "own")]
    expected = rows[rows["fact_class"] == "consistent"]["effect"].to_numpy()
    points, median, mean = axes.lines[:3]
    np.testing.assert_array_equal(points.get_xdata(), np.sort(expected))
    assert median.get_xdata()[0] == np.median(expected)
    assert mean.get_xdata()[0] == expected.mean()


def test_the_numbers_are_quantiles_of_every_distribution(facts):
    rows = synapse_distributions.summaries(facts)
    assert len(rows) == 2 * 4 * 2 * 2
    assert rows.groupby("fact_class")["n_facts"].max().sum() == facts["fact_id"].nunique()
    assert (rows["25%"] <= rows["median"]).all()


def test_the_description_tells_the_median_fact_of_each_class(facts):
    rows = synapse_distributions.summaries(facts)
    (row,) = rows[
        (rows["preset"] == "paper")
        & (rows["manipulation"] == "suppress")
        & (~rows["is_renormalised"])
        & (rows["outcome"] == "own")
        & (rows["fact_class"] == "inconsistent")
    ].to_dict("records")
    said = f"{100 * row['median']:.0f} % on {row['n_facts']} inconsistent facts ("
    assert said in synapse_distributions.describe(facts)


def test_few_facts_are_points_without_a_density(facts):
    few = facts[facts["fact_id"].isin(facts["fact_id"].unique()[:3])]
    assert all(len(axes.collections) == 0 for axes in synapse_distributions.draw(few).axes)


def test_of_many_facts_some_are_points_evenly_chosen(facts):
    many = pd.concat([facts.assign(effect=share / 400) for share in range(401)])
    points = synapse_distributions.draw(many).axes[0].lines[0].get_xdata()
    assert len(points) == synapse_distributions.MOST_POINTS
    np.testing.assert_allclose(points, np.linspace(0, 1, len(points)), atol=0.01)
