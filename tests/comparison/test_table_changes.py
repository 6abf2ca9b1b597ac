"""Tables are compared row by row, under their contracts, in pieces."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from qloc.comparison import table_changes
from qloc.comparison.runs import find_run
from qloc.comparison.table_changes import table_change
from qloc.errors import StudyError

ATTRIBUTIONS = "results/attributions/tiny-gpt2/P1/ig.parquet"


@pytest.fixture
def compared(write_run):
    def compare(table, **changed):
        runs = (find_run(write_run(name, **kept)) for name, kept in (("a", {}), ("b", changed)))
        return table_change(table, *runs)

    return compare


def test_the_same_bytes_are_the_same_rows(compared, study):
    found = compared("knowledge_neurons")
    assert found.is_same
    assert (found.n_files, found.n_same_files) == (1, 1)
    assert found.n_rows == len(study["knowledge_neurons"])
    assert found.columns == ()
    assert found.sets is not None
    assert found.sets.n_same == study["knowledge_neurons"]["query_id"].nunique()


def test_rows_and_values_are_told_apart(compared, study):
    rows = study["attributions"].sort_values(["query_id", "layer", "neuron"], ignore_index=True)
    scores = rows["score"].to_numpy().copy()
    largest = scores.max()
    scores[3] += np.float32(1.5e-5) * largest
    scores[4] -= np.float32(0.25)
    scores[5] += np.float32(0.125)
    changed = rows.assign(score=scores).drop(index=[0, 1])
    found = compared("attributions", attributions=changed)
    assert not found.is_same
    assert (found.n_rows, found.n_only_first, found.n_only_second) == (len(rows) - 2, 2, 0)
    (column,) = found.columns
    assert (column.column, column.n_moved, column.n_rounding) == ("score", 2, 1)
    assert column.unit == "probability; sig, amig: share of the query's norm"
    assert column.largest is not None
    assert column.largest.place == {
        "model": "tiny-gpt2",
        "relation": "P1",
        "method": "ig",
        **rows.loc[4, ["query_id", "layer", "neuron"]],
    }
    assert (column.largest.first, column.largest.second) == (rows["score"][4], scores[4])


def test_rounding_is_no_difference(compared, study):
    rows = study["attributions"]
    found = compared("attributions", attributions=rows.assign(score=rows["score"] * 1.00001))
    assert found.is_same
    assert found.n_rounding > 0
    assert found.n_same_files == 0


def test_a_class_that_flips_is_a_move(compared, study):
    rows = study["consistency_classes"]
    flipped = rows["is_consistent"].where(rows.index != 2, ~rows["is_consistent"])
    found = compared("consistency_classes", consistency_classes=rows.assign(is_consistent=flipped))
    (column,) = found.columns
    assert (column.column, column.type, column.n_moved) == ("is_consistent", "bool", 1)
    assert column.largest is not None
    assert column.largest.place["fact_id"] == rows["fact_id"][2]
    assert column.largest.second is not column.largest.first


def test_sets_that_lose_members_overlap_less(compared, study):
    rows = study["knowledge_neurons"].sort_values(["query_id", "layer", "neuron"])
    query = rows["query_id"].iloc[0]
    n = int((rows["query_id"] == query).sum())
    found = compared("knowledge_neurons", knowledge_neurons=rows.iloc[1:])
    assert found.sets is not None
    assert found.n_only_first == 1
    n_sets = rows["query_id"].nunique()
    if n == 1:
        assert (found.sets.n_both, found.sets.n_only_first) == (n_sets - 1, 1)
    else:
        assert (found.sets.n_both, found.sets.n_same) == (n_sets, n_sets - 1)
        expected = (n_sets - 1 + (n - 1) / n) / n_sets
        assert found.sets.mean_jaccard == pytest.approx(expected)


def test_a_file_of_one_run_only_is_told(compared):
    found = compared("answers", answers=None)
    assert found.only_first == ("results/answers/tiny-gpt2/P1.parquet",)
    assert (found.only_second, found.n_files, found.n_rows) == ((), 0, 0)
    assert not found.is_same


def test_columns_of_another_version_are_told_and_the_others_compared(write_run):
    first, second = write_run("a"), write_run("b")
    for folder, drop, add in ((first, "activation", "odd"), (second, "fact_id", "odd")):
        content = pq.read_table(folder / ATTRIBUTIONS)
        content = content.append_column(add, content["score"]).drop_columns([drop])
        version = {"table": "attributions", "version": folder.name}
        pq.write_table(content.replace_schema_metadata(version), folder / ATTRIBUTIONS)
    found = table_change("attributions", find_run(first), find_run(second))
    assert found.versions == ("a", "b")
    assert found.columns_only_first == ("fact_id",)
    assert found.columns_only_second == ("activation",)
    assert found.unknown_columns == ("odd",)
    assert found.columns == ()
    assert found.n_rows > 0


def test_a_table_without_its_key_cannot_be_joined(write_run):
    first, second = write_run("a"), write_run("b")
    content = pq.read_table(second / ATTRIBUTIONS).drop_columns(["neuron"])
    pq.write_table(content, second / ATTRIBUTIONS)
    with pytest.raises(StudyError, match=r"b/results/attributions/.* has query_id, layer, neuron"):
        table_change("attributions", find_run(first), find_run(second))


def test_a_damaged_file_is_named(write_run):
    first, second = write_run("a"), write_run("b")
    (second / ATTRIBUTIONS).write_bytes((second / ATTRIBUTIONS).read_bytes()[:-5])
    with pytest.raises(StudyError, match=r"b/results/attributions/.*cannot be read as a table"):
        table_change("attributions", find_run(first), find_run(second))


def test_no_table_is_ever_held_whole(write_run, study, monkeypatch):
    rows = study["attributions"]
    first, second = write_run("a"), write_run("b", attributions=rows.assign(score=0.5))
    expected = table_change("attributions", find_run(first), find_run(second))
    sizes = []
    real = table_changes.pairs

    def small(*arguments):
        for pair in real(*arguments, n_rows=50):
            sizes.append(len(pair.first))
            yield pair

    monkeypatch.setattr(table_changes, "pairs", small)
    assert table_change("attributions", find_run(first), find_run(second)) == expected
    assert max(sizes) == 50
    assert sum(sizes) == len(rows) == expected.n_rows


def test_what_a_slow_oracle_counts_is_what_is_counted(compared, study):
    draw = np.random.default_rng(5)
    rows = study["attributions"].sample(frac=1, random_state=3)
    noise = draw.choice([0.0, 1e-5, 3e-5, 0.1], len(rows)) * rows["score"].max()
    changed = rows.assign(score=(rows["score"] + noise).astype(np.float32))
    changed = changed[draw.random(len(rows)) < 0.9]
    found = compared("attributions", attributions=changed)
    key = ["query_id", "layer", "neuron"]
    old = {tuple(row[:3]): row[3] for row in rows[[*key, "score"]].itertuples(index=False)}
    new = {tuple(row[:3]): row[3] for row in changed[[*key, "score"]].itertuples(index=False)}
    top = max(map(abs, [*old.values(), *new.values()]))
    moves = {k: abs(float(new[k]) - float(old[k])) for k in new if new[k] != old[k]}
    beyond = [k for k in moves if moves[k] > 2e-5 * top]
    (column,) = found.columns
    assert (column.n_moved, column.n_rounding) == (len(beyond), len(moves) - len(beyond))
    assert found.n_only_first == len(old) - len(new)
    assert column.largest is not None
    assert isinstance(column.largest.first, float)
    assert isinstance(column.largest.second, float)
    largest = abs(column.largest.second - column.largest.first)
    assert largest == pytest.approx(max(moves.values()))
