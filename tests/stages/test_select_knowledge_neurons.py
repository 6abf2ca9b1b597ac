"""Knowledge neurons of all relations, through the command line."""

import pandas as pd
import pytest
from click.testing import CliRunner

from qloc.cli import main
from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.tables import empty, read_table, write_table


def rows(relation, *scores):
    """Rows (query, layer, neuron, score) of one relation."""
    frame = pd.DataFrame(scores, columns=["query", "layer", "neuron", "score"])
    return frame.assign(
        fact_id=f"{relation}/00007",
        query_id=[f"{relation}/00007/{query:02d}" for query in frame.pop("query")],
        score=frame["score"].astype("float32"),
        activation=0.5,
    )


@pytest.fixture
def select(tmp_path):
    def run(threshold, *tables):
        paths = [tmp_path / f"{number}.parquet" for number in range(len(tables))]
        for path, table in zip(paths, tables, strict=True):
            write_table(ATTRIBUTIONS, table, path)
        found = tmp_path / "found.parquet"
        options = ["--attributions", " ".join(map(str, paths)), "--knowledge-neurons", str(found)]
        options += ["--selection-threshold", str(threshold)]
        result = CliRunner().invoke(main, ["select-knowledge-neurons", *options])
        assert result.exit_code == 0, result.output
        return read_table(KNOWLEDGE_NEURONS, found)

    return run


def test_neurons_above_the_share_of_their_own_querys_best_are_selected(select):
    first = rows("P36", (0, 1, 5, 1.0), (0, 2, 0, 0.25), (0, 0, 9, 0.5), (1, 0, 9, 0.125))
    second = rows("P1001", (3, 1, 1, 0.02), (3, 1, 2, 0.01))
    found = select(0.25, first, second)
    selected = found[["query_id", "layer", "neuron", "relation"]]
    assert list(selected.itertuples(index=False, name=None)) == [
        ("P1001/00007/03", 1, 1, "P1001"),
        ("P1001/00007/03", 1, 2, "P1001"),
        ("P36/00007/00", 0, 9, "P36"),
        ("P36/00007/00", 1, 5, "P36"),
        ("P36/00007/01", 0, 9, "P36"),
    ]
    assert found["score"].tolist() == pytest.approx([0.02, 0.01, 0.5, 1.0, 0.125])
    assert set(found["fact_id"]) == {"P36/00007", "P1001/00007"}


def test_a_score_at_the_cut_is_not_selected(select):
    found = select(0.5, rows("P36", (0, 0, 0, 1.0), (0, 0, 1, 0.5), (0, 0, 2, 0.5000001)))
    assert found["neuron"].tolist() == [0, 2]


def test_without_attributions_no_neuron_is_selected(select):
    assert select(0.2, empty(ATTRIBUTIONS)).empty
