"""Effects of synapses by fact, against numbers worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from qloc.contracts.synapse_answers import SYNAPSE_ANSWERS
from qloc.contracts.synapse_effects import SYNAPSE_EFFECTS
from qloc.errors import StudyError
from qloc.measures.scored_facts import ScoredFacts
from qloc.measures.synapse_cells import Cell, Contrast, synapse_cells, synapse_contrasts
from qloc.measures.synapse_effects import fact_effects, joined
from qloc.tables import empty

FACTS = ScoredFacts(
    np.array(["P1/0", "P1/1", "P2/0"], dtype=object),
    np.array([0.1, 0.2, 0.3]),
    np.array([0, 0, 1]),
    0.1,
)
RUN = ("paper", "synapses", "suppress", False)


def neurons(query, neuron_set, n, size, change, before, after, run=RUN):
    return (
        "ig", query, *run, neuron_set, query.rpartition("/")[0], n, size, change, before, after
    )  # fmt: skip


def answer(query, before, after, run=RUN):
    return (query, *run, query.rpartition("/")[0], 60, 20, 0.5, 0.25, before, after)


def gathered(effects=(), answers=(), facts=FACTS):
    """What facts show, with every query answered somehow."""
    queries = {row[1] for row in effects} - {row[0] for row in answers}
    answers = [*answers, *(answer(query, 0.5, 0.5) for query in sorted(queries))]
    return fact_effects(
        pd.DataFrame(effects, columns=SYNAPSE_EFFECTS.names) if effects else empty(SYNAPSE_EFFECTS),
        pd.DataFrame(answers, columns=SYNAPSE_ANSWERS.names),
        facts,
        ["paper"],
    )


def of(values, outcome="own", run=RUN):
    return values[:, synapse_cells(["paper"]).index(Cell(*run, outcome))]


def contrast(values, name, outcome="own", manipulation="suppress"):
    place = Contrast("paper", manipulation, False, outcome, name)
    return values[:, synapse_contrasts(["paper"]).index(place)]


def test_effects_are_relative_and_averaged_over_the_queries_of_a_fact():
    found = gathered(
        [
            neurons("P1/1/0", "own", 2, 2.0, -1.0, 1.0, 0.5),
            neurons("P1/1/1", "own", 2, 4.0, -1.0, 2.0, 1.5),
            neurons("P2/0/0", "own", 1, 1.0, 0.25, 1.0, 1.25),
        ]
    )
    assert found.facts.tolist() == [1, 2]
    assert of(found.effect).tolist() == [0.375, -0.25]
    assert of(found.literal).tolist() == [0.375, -0.25]
    assert of(found.change).tolist() == [2.0, -0.25]
    assert of(found.size).tolist() == [6.0, 1.0]
    assert of(found.n_queries).tolist() == [2, 1]


def test_enhancing_is_expected_to_raise():
    run = ("paper", "random_columns", "enhance", True)
    found = gathered(
        [neurons("P1/0/0", "random", 1, 2.0, 0.5, -2.0, -2.5, run)],
        [answer("P1/0/0", 0.5, 0.75, run)],
    )
    assert of(found.effect, "random", run).tolist() == [0.25]
    assert of(found.literal, "random", run).tolist() == [0.25]
    assert of(found.effect, "answer", run).tolist() == [0.5]


def test_nothing_before_is_left_out_and_counted():
    found = gathered(
        [
            neurons("P1/0/0", "own", 0, 0.0, 0.0, None, None),
            neurons("P1/0/1", "own", 3, 0.0, 0.0, 0.0, 0.1),
            neurons("P1/0/2", "own", 1, 1.0, -0.5, 1.0, 0.5),
            neurons("P2/0/0", "own", 0, 0.0, 0.0, None, None),
        ],
        [answer("P1/0/0", 0.0, 0.1), answer("P1/0/1", 0.5, 0.25)],
    )
    np.testing.assert_array_equal(of(found.effect), [0.5, np.nan])
    assert of(found.n_queries).tolist() == [1, 0]
    assert of(found.n_undefined).tolist() == [2, 1]
    assert of(found.n_literal_missing).tolist() == [0, 0]
    assert of(found.effect, "answer").tolist() == [0.25, 0.0]
    assert of(found.n_undefined, "answer").tolist() == [1, 0]
    assert not np.isinf(found.effect).any()


def test_a_mean_value_near_0_has_no_literal_effect():
    found = gathered(
        [
            neurons("P1/0/0", "own", 4, 4.0, -1.0, 0.01, 0.02),
            neurons("P1/0/1", "own", 4, 4.0, -1.0, -0.0099, 0.02),
            neurons("P2/0/0", "own", 4, 4.0, -1.0, 0.0099, 0.02),
        ]
    )
    np.testing.assert_array_equal(of(found.literal), [-1.0, np.nan])
    assert of(found.n_literal_missing).tolist() == [1, 1]
    assert of(found.n_queries).tolist() == [2, 1]
    assert np.isnan(of(found.literal, "answer")).all()
    assert of(found.n_literal_missing, "answer").tolist() == [0, 0]


def test_a_contrast_is_taken_on_the_same_queries():
    found = gathered(
        [
            neurons("P1/0/0", "own", 1, 1.0, -0.5, 1.0, 0.5),
            neurons("P1/0/0", "neighbors_only", 1, 2.0, -0.5, 2.0, 1.5),
            neurons("P1/0/1", "own", 1, 1.0, -1.0, 1.0, 0.0),
            neurons("P1/0/1", "neighbors_only", 0, 0.0, 0.0, None, None),
        ]
    )
    assert contrast(found.difference, "neighbors_only").tolist() == [0.25]
    assert np.isnan(contrast(found.difference, "random")).all()


def test_controls_are_taken_away_from_the_synapses():
    control = ("paper", "mass_matched", "suppress", False)
    found = gathered(
        [
            neurons("P1/0/0", "own", 1, 1.0, -0.75, 1.0, 0.25),
            neurons("P1/0/0", "own", 1, 1.0, -0.5, 1.0, 0.5, control),
        ],
        [answer("P1/0/0", 0.5, 0.25), answer("P1/0/0", 0.5, 0.5, control)],
    )
    assert contrast(found.difference, "mass_matched").tolist() == [0.25]
    assert contrast(found.difference, "mass_matched", "answer").tolist() == [0.5]


def test_suppressing_and_enhancing_are_compared_as_sizes():
    enhanced = ("paper", "synapses", "enhance", False)
    found = gathered(
        [
            neurons("P1/0/0", "own", 1, 1.0, -0.5, 1.0, 0.5),
            neurons("P1/0/0", "own", 1, 1.0, -0.75, 1.0, 0.25, enhanced),
            neurons("P1/0/1", "own", 1, 1.0, 0.5, 1.0, 1.5),
            neurons("P1/0/1", "own", 1, 1.0, 0.25, 1.0, 1.25, enhanced),
        ]
    )
    assert contrast(found.difference, "enhance").tolist() == [0.0]


def test_facts_of_all_relations_stand_in_their_order():
    second = gathered([neurons("P2/0/0", "own", 1, 1.0, -1.0, 1.0, 0.0)])
    first = gathered([neurons("P1/1/0", "own", 1, 2.0, -1.0, 2.0, 1.0)])
    found = joined([second, first], 3)
    np.testing.assert_array_equal(of(found.effect), [np.nan, 0.5, 1.0])
    assert of(found.n_queries).tolist() == [0, 1, 1]
    assert of(found.size).tolist() == [0.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("query", "run", "answered", "named"),
    [
        (None, None, "P9/0/0", "fact P9/0"),
        ("P1/0/1", RUN, "P1/0/0", "query P1/0/1"),
        ("P1/0/0", ("lift", *RUN[1:]), "P1/0/0", "lift"),
    ],
)
def test_files_of_different_runs_are_refused(query, run, answered, named):
    rows = [neurons(query, "own", 1, 1.0, 0.0, 1.0, 1.0, run)] if query else []
    effects = pd.DataFrame(rows, columns=SYNAPSE_EFFECTS.names) if rows else empty(SYNAPSE_EFFECTS)
    answers = pd.DataFrame([answer(answered, 0.5, 0.5)], columns=SYNAPSE_ANSWERS.names)
    with pytest.raises(StudyError, match=named):
        fact_effects(effects, answers, FACTS, ["paper"])
