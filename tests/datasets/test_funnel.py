"""The funnel adds up, over all relations and from the files to a consistency score."""

import pandas as pd
import pytest

from qloc.datasets.filtering import count_steps, filter_steps, flagged
from qloc.datasets.funnel import count_funnel
from qloc.datasets.queries import all_queries, query_rows
from qloc.errors import StudyError
from qloc.randomness import generator

PATTERNS = ["[X] lies in [Y]", "[X], a town in [Y]", "[Y] has [X]"]
THINGS = ("relations", "patterns", "facts", "queries")


@pytest.fixture
def tables(relation_of):
    """Two relations, P7 with 5 facts through 2 patterns and P8 with none left; P7 is answered.

    Of P7's facts, 0 has a query that breaks a token and one that is unknown, 1 has one that is too
    long and one that is known, 2 to 4 are known, 3 has no knowledge neurons, 4 no score.
    """
    facts = [(f"town {n}", f"land {n}") for n in range(5)]
    steps, queries = [], []
    for name, patterns in (("P7", PATTERNS), ("P8", PATTERNS[1:])):
        found = flagged(all_queries(relation_of(facts, patterns)))
        taken = filter_steps(found, "final_object", 2, [], None, generator(1))
        steps.append(count_steps(taken).assign(relation=name))
        queries.append(query_rows(name, taken[-1][1]))
    answers = pd.concat(queries)[["query_id", "fact_id", "relation", "template"]]
    problems = {"P7/00000/00": "token_boundary", "P7/00001/01": "too_long"}
    answers["problem"] = answers["query_id"].map(problems)
    answers["is_known"] = answers["problem"].isna() & (answers["query_id"] != "P7/00000/01")
    answers["is_studied"] = answers["fact_id"].isin([f"P7/0000{n}" for n in (2, 3, 4)])
    scores = pd.DataFrame(
        {"fact_id": ["P7/00002", "P7/00003"], "consistency_score": [0.25, float("nan")]}
    )
    return pd.concat(steps), answers, scores


def test_every_step_of_the_model_drops_what_it_should(tables):
    funnel = count_funnel(*tables, known_only=True)
    town = funnel[funnel["relation"] == "P7"].set_index("reason")
    left = town.loc["duplicate_fact":, ["n_patterns", "n_facts", "n_queries"]]
    assert left.to_numpy().tolist() == [
        [2, 5, 10],  # chosen
        [2, 5, 9],  # token_boundary
        [2, 5, 8],  # too_long
        [2, 4, 7],  # unknown
        [2, 3, 6],  # too_few_queries
        [2, 1, 2],  # undefined_consistency_score
    ]
    assert town.index.tolist()[-5:] == [
        "token_boundary",
        "too_long",
        "unknown",
        "too_few_queries",
        "undefined_consistency_score",
    ]


def test_where_unknown_queries_are_studied_none_is_dropped_for_it(tables):
    assert "unknown" not in set(count_funnel(*tables, known_only=False)["reason"])


@pytest.mark.parametrize("known_only", [True, False])
def test_what_was_left_before_is_what_was_dropped_and_what_is_left(tables, known_only):
    funnel = count_funnel(*tables, known_only)
    assert set(funnel["relation"]) == {"P7", "P8", "all"}
    for _, part in funnel.groupby("relation"):
        rows = part.sort_values("step")
        assert rows["step"].tolist() == list(range(len(rows)))
        for thing in THINGS:
            before = rows[f"n_{thing}"].shift().iloc[1:]
            after = (rows[f"n_{thing}"] + rows[f"n_{thing}_dropped"]).iloc[1:]
            assert before.tolist() == after.tolist()
            assert (rows[f"n_{thing}_dropped"] >= 0).all()
            assert rows[f"n_{thing}_dropped"].iloc[0] == 0


def test_all_is_the_sum_of_the_relations(tables):
    funnel = count_funnel(*tables, known_only=True)
    columns = [f"n_{thing}{end}" for thing in THINGS for end in ("", "_dropped")]
    parts = funnel[funnel["relation"] != "all"].groupby("reason")[columns].sum()
    overall = funnel[funnel["relation"] == "all"].set_index("reason")[columns]
    pd.testing.assert_frame_equal(overall.sort_index(), parts.sort_index(), check_dtype=False)


def test_a_relation_without_facts_is_counted_as_dropped_where_it_lost_them(tables):
    overall = count_funnel(*tables, known_only=True).query("relation == 'all'").set_index("reason")
    assert overall.loc["read", "n_relations"] == 2
    assert overall["n_relations_dropped"].to_dict() == {
        reason: int(reason == "too_few_patterns") for reason in overall.index
    }


def test_answers_of_another_run_are_refused(tables):
    steps, answers, scores = tables
    with pytest.raises(StudyError, match="Filtering left 10 queries of P7, but 9 were asked"):
        count_funnel(steps, answers.iloc[1:], scores, known_only=True)
