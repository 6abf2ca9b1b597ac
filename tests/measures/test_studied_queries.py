"""Which queries are studied, and how their facts are numbered."""

import numpy as np
import pandas as pd
import pytest

from qloc.errors import StudyError
from qloc.measures.studied_queries import query_numbers, studied_queries


def frames(ids, studied):
    facts = [name.rpartition("/")[0] for name in ids]
    answers = pd.DataFrame(
        {
            "query_id": ids,
            "fact_id": facts,
            "relation": [fact.partition("/")[0] for fact in facts],
            "template": [int(name[-2:]) for name in ids],
            "was_trained": None,
            "answer_probability": np.linspace(0.2, 0.7, len(ids)),
            "is_studied": studied,
        }
    )
    queries = pd.DataFrame({"query_id": ids, "answer": facts, "final_word": "is"})
    return answers, queries


IDS = ["P9/00001/00", "P9/00001/03", "P2/00004/01"]


def test_queries_are_sorted_and_the_unstudied_left_out():
    answers, queries = frames([*IDS, "P2/00005/01"], [True, True, True, False])
    found = studied_queries(answers, queries)
    assert found.query_ids.tolist() == ["P2/00004/01", "P9/00001/00", "P9/00001/03"]
    assert found.fact_ids.tolist() == ["P2/00004", "P9/00001"]
    assert found.relation_names[found.relations].tolist() == ["P2", "P9"]
    assert found.n_queries.tolist() == [1, 2]
    assert found.templates.tolist() == [1, 0, 3]


def test_every_query_has_its_own_words_whatever_the_order_of_the_tables():
    answers, queries = frames(IDS, [True] * 3)
    found = studied_queries(answers, queries.assign(final_word=["b", "c", "a"])[::-1])
    assert found.final_words.tolist() == [0, 1, 2]


def test_a_model_not_trained_here_was_trained_on_no_query():
    found = studied_queries(*frames(IDS, [True] * 3))
    assert not found.was_trained.any()


def test_a_studied_query_that_is_no_query_is_refused_by_name():
    answers, queries = frames(IDS, [True] * 3)
    with pytest.raises(StudyError, match=r"P2/00004/01.*different runs"):
        studied_queries(answers, queries.iloc[:2])


def test_neurons_of_a_query_that_is_not_studied_are_refused_by_name():
    found = studied_queries(*frames(IDS, [True, False, True]))
    with pytest.raises(StudyError, match="P9/00001/03"):
        query_numbers(pd.Series(["P9/00001/00", "P9/00001/03"]), found)


def test_entries_find_their_query_in_any_order():
    found = studied_queries(*frames(IDS, [True] * 3))
    numbers = query_numbers(pd.Series([IDS[1], IDS[2], IDS[1], IDS[0]]), found)
    assert found.query_ids[numbers].tolist() == [IDS[1], IDS[2], IDS[1], IDS[0]]


def test_a_study_without_studied_queries_is_empty():
    found = studied_queries(*frames(IDS, [False] * 3))
    assert (found.n_facts, len(found.query_ids)) == (0, 0)
