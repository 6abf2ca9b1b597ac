"""From outcomes to rows, by hand: two queries of a fact, a model of 2 layers with 4 neurons."""

import numpy as np
import pandas as pd
import pytest

from qloc.contracts.synapse_answers import SYNAPSE_ANSWERS
from qloc.contracts.synapse_effects import SYNAPSE_EFFECTS
from qloc.contracts.synapse_examples import SYNAPSE_EXAMPLES
from qloc.contracts.synapse_places import SYNAPSE_PLACES
from qloc.measures.fact_sets import FactSets
from qloc.measures.studied_prompts import StudiedQuery
from qloc.measures.synapse_runs import CHOSEN_COLUMNS, SynapseOutcome, synapse_runs
from qloc.measures.synapse_tables import SynapseTables
from qloc.tables import checked_rows

RUNS = synapse_runs(["one"])
PLAIN = RUNS.index(("one", "synapses", "suppress", False))
BEFORE = np.array([[1.0, -2.0, 0.5, 0.0], [3.0, -1.0, 4.0, 2.0]], dtype=np.float32)
OWN, OTHER = np.array([0, 1, 6]), np.array([1, 5])
QUERIES = [StudiedQuery(f"P7/00003/{n:02d}", "P7/00003", "prompt", "answer") for n in range(2)]


def columns(*places, n_tokens):
    found = np.zeros((2, 3, n_tokens), dtype=bool)
    found[tuple(np.array(places, dtype=int).reshape(-1, 3).T)] = True
    return found


def outcome(n_tokens):
    """Suppressing the synapses halves every value; run n multiplies them by n + 1 otherwise."""
    found = {
        "synapses": columns((0, 0, 0), (0, 0, 2), (1, 2, 1), n_tokens=n_tokens),
        "without_first_column": columns((0, 0, 2), (1, 2, 1), n_tokens=n_tokens),
        "random_columns": columns(n_tokens=n_tokens),
    }
    factors = np.arange(1.0, len(RUNS) + 1)
    factors[PLAIN] = 0.5
    return SynapseOutcome(
        {("one", name): chosen for name, chosen in found.items()},
        dict(zip([("one", name) for name in CHOSEN_COLUMNS], (0.5, 0.25, 0.0), strict=True)),
        0.75,
        np.linspace(0, 0.6, len(RUNS)),
        BEFORE,
        (BEFORE * factors[:, None, None]).astype(np.float32),
    )


@pytest.fixture
def tables():
    """Both queries; the prompts have 4 and 3 tokens. One method found neurons, the other none."""
    made = SynapseTables(RUNS, ["P7/00003"], 5)
    nothing = np.array([], dtype=np.int64)
    for query, own, other, n_tokens in zip(
        QUERIES, (OWN, OTHER), (OTHER, OWN), (4, 3), strict=True
    ):
        sets = [
            FactSets("ig", query.query_id, own, [other]),
            FactSets("sig", query.query_id, nothing, [nothing]),
        ]
        made.add(query, sets, outcome(n_tokens))
    return made


def of(rows: pd.DataFrame, **values: object) -> pd.DataFrame:
    return rows[np.logical_and.reduce([rows[name] == value for name, value in values.items()])]


def test_rows_keep_their_contracts(tables):
    for table, rows in (
        (SYNAPSE_ANSWERS, tables.answers()),
        (SYNAPSE_EFFECTS, tables.effects()),
        (SYNAPSE_PLACES, tables.places()),
        (SYNAPSE_EXAMPLES, tables.example_rows()),
    ):
        assert checked_rows(table, rows).num_rows == len(rows) > 0


def test_nothing_leaves_empty_tables():
    made = SynapseTables(RUNS, [], 5)
    parts = (made.answers(), made.effects(), made.places(), made.example_rows())
    assert [len(rows) for rows in parts] == [0, 0, 0, 0]
    assert checked_rows(SYNAPSE_PLACES, made.places()).num_rows == 0


