"""`score-consistency` writes one row per fact with a studied query."""

from pathlib import Path

import numpy as np
import pandas as pd

from qloc.contracts.answers import ANSWERS
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.queries import QUERIES
from qloc.measures.chance import draw_donors, mixed_scores
from qloc.measures.neuron_sets import neuron_sets
from qloc.measures.studied_queries import studied_queries
from qloc.tables import empty, read_table, read_tables, write_table


def by_fact(path):
    return read_table(CONSISTENCY_SCORES, path).set_index("fact_id")


def test_every_fact_is_scored_as_by_python_sets(attributed, scored):
    scores = by_fact(scored)
    neurons = pd.read_parquet(attributed["knowledge_neurons"])
    assert len(scores) == 24
    for fact_id, group in neurons.groupby("fact_id", observed=True):
        times = group.groupby(["layer", "neuron"]).size()
        row = scores.loc[fact_id]
        assert row["n_neurons_any"] == len(times)
        assert row["n_neurons_shared"] == (times > 1).sum()
        assert row["consistency_score"] == (times > 1).sum() / len(times)
        assert row["strict_consistency_score"] == (times == row["n_queries"]).sum() / len(times)


def test_unstudied_queries_do_not_count_and_empty_ones_do(scored):
    scores = by_fact(scored)
    assert scores["n_queries"].value_counts().to_dict() == {4: 23, 3: 1}
    assert scores.loc["P7/00000", "n_queries"] == 3
    assert scores["n_queries_without_neurons"].sum() == 1
    assert scores.loc["P8/00003", "n_queries_without_neurons"] == 1
    assert scores.loc["P8/00003", "strict_consistency_score"] == 0


def test_words_probabilities_and_the_adjustment_are_the_facts_own(attributed, scored):
    scores = by_fact(scored)
    assert scores.loc["P7/00000", "n_final_words"] == 2  # is, is, in
    assert scores.loc["P9/00001", "n_final_words"] == 3
    answers = pd.read_parquet(attributed["answers"].split()[1])
    expected = answers.groupby("fact_id", observed=True)["answer_probability"].mean()
    np.testing.assert_allclose(scores.loc[expected.index, "mean_answer_probability"], expected)
    chance = scores["chance_consistency_score"]
    assert chance.between(0.01, 0.5).all()
    np.testing.assert_allclose(
        scores["adjusted_consistency_score"],
        (scores["consistency_score"] - chance) / (1 - chance),
    )


def test_the_highest_adjusted_score_rests_on_how_much_the_mixed_facts_vary(attributed, scored):
    answers, queries = (
        pd.concat([read_table(table, Path(path)) for path in attributed[name].split()])
        for table, name in ((ANSWERS, "answers"), (QUERIES, "queries"))
    )
    studied = studied_queries(answers, queries)
    neurons = read_table(KNOWLEDGE_NEURONS, Path(attributed["knowledge_neurons"]))
    places = pd.Index(studied.query_ids).get_indexer(neurons["query_id"])
    layers, units = (neurons[name].to_numpy() for name in ("layer", "neuron"))
    sets = neuron_sets(places, layers, units, len(studied.query_ids))
    mixed = pd.DataFrame(mixed_scores(sets, studied, draw_donors(studied, "any", 9, 5)))
    scores = by_fact(scored).loc[studied.fact_ids]
    chance = scores["chance_consistency_score"].to_numpy()
    np.testing.assert_allclose(mixed.mean(), chance)
    lowest = chance - 1.96 * mixed.sem().to_numpy()
    expected = (scores["consistency_score"] - lowest) / (1 - lowest)
    np.testing.assert_allclose(scores["adjusted_highest"], expected)
    assert (scores["adjusted_highest"] > scores["adjusted_consistency_score"]).mean() > 0.9


def test_of_a_single_mixed_fact_no_error_is_known(attributed, run, tmp_path):
    inputs = {key: attributed[key] for key in ("knowledge_neurons", "answers", "queries")}
    path = tmp_path / "single.parquet"
    run("score-consistency", **inputs, fixed_k=3, chance_draws=1, seed=5, scores=path)
    scores = by_fact(path)
    assert scores["adjusted_consistency_score"].notna().all()
    assert scores["adjusted_highest"].isna().all()


def test_the_trained_score_is_that_without_the_untrained_template(
    attributed, scored, run, tmp_path
):
    parts = [pd.read_parquet(path) for path in attributed["answers"].split()]
    studied = pd.concat(parts)
    studied["is_studied"] &= studied["template"] != 3
    write_table(ANSWERS, studied, tmp_path / "fewer.parquet")
    neurons = pd.read_parquet(attributed["knowledge_neurons"])
    neurons = neurons[~neurons["query_id"].astype(str).str.endswith("/03")]
    write_table(KNOWLEDGE_NEURONS, neurons, tmp_path / "fewer_neurons.parquet")
    run("score-consistency", knowledge_neurons=tmp_path / "fewer_neurons.parquet",
        answers=tmp_path / "fewer.parquet", queries=attributed["queries"], fixed_k=3,
        chance_draws=9, seed=5, scores=tmp_path / "fewer_scores.parquet")  # fmt: skip
    expected = by_fact(tmp_path / "fewer_scores.parquet")["consistency_score"]
    pd.testing.assert_series_equal(
        by_fact(scored)["trained_consistency_score"], expected, check_names=False
    )


def test_a_second_run_gives_the_same_bytes(attributed, scored, run, tmp_path):
    inputs = {key: attributed[key] for key in ("knowledge_neurons", "answers", "queries")}
    again = tmp_path / "again.parquet"
    run("score-consistency", **inputs, fixed_k=3, chance_draws=9, seed=5, scores=again)
    assert again.read_bytes() == scored.read_bytes()


def test_the_order_of_files_changes_no_byte(attributed, scored, run, tmp_path):
    turned = tmp_path / "turned.parquet"
    run("score-consistency", knowledge_neurons=attributed["knowledge_neurons"],
        answers=" ".join(attributed["answers"].split()[::-1]), queries=attributed["queries"],
        fixed_k=3, chance_draws=9, seed=5, scores=turned)  # fmt: skip
    assert turned.read_bytes() == scored.read_bytes()


def test_nothing_studied_gives_an_empty_table(run, tmp_path):
    parts = {"answers": ANSWERS, "queries": QUERIES, "knowledge_neurons": KNOWLEDGE_NEURONS}
    for name, table in parts.items():
        write_table(table, empty(table), tmp_path / f"{name}.parquet")
    inputs = {name: tmp_path / f"{name}.parquet" for name in parts}
    path = tmp_path / "scores.parquet"
    run("score-consistency", **inputs, fixed_k=3, chance_draws=2, seed=0, scores=path)
    assert read_tables(CONSISTENCY_SCORES, [path]).empty
