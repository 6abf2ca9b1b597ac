"""Rows of edited facts, and what is said where neurons could be missing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qloc.contracts.edited_facts import EDITED_FACTS
from qloc.contracts.edited_queries import EDITED_QUERIES
from qloc.contracts.neuron_sets import NEURON_SETS
from qloc.errors import StudyError
from qloc.measures.consistency_aware import ConsistencyAwareSet
from qloc.measures.edit_choice import EditedFact
from qloc.measures.edited_tables import EditedTables
from qloc.tables import read_table, write_table

WHOLE = ConsistencyAwareSet(np.array([3, 25]), np.array([0.5, 0.25]), 0.5, 0.1, True, 0.2)
HELD_OUT = ConsistencyAwareSet(np.array([4]), np.array([0.75]), 0.75, 0.6, False, 0.1)
FACT = EditedFact(
    fact_id="P1/00000",
    relation="P1",
    is_consistent=True,
    answer="Rome",
    queries=["P1/00000/00", "P1/00000/01", "P1/00000/02", "P1/00000/03"],
    is_all_studied=True,
    targets=["Oslo"],
    role="evaluation",
    target="Oslo",
    query_roles=dict(
        zip(
            ["P1/00000/00", "P1/00000/01", "P1/00000/02", "P1/00000/03"],
            ["used", "edited", "held_out", "held_out"],
            strict=True,
        )
    ),
)
FEW = replace(
    FACT,
    fact_id="P1/00001",
    queries=["P1/00001/00"],
    role="sequence",
    query_roles={"P1/00001/00": "edited"},
)


def written(table, rows, folder: Path):
    """The rows as they come back from their table, which checks them."""
    write_table(table, rows, folder / "table.parquet")
    return read_table(table, folder / "table.parquet")


@pytest.fixture
def tables():
    found = EditedTables(n_neurons=10)
    aware = {"consistency_aware": WHOLE, "consistency_aware_held_out": HELD_OUT}
    sets = {"query": np.array([7, 31]), "union_random": np.array([], dtype=np.int64)}
    found.add(FACT, aware, sets | {name: one.neurons for name, one in aware.items()})
    nothing = replace(WHOLE, neurons=WHOLE.neurons[:0], scores=WHOLE.scores[:0], largest_score=-1.0)
    nothing = replace(nothing, largest_score_elsewhere=float("nan"))
    found.add(FEW, {"consistency_aware": nothing}, {"consistency_aware": nothing.neurons})
    return found


def test_every_fact_is_one_row(tables, tmp_path):
    first, second = written(EDITED_FACTS, tables.edited_facts(), tmp_path).to_dict("records")
    expected = {
        "fact_id": "P1/00000",
        "relation": "P1",
        "role": "evaluation",
        "is_consistent": True,
        "query_id": "P1/00000/01",
        "answer": "Rome",
        "target": "Oslo",
        "n_queries": 4,
        "n_held_out": 2,
        "largest_score": 0.5,
        "largest_score_elsewhere": 0.1,
        "is_exact": True,
        "is_exact_held_out": False,
    }
    assert first == expected
    assert (second["n_queries"], second["n_held_out"], second["largest_score"]) == (1, 0, -1)
    assert np.isnan(second["largest_score_elsewhere"])
    assert second["is_exact_held_out"] is None


def test_every_query_is_one_row(tables, tmp_path):
    rows = written(EDITED_QUERIES, tables.edited_queries(), tmp_path)
    assert rows["role"].tolist() == ["used", "edited", "held_out", "held_out", "edited"]
    assert rows["fact_id"].tolist() == ["P1/00000"] * 4 + ["P1/00001"]


def test_every_neuron_of_a_set_is_one_row(tables, tmp_path):
    rows = written(NEURON_SETS, tables.neuron_sets(), tmp_path)
    assert rows["fact_id"].unique().tolist() == ["P1/00000"]
    found = rows.drop(columns="fact_id").astype(object).replace(np.nan, None)
    assert [tuple(row) for row in found.to_numpy()] == [
        ("consistency_aware", 0, 3, 0.5),
        ("consistency_aware", 2, 5, 0.25),
        ("consistency_aware_held_out", 0, 4, 0.75),
        ("query", 0, 7, None),
        ("query", 3, 1, None),
    ]


def test_without_facts_the_tables_are_empty(tmp_path):
    none = EditedTables(10)
    for table in (EDITED_FACTS, EDITED_QUERIES, NEURON_SETS):
        assert written(table, getattr(none, table.name)(), tmp_path).empty


def with_floors(*floors, **changes):
    """Facts that are not exact, with the floors that would do."""
    found = EditedTables(10)
    for number, floor in enumerate(floors):
        fact = replace(FACT, fact_id=f"P1/{number:05d}", **changes)
        inexact = replace(WHOLE, is_exact=False, sufficient_floor=floor)
        found.add(fact, {"consistency_aware": inexact}, {})
    return found


def test_the_message_names_the_facts_and_the_floor_that_would_do_for_all():
    tables = with_floors(0.03, 0.02789, 0.3, 0.4)
    tables.add(FEW, {"consistency_aware": WHOLE}, {})
    with pytest.raises(StudyError) as error:
        tables.refuse_inexact(has_floor=True)
    assert str(error.value) == (
        "The consistency-aware sets of 4 of 5 facts could lack neurons whose scores were not kept:"
        " P1/00000, P1/00001, P1/00002, …. Lower `attribution.mean_floor` to 0.027, which keeps"
        " enough. With `editing.inexact: report` such facts are edited and marked."
    )


@pytest.mark.parametrize(
    ("floor", "said"), [(0.1, "to 0.1,"), (0.0, "to 0,"), (0.000456, "to 0.00045,"), (1.0, "to 1,")]
)
def test_the_floor_is_rounded_down(floor, said):
    with pytest.raises(StudyError, match=said):
        with_floors(floor).refuse_inexact(has_floor=True)


def test_where_no_floor_would_do_it_is_said_what_would():
    for tables, has_floor in (
        (with_floors(0.03), False),
        (with_floors(0.03, is_all_studied=False), True),
    ):
        with pytest.raises(StudyError) as error:
            tables.refuse_inexact(has_floor=has_floor)
        assert "1 of 1 facts" in str(error.value)
        assert "set `answers.known_only: true` and `editing.normalise_queries: false`" in str(
            error.value
        )


def test_exact_sets_and_those_that_nothing_is_edited_with_are_not_refused(tables):
    tables.refuse_inexact(has_floor=True)
    with_floors(0.03, role="calibration").refuse_inexact(has_floor=True)
