"""`compare-neuron-sets` writes the Jaccard ladder."""

import pytest

from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.neuron_set_overlaps import NEURON_SET_OVERLAPS
from qloc.tables import read_table


@pytest.fixture
def overlaps(attributed, run, tmp_path):
    """The ladder of the small study."""
    inputs = {key: attributed[key] for key in ("knowledge_neurons", "answers", "queries")}
    path = tmp_path / "overlaps.parquet"
    run("compare-neuron-sets", **inputs, bootstrap_draws=100, seed=3, overlaps=path)
    return read_table(NEURON_SET_OVERLAPS, path).set_index("rung")


def test_the_first_rung_is_the_mean_jaccard_of_the_scores(scored, overlaps):
    scores = read_table(CONSISTENCY_SCORES, scored)
    row = overlaps.loc["same_fact"]
    assert row["mean_jaccard"] == pytest.approx(scores["mean_jaccard"].mean())
    assert (row["n_facts"], row["n_pairs"]) == (24, 23 * 6 + 3)


def test_neurons_of_the_fact_and_of_the_template_show_on_their_rungs(overlaps):
    jaccard = overlaps["mean_jaccard"]
    assert jaccard["same_fact"] > 1.5 * jaccard["same_object"]
    assert jaccard["same_template"] > 1.5 * jaccard["same_relation"]


def test_every_rung_has_its_interval_if_nearly_all_draws_have_its_pairs(overlaps):
    """Of three relations one draw in nine takes a single one, which leaves no other relation."""
    assert overlaps.loc["other_relation", ["ci_low", "ci_high"]].isna().all()
    rows = overlaps.drop(index="other_relation")
    assert (rows["ci_low"] < rows["mean_jaccard"]).all()
    assert (rows["mean_jaccard"] < rows["ci_high"]).all()
