"""Which queries are asked, and how."""

import pandas as pd

from qloc.measures.studied_prompts import studied_prompts


def test_studied_queries_come_with_their_prompts_in_the_order_of_the_queries():
    queries = pd.DataFrame(
        {
            "query_id": ["a/0", "a/1", "b/0"],
            "fact_id": ["a", "a", "b"],
            "prompt": ["A is", "A has", "B is"],
            "answer": ["x", "x", "y"],
            "template": [0, 1, 0],
        }
    )
    answers = pd.DataFrame(
        {"query_id": ["b/0", "a/1", "a/0"], "is_studied": [True, False, True], "fact_id": "?"}
    )
    assert studied_prompts(queries, answers) == [
        ("a/0", "a", "A is", "x"),
        ("b/0", "b", "B is", "y"),
    ]
    assert studied_prompts(queries, answers.assign(is_studied=False)) == []
