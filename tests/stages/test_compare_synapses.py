"""`compare-synapses` writes what a slow reading of its inputs gives, in every class."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.synapse_answers import SYNAPSE_ANSWERS
from qloc.contracts.synapse_comparisons import SYNAPSE_COMPARISONS
from qloc.contracts.synapse_effects import SYNAPSE_EFFECTS, SYNAPSE_NEURON_SETS
from qloc.contracts.synapse_summaries import SYNAPSE_SUMMARIES
from qloc.tables import read_table, write_table

pytestmark = pytest.mark.slow

METHODS = ("ig", "sig")
RUNS = pd.DataFrame(
    [
        run
        for run in product(
            ["lift"],
            ["synapses", "without_first_column", "random_columns", "mass_matched"],
            ["suppress", "enhance"],
            [False, True],
        )
        if run[1:4:2] != ("mass_matched", True)
    ],
    columns=["preset", "synapse_set", "manipulation", "is_renormalised"],
)
KEY = [*RUNS.columns, "outcome"]
CLASSES = ("all", "consistent", "inconsistent")
THRESHOLD = 0.1


@pytest.fixture
def written(study, tmp_path):
    """Tables of two relations, of whose facts every fourth was not looked at."""
    draw = np.random.default_rng(3)
    facts = study["consistency_scores"].iloc[:24].copy()
    facts.loc[[3, 9], "consistency_score"] = np.nan
    for method in METHODS:
        rows = facts.assign(
            consistency_score=facts["consistency_score"]
            .iloc[:: 1 if method == "ig" else -1]
            .to_numpy()
        )
        write_table(CONSISTENCY_SCORES, rows, tmp_path / f"{method}.parquet")
    asked = [
        (f"{fact}/{n:02d}", fact)
        for i, fact in enumerate(facts["fact_id"])
        for n in range(2 + i % 3)
        if i % 4
    ]
    queries = pd.DataFrame(asked, columns=["query_id", "fact_id"]).merge(RUNS, how="cross")
    answers = queries.assign(
        n_columns=40,
        n_synapses=9,
        first_column_share=0.5,
        attention_mass=0.25,
        answer_probability_before=draw.choice([0, 0.25, 0.5], len(queries), p=[0.1, 0.5, 0.4]),
        answer_probability_after=draw.uniform(0, 1, len(queries)),
    )
    effects = queries.merge(
        pd.DataFrame(product(METHODS, SYNAPSE_NEURON_SETS), columns=["method", "neuron_set"]),
        how="cross",
    )
    n_neurons, size = draw.integers(0, 4, len(effects)), draw.uniform(0.5, 2, len(effects))
    mean = np.where(n_neurons, draw.choice([0.001, -0.5, 0.5], len(effects)), np.nan)
    effects = effects.assign(
        n_neurons=n_neurons,
        value_size=np.where(n_neurons, size, 0),
        value_change=np.where(n_neurons, draw.normal(0, 1, len(effects)), 0),
        mean_before=mean,
        mean_after=mean * 0.25,
    )
    for relation in ("P1", "P2"):
        inside = (rows["fact_id"].str.startswith(f"{relation}/") for rows in (answers, effects))
        write_table(
            SYNAPSE_ANSWERS, answers[next(inside)], tmp_path / f"answers/{relation}.parquet"
        )
        write_table(
            SYNAPSE_EFFECTS, effects[next(inside)], tmp_path / f"effects/{relation}.parquet"
        )
    return tmp_path


@pytest.fixture
def compare(run, written):
    """A function that runs the stage: summaries and comparisons."""

    def compare(relations=("P1", "P2"), seed=3):
        out = [written / "summaries.parquet", written / "comparisons.parquet"]
        run(
            "compare-synapses",
            effects=" ".join(str(written / f"effects/{name}.parquet") for name in relations),
            answers=" ".join(str(written / f"answers/{name}.parquet") for name in relations),
            scores=" ".join(str(written / f"{method}.parquet") for method in METHODS),
            static_threshold=THRESHOLD,
            bootstrap_draws=100,
            seed=seed,
            summaries=out[0],
            comparisons=out[1],
        )
        return read_table(SYNAPSE_SUMMARIES, out[0]), read_table(SYNAPSE_COMPARISONS, out[1])

    return compare


def read_slowly(written, method, fact_class):
    """Outcomes of all queries of one class under the static threshold, one row each."""
    scores = read_table(CONSISTENCY_SCORES, written / f"{method}.parquet").set_index("fact_id")
    score = scores["consistency_score"]
    kept = {
        "all": score.index,
        "consistent": score[score >= THRESHOLD].index,
        "inconsistent": score[score < THRESHOLD].index,
    }
    parts = []
    for relation in ("P1", "P2"):
        effects = read_table(SYNAPSE_EFFECTS, written / f"effects/{relation}.parquet")
        answers = read_table(SYNAPSE_ANSWERS, written / f"answers/{relation}.parquet")
        own = effects[effects["method"] == method].rename(columns={"neuron_set": "outcome"})
        before, after = (answers[f"answer_probability_{end}"] for end in ("before", "after"))
        moved = answers.assign(outcome="answer", value_size=before, value_change=after - before)
        parts += [own, moved]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["fact_id"].isin(kept[fact_class])]
    direction = np.where(rows["manipulation"] == "suppress", -1, 1)
    rows["effect"] = (direction * rows["value_change"] / rows["value_size"]).where(
        rows["value_size"] > 0
    )
    is_clear = rows["mean_before"].abs() >= 0.01 * rows["value_size"] / rows["n_neurons"]
    rows["literal"] = (direction * (rows["mean_after"] / rows["mean_before"] - 1)).where(is_clear)
    return rows.assign(change=direction * rows["value_change"])


def test_summaries_are_those_of_the_queries(written, compare):
    summaries, _ = compare()
    for method, fact_class in product(METHODS, CLASSES):
        check_summaries(summaries, written, method, fact_class)


def check_summaries(summaries, written, method, fact_class):
    of_class = summaries[
        summaries[["method", "criterion", "fact_class"]]
        .eq([method, "static", fact_class])
        .all(axis=1)
    ]
    rows = read_slowly(written, method, fact_class)
    of_cells = rows.groupby(KEY)
    means = rows.groupby([*KEY, "fact_id"])[["effect", "literal"]].mean().groupby(KEY)
    expected = pd.DataFrame(
        {
            "n_facts": means["effect"].count(),
            "mean": means["effect"].mean(),
            "median": means["effect"].median(),
            "literal_mean": means["literal"].mean(),
            "ratio_of_means": of_cells["change"].sum() / of_cells["value_size"].sum(),
            "n_queries": of_cells["effect"].count(),
            "n_undefined": of_cells["effect"].apply(lambda effects: effects.isna().sum()),
        }
    )
    found = of_class.set_index(KEY).sort_index()
    assert len(found) == len(expected) == 14 * 6
    pd.testing.assert_frame_equal(found[expected.columns], expected, check_dtype=False)


def test_comparisons_are_paired_within_facts(written, compare):
    _, comparisons = compare()
    for fact_class in CLASSES:
        check_comparisons(comparisons, written, fact_class)


def check_comparisons(comparisons, written, fact_class):
    rows = read_slowly(written, "sig", fact_class)
    wide = rows.pivot(index=["fact_id", "query_id"], columns=KEY, values="effect")
    of_class = comparisons[
        comparisons[["method", "criterion", "fact_class"]]
        .eq(["sig", "static", fact_class])
        .all(axis=1)
    ]
    assert len(of_class) == 84
    for row in of_class.itertuples():
        first = ["lift", "synapses", row.manipulation, row.is_renormalised, row.outcome]
        second = list(first)
        place = {"enhance": 2, "neighbors_only": 4, "random": 4, "random_any": 4}.get(
            row.contrast, 1
        )
        second[place] = row.contrast
        terms = wide[tuple(first)], wide[tuple(second)]
        if row.contrast == "enhance":
            terms = terms[0].abs(), terms[1].abs()
        differences = (terms[0] - terms[1]).groupby("fact_id").mean().dropna()
        assert row.n_facts == len(differences)
        np.testing.assert_allclose(row.difference, differences.mean())
        p_value = stats.wilcoxon(differences, zero_method="pratt").pvalue
        np.testing.assert_allclose(row.p_value, p_value)


def test_p_is_adjusted_within_method_class_and_preset(compare):
    comparisons = compare()[1].dropna(subset=["p_value"])
    for _, tests in comparisons.groupby(["method", "criterion", "fact_class", "preset"]):
        assert len(tests) == 84
        assert tests["p_holm"].min() == pytest.approx(min(1, 84 * tests["p_value"].min()))


def test_a_difference_of_classes_is_that_of_their_means_and_has_no_test(compare):
    for table, column in zip(compare(), ("mean", "difference"), strict=True):
        key = [name for name in table if name in {*KEY, "method", "criterion", "contrast"}]
        means = table.pivot(index=key, columns="fact_class", values=column)
        np.testing.assert_allclose(means["difference"], means["inconsistent"] - means["consistent"])
        of_difference = table[table["fact_class"] == "difference"]
        blank = {"median", "ratio_of_means", "literal_mean", "p_value", "p_holm"} & set(table)
        assert of_difference[list(blank)].isna().all(axis=None)


def test_intervals_hold_means_and_depend_on_the_seed_not_on_the_order_of_files(compare):
    summaries, comparisons = compare()
    of_all = summaries[(summaries["fact_class"] == "all")]
    for kind in ("", "simultaneous_", "conditional_"):
        inside = of_all["mean"].between(of_all[f"{kind}ci_low"], of_all[f"{kind}ci_high"])
        assert inside.mean() > 0.95
    estimable = of_all.dropna(subset=["ci_low"])
    assert (estimable["simultaneous_ci_low"] <= estimable["ci_low"]).all()
    assert (estimable["ci_high"] <= estimable["simultaneous_ci_high"]).all()
    for first, second in zip((summaries, comparisons), compare(("P2", "P1")), strict=True):
        pd.testing.assert_frame_equal(first, second)
    assert not summaries["ci_low"].equals(compare(seed=4)[0]["ci_low"])


def test_no_query_has_no_row(run, written, compare):
    for table, folder in ((SYNAPSE_ANSWERS, "answers"), (SYNAPSE_EFFECTS, "effects")):
        for relation in ("P1", "P2"):
            path = written / f"{folder}/{relation}.parquet"
            write_table(table, read_table(table, path).iloc[:0], path)
    summaries, comparisons = compare()
    assert len(summaries) == len(comparisons) == 0


def test_a_relation_without_queries_changes_nothing(written, compare):
    with_both = compare()[0]
    for table, folder in ((SYNAPSE_ANSWERS, "answers"), (SYNAPSE_EFFECTS, "effects")):
        none = read_table(table, written / f"{folder}/P1.parquet").iloc[:0]
        write_table(table, none, written / f"{folder}/P3.parquet")
    pd.testing.assert_frame_equal(with_both, compare(("P1", "P2", "P3"))[0])
