"""Which queries are asked, and how."""

import pandas as pd

from qloc.measures.studied_prompts import StudiedQuery, drawn_prompts, studied_prompts
from qloc.randomness import generator


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


def test_a_draw_is_sorted_part_of_a_larger_one_and_the_same_in_any_order():
    studied = [StudiedQuery(f"a/{number}", "a", "A is", "x") for number in range(9)]

    def drawn(queries, n_queries, seed=4):
        return drawn_prompts(queries, n_queries, generator(seed, "a name"))

    four = drawn(studied, 4)
    assert len(four) == 4
    assert four == sorted(four) == drawn(studied[::-1], 4)
    assert set(drawn(studied, 2)) < set(four)
    assert four != drawn(studied, 4, seed=5)
    assert drawn(studied, 100) == studied
