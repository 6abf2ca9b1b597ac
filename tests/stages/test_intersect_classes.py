"""`intersect-classes` counts the facts that all methods call inconsistent."""

import pandas as pd
import pytest

from qloc.contracts.class_agreements import CLASS_AGREEMENTS
from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.tables import read_table, write_table

CUT = 0.2


@pytest.fixture
def methods(study, tmp_path):
    """Scores of three methods: the study's, the same turned round, and one without a fact."""
    scores = study["consistency_scores"]
    turned = scores.assign(consistency_score=scores["consistency_score"].to_numpy()[::-1])
    fewer = turned.assign(
        consistency_score=turned["consistency_score"].where(turned.index != 7),
        adjusted_consistency_score=None,
    )
    tables = {"sig": scores, "ig": turned, "amig": fewer}
    for method, rows in tables.items():
        write_table(CONSISTENCY_SCORES, rows, tmp_path / f"{method}.parquet")
    return {method: tmp_path / f"{method}.parquet" for method in tables}


@pytest.fixture
def agreements(methods, run, tmp_path):
    path = tmp_path / "agreements.parquet"
    run(
        "intersect-classes",
        scores=" ".join(map(str, methods.values())),
        static_threshold=CUT,
        bootstrap_draws=200,
        seed=3,
        agreements=path,
    )
    return read_table(CLASS_AGREEMENTS, path).set_index(["criterion", "statistic", "method"])


@pytest.mark.parametrize("criterion", ["static", "otsu"])
def test_it_counts_the_classes_of_the_methods_themselves(
    methods, agreements, run, tmp_path, criterion
):
    columns = {}
    for method, scores in methods.items():
        path = tmp_path / f"{method}_classes.parquet"
        run("classify-facts", scores=scores, static_threshold=CUT, classes=path)
        classes = read_table(CONSISTENCY_CLASSES, path)
        own = classes[classes["criterion"] == criterion].set_index("fact_id")
        columns[method] = ~own["is_consistent"].astype(bool)
    both = pd.DataFrame(columns).dropna().astype(bool)
    rows = agreements.loc[criterion]
    share = rows.loc[("inconsistent_share", "all")]
    assert share["n_facts"] == len(both) == 35
    assert share["estimate"] == pytest.approx(both.all(axis=1).mean())
    for method in methods:
        found = rows.loc[("inconsistent_share", method), "estimate"]
        assert found == pytest.approx(both[method].mean())
    product = rows.loc[("independent_share", "all"), "estimate"]
    assert product == pytest.approx(both.mean().prod())


def test_what_exceeds_independence_is_the_difference_and_has_its_intervals(agreements):
    for criterion in ("static", "otsu"):
        rows = agreements.loc[criterion].xs("all", level="method")
        for name in ("", "_within_relations"):
            share = rows.loc["inconsistent_share", "estimate"]
            product = rows.loc[f"independent_share{name}", "estimate"]
            assert rows.loc[f"excess{name}", "estimate"] == pytest.approx(share - product)
        assert rows[["ci_low", "conditional_ci_low"]].notna().all(axis=None)
        assert (rows["ci_low"] < rows["ci_high"]).all()
        assert (rows["simultaneous_ci_low"] <= rows["ci_low"]).all()
        assert (rows["ci_high"] <= rows["simultaneous_ci_high"]).all()
        assert (rows["n_relations"] == 3).all()