def test_answers_say_what_was_manipulated(tables):
    answers = of(tables.answers(), query_id="P7/00003/00")
    assert answers["answer_probability_after"].tolist() == np.linspace(0, 0.6, len(RUNS)).tolist()
    assert (answers["answer_probability_before"] == 0.75).all()
    assert (answers["n_columns"] == 2 * 3 * 4).all()
    described = answers.groupby("synapse_set")[
        ["n_synapses", "first_column_share", "attention_mass"]
    ].agg(["min", "max"])
    for name, *values in (
        ("synapses", 3, 1 / 3, 0.5),
        ("mass_matched", 3, 1 / 3, 0.5),
        ("without_first_column", 2, 0, 0.25),
        ("random_columns", 0, np.nan, 0),
    ):
        expected = np.repeat(np.array(values, dtype=float), 2)
        assert np.array_equal(described.loc[name].to_numpy(float), expected, equal_nan=True), name


def test_effects_add_up_over_the_neurons_of_a_set(tables):
    suppressed = of(
        tables.effects(),
        query_id="P7/00003/00",
        method="ig",
        synapse_set="synapses",
        manipulation="suppress",
        is_renormalised=False,
    ).set_index("neuron_set")
    own = suppressed.loc["own"]  # 1, -2 and 4
    assert (own["n_neurons"], own["value_size"], own["value_change"]) == (3, 7, -3.5)
    assert (own["mean_before"], own["mean_after"]) == (1, 0.5)
    neighbors = suppressed.loc["neighbors"]  # -2 and -1
    assert (neighbors["n_neurons"], neighbors["value_change"]) == (2, -1.5)
    assert (neighbors["mean_before"], neighbors["mean_after"]) == (-1.5, -0.75)
    assert suppressed.loc["neighbors_only", "value_size"] == 1
    assert suppressed.loc["random", "n_neurons"] == 3


def test_every_run_has_its_own_effect(tables):
    rows = of(tables.effects(), query_id="P7/00003/00", method="ig", neuron_set="own")
    assert len(rows) == len(RUNS)
    for number, run in enumerate(RUNS):
        (change,) = of(rows, **run._asdict())["value_change"]
        assert change == (-3.5 if number == PLAIN else 7 * number)


def test_a_method_without_neurons_has_rows_all_the_same(tables):
    rows = of(tables.effects(), method="sig")
    assert len(rows) == 2 * len(RUNS) * 5
    assert (rows[["n_neurons", "value_size", "value_change"]] == 0).all(axis=None)
    assert rows[["mean_before", "mean_after"]].isna().all(axis=None)


def test_places_count_columns_and_synapses_over_queries(tables):
    places = tables.places().set_index(["layer", "head"])
    assert (places["n_queries"] == 2).all()
    assert (places["n_columns"] == 4 + 3).all()
    assert places["n_synapses"].tolist() == [4, 0, 0, 0, 0, 2]
    assert places["n_first_synapses"].tolist() == [2, 0, 0, 0, 0, 0]


def test_examples_show_every_neuron_of_the_fact_in_the_runs_of_its_synapses(tables):
    examples = tables.example_rows()
    assert set(examples["method"]) == {"ig"}
    assert len(examples) == 2 * 4 * 4  # queries, runs of the synapses, neurons of the fact
    shown = of(
        examples, query_id="P7/00003/01", manipulation="suppress", is_renormalised=False
    ).sort_values(["layer", "neuron"])
    assert shown[["layer", "neuron"]].to_numpy().tolist() == [[0, 0], [0, 1], [1, 1], [1, 2]]
    assert shown["is_own"].tolist() == [False, True, True, False]
    assert shown["value_before"].tolist() == [1, -2, -1, 4]
    assert shown["value_after"].tolist() == [0.5, -1, -0.5, 2]
    enhanced = RUNS.index(("one", "synapses", "enhance", True))
    again = of(examples, query_id="P7/00003/01", manipulation="enhance", is_renormalised=True)
    assert again["value_after"].tolist() == (np.array([1, -2, -1, 4]) * (enhanced + 1)).tolist()


def test_only_facts_that_are_examples_are_shown():
    made = SynapseTables(RUNS, ["P7/00004"], 5)
    made.add(QUERIES[0], [FactSets("ig", QUERIES[0].query_id, OWN, [OTHER])], outcome(3))
    assert made.example_rows().empty
    assert len(made.effects()) == 5 * len(RUNS)
