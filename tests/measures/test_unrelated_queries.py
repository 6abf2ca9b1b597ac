"""Which queries are unrelated to a fact, and which of them are drawn."""

import pandas as pd
import pytest

from qloc.errors import StudyError
from qloc.measures.studied_prompts import StudiedQuery
from qloc.measures.unrelated_queries import UnrelatedQueries

FACTS = pd.DataFrame(
    [
        ("P1/0", "P1", "Ada", "Rome"),
        ("P1/1", "P1", "Bob", "Oslo"),
        ("P2/0", "P2", "Ada", "Paris"),
        ("P2/1", "P2", "Eve", "Rome"),
        ("P2/2", "P2", "Eve", "Bern"),
        ("P3/0", "P3", "Max", "Lima"),
        ("P3/1", "P3", "Ida", "Wien"),
    ],
    columns=["fact_id", "relation", "subject", "object"],
)
STUDIED = [
    StudiedQuery(f"{fact_id}/{template}", fact_id, "a prompt", "an answer")
    for fact_id in FACTS["fact_id"]
    if fact_id != "P3/1"
    for template in range(3)
]


def test_relation_subject_and_object_all_differ():
    unrelated = UnrelatedQueries(STUDIED[::-1], FACTS)
    assert unrelated.of("P1/0") == [query for query in STUDIED if query.fact_id in ("P2/2", "P3/0")]
    assert {query.fact_id for query in unrelated.of("P2/1")} == {"P1/1", "P3/0"}
    assert {query.fact_id for query in unrelated.of("P3/1")} == set(FACTS["fact_id"][:5])
    assert UnrelatedQueries(STUDIED[:6], FACTS).of("P1/1") == []


def test_the_draw_depends_on_seed_and_fact_and_on_nothing_else():
    unrelated = UnrelatedQueries(STUDIED, FACTS)
    drawn = unrelated.drawn("P3/0", 4, 3)
    assert len(set(drawn)) == 4
    assert set(drawn) <= set(unrelated.of("P3/0"))
    assert UnrelatedQueries(STUDIED[::-1], FACTS[::-1]).drawn("P3/0", 4, 3) == drawn
    assert set(unrelated.drawn("P3/0", 2, 3)) < set(drawn)
    assert unrelated.drawn("P3/0", 4, 2) != drawn
    assert unrelated.drawn("P3/1", 4, 3) != drawn
    assert unrelated.drawn("P1/0", 99, 3) == unrelated.of("P1/0")


def test_a_query_of_a_fact_that_is_not_there_is_refused():
    with pytest.raises(StudyError, match="a query of fact P3/0, which the facts do not"):
        UnrelatedQueries(STUDIED, FACTS[:5])
