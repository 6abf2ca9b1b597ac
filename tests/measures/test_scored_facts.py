"""Which facts each class has."""

import numpy as np
import pandas as pd
import pytest

from qloc.errors import StudyError
from qloc.measures.scored_facts import scored_facts

SCORES = pd.DataFrame(
    {
        "fact_id": ["P8/1", "P8/2", "P7/1", "P7/2", "P7/3"],
        "relation": ["P8", "P8", "P7", "P7", "P7"],
        "consistency_score": [0.05, np.nan, 0.8, 0.3, 0.2],
    }
)


def test_classes_by_both_criteria_leave_out_facts_without_a_score():
    members = scored_facts(SCORES, 0.25).members
    scored = [True, False, True, True, True]
    static, otsu = [False, False, True, True, False], [False, False, True, False, False]
    for criterion, upper in enumerate([static, otsu]):
        expected = [[True] * 5, upper, np.logical_xor(scored, upper), scored]
        np.testing.assert_array_equal(members[criterion], expected)


def test_without_a_threshold_of_otsu_there_are_no_classes():
    members = scored_facts(SCORES.assign(consistency_score=0.3), 0.2).members
    np.testing.assert_array_equal(members[0].sum(axis=1), [5, 5, 0, 5])
    np.testing.assert_array_equal(members[1].sum(axis=1), [5, 0, 0, 0])


def test_a_score_at_the_threshold_is_consistent():
    assert scored_facts(SCORES, 0.3).members[0, 1, 3]


def test_weights_move_the_threshold_of_otsu():
    facts = scored_facts(SCORES, 0.25)
    weights = np.array([[1.0, 9, 1, 1, 1], [1.0, 9, 0, 2, 2]])
    static, otsu = facts.thresholds(weights)
    np.testing.assert_array_equal(static, [0.25, 0.25])
    np.testing.assert_array_equal(otsu, [0.8, 0.2])


def test_entries_find_their_facts():
    entries = pd.Series(["P7/2", "P8/1", "P7/2"])
    np.testing.assert_array_equal(scored_facts(SCORES, 0.25).numbers(entries), [3, 0, 3])
    relations = scored_facts(SCORES, 0.25).relations
    np.testing.assert_array_equal(relations, [1, 1, 0, 0, 0])


def test_a_fact_without_scores_is_of_another_run():
    with pytest.raises(StudyError, match=r"fact P9/4, which has no row .* of different runs"):
        scored_facts(SCORES, 0.25).numbers(pd.Series(["P7/2", "P9/4"]))
