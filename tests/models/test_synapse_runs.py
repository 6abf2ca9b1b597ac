"""All runs of several queries at once equal single runs by hand; mass matching moves the same mass.

`tests.models.by_hand` computes attention from Q, K and V and patches the model with plain hooks.
"""

import numpy as np
import pytest
import torch
from tests.models.by_hand import ByHand

from qloc.measures.synapse_controls import ColumnChoice
from qloc.measures.synapse_runs import synapse_runs
from qloc.measures.synapses import SynapseRule, attention_mass
from qloc.models.interventions import ColumnFactors, Intervention, MassChanges, read_attention
from qloc.models.methods import Rule
from qloc.models.synapse_runs import Reading, manipulate_columns

pytestmark = pytest.mark.slow

RULES = {
    "paper": SynapseRule("sum", "mean", "global", False),
    "lift": SynapseRule("lift", "mean", "per_head", False),
}
RUNS = synapse_runs(RULES)
READING = Reading("joint", None)
FACTORS = {"suppress": 0.0, "enhance": 2.0}


def chosen(model, queries, alpha=1.0):
    attention = read_attention(model, queries)
    choice = ColumnChoice(RULES, alpha, 5)
    return attention, [
        choice.choose(seen.weights, seen.is_visible, f"q{number}")
        for number, seen in enumerate(attention)
    ]


def scaled(columns, run):
    """The plain or renormalised manipulation of a run's columns."""
    factors = np.where(columns[run.columns], FACTORS[run.manipulation], 1.0)
    return ColumnFactors(factors, run.is_renormalised)


def by_hand(oracle, query, number, columns, run):
    """One run of one query."""
    if run.synapse_set != "mass_matched":
        return oracle.run(query, Intervention(number, columns=scaled(columns, run)))
    plain = oracle.run(query, Intervention(number, columns=scaled(columns, run)))
    changes = torch.stack(plain.mass_changes).numpy()
    return oracle.run(query, Intervention(number, masses=MassChanges(changes)))


@pytest.mark.parametrize("architecture", ["gpt2", "llama", "mistral"])
def test_every_run_of_every_query_equals_one_by_hand(random_model, mixed_queries, architecture):
    model = random_model(architecture, torch.float64)
    oracle = ByHand(model, "joint")
    attention, columns = chosen(model, mixed_queries)
    found = manipulate_columns(model, mixed_queries, attention, columns, RUNS, READING)
    for number, (query, outcome) in enumerate(zip(mixed_queries, found, strict=True)):
        with torch.no_grad():
            clean = oracle.run(query)
            expected = [by_hand(oracle, query, number, columns[number], run) for run in RUNS]
        assert outcome.answer_before == pytest.approx(clean.probability.item(), rel=1e-10)
        assert np.allclose(outcome.values_before, torch.stack(clean.neurons), rtol=1e-10, atol=0)
        answers = [run.probability.item() for run in expected]
        assert outcome.answer_after == pytest.approx(answers, rel=1e-10)
        values = torch.stack([torch.stack(run.neurons) for run in expected])
        assert np.allclose(outcome.values_after, values, rtol=1e-10, atol=1e-12)


def test_values_can_be_attributions_with_the_runs_own_attention(random_model, mixed_queries):
    model = random_model("llama", torch.float64)
    oracle, queries = ByHand(model), mixed_queries[:3]
    attention, columns = chosen(model, queries)
    reading = Reading("first", Rule("riemann_right", 3, 0.0))
    found = manipulate_columns(model, queries, attention, columns, RUNS, reading)
    points, weights = [1 / 3, 2 / 3, 1], [1 / 3] * 3
    number, run = 2, RUNS.index(("lift", "without_first_column", "suppress", True))
    assert columns[number]["lift", "without_first_column"].any()
    intervention = Intervention(number, columns=scaled(columns[number], RUNS[run]))
    for values, what in (
        (found[number].values_before, Intervention(number)),
        (found[number].values_after[run], intervention),
    ):
        expected = oracle.scores(queries[number], what, points, weights)
        assert np.allclose(values, expected, rtol=1e-9, atol=1e-14)
    activations = manipulate_columns(model, queries, attention, columns, RUNS, READING)
    assert not np.allclose(activations[number].values_before, found[number].values_before)


def test_without_columns_every_effect_is_exactly_0(random_model, mixed_queries):
    model = random_model("gpt2", torch.float32)
    attention, columns = chosen(model, mixed_queries, alpha=99.0)
    assert not any(own.any() for of_query in columns for own in of_query.values())
    for outcome in manipulate_columns(model, mixed_queries, attention, columns, RUNS, READING):
        assert (outcome.answer_after == outcome.answer_before).all()
        assert (outcome.values_after == outcome.values_before).all()


def test_only_runs_without_columns_are_the_clean_run(random_model, mixed_queries):
    """A query whose synapses are all of the first token has nothing left without that."""
    model = random_model("gpt2", torch.float64)
    attention, columns = chosen(model, mixed_queries)
    for of_query in columns:
        first = np.zeros_like(of_query["paper", "synapses"])
        first[..., 0] = True
        of_query["paper", "synapses"] = first
        of_query["paper", "without_first_column"] = first & False
    query = 2  # of nine tokens
    outcome = manipulate_columns(model, mixed_queries, attention, columns, RUNS, READING)[query]
    for run, answer in zip(RUNS, outcome.answer_after, strict=True):
        is_clean = run.columns == ("paper", "without_first_column")
        assert (answer == outcome.answer_before) == is_clean, run


def test_the_masses_are_those_of_the_clean_run(random_model, mixed_queries):
    model = random_model("gpt2", torch.float64)
    attention, columns = chosen(model, mixed_queries)
    found = manipulate_columns(model, mixed_queries, attention, columns, RUNS, READING)
    for seen, outcome in zip(attention, found, strict=True):
        assert set(outcome.masses) == set(outcome.columns)
        for key, own in outcome.columns.items():
            assert outcome.masses[key] == attention_mass(seen.weights, own)
