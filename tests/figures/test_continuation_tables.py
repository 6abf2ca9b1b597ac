"""Table 8 shows every text once, in the order in which they are read."""

import pandas as pd
import pytest

from qloc.figures.continuation_tables import continuation_rows, continuation_tables


@pytest.fixture
def rows(study):
    both = [study["continuations"].assign(model=name, method="ig") for name in ("z", "a")]
    return continuation_rows(pd.concat(both))


def test_consistent_facts_and_edited_queries_stand_first(rows, study):
    assert len(rows) == 2 * len(study["continuations"])
    assert rows["model"].drop_duplicates().tolist() == ["z", "a"]
    first = rows[rows["model"] == "z"]
    assert first["is_consistent"].is_monotonic_decreasing
    of_edit = ["fact_id", "operation", "preset", "neuron_set"]
    for _, texts in first.groupby(of_edit):
        assert texts["is_edited"].tolist() == [True, False]
    assert first["preset"].iloc[0] == "paper"
    assert first["neuron_set"].drop_duplicates().tolist() == [
        "query",
        "union",
        "consistency_aware",
    ]
    assert list(rows.columns[:5]) == ["model", "method", "fact_id", "is_consistent", "operation"]


def test_a_table_has_what_was_said_before_and_after_every_edit(rows):
    tables = continuation_tables(rows)
    assert len(tables) == 2 * 2 * 2
    update = tables[1]
    found = rows[(rows["model"] == "z") & rows["is_consistent"] & (rows["operation"] == "update")]
    first = found.iloc[0]
    assert update.caption == (
        f"z, IG, consistent fact {first['fact_id']}: update {first['answer']} → {first['target']}"
    )
    assert "→" not in tables[0].caption
    edited, another = (
        f"{found[found['is_edited'] == is_edited]['prompt'].iloc[0]} … ({name} query)"
        for is_edited, name in ((True, "edited"), (False, "another"))
    )
    cells = update.cells
    assert list(cells) == ["preset, set", "neurons", edited, another]
    assert cells.loc[0, "preset, set"] == "before"
    assert cells.loc[0, edited] == first["text_before"]
    line = cells.set_index("preset, set").loc["calibrated, union"]
    own = found[(found["preset"] == "calibrated") & (found["neuron_set"] == "union")]
    assert line[[edited, another]].tolist() == own["text_after"].tolist()
    assert line["neurons"] == str(own["n_neurons"].iloc[0])
    assert len(cells) == 1 + 2 * 3


def test_no_cell_is_empty(study):
    silent = study["continuations"].assign(model="z", method="ig", text_before="", text_after="")
    for table in continuation_tables(continuation_rows(silent)):
        assert table.cells.iloc[0].tolist() == ["before", "none changed", "(no text)", "(no text)"]
        assert (table.cells != "").all(axis=None)
