"""`compare-edits` estimates how well edits of every neuron set do, and compares the sets."""

import pandas as pd
import pytest

from qloc.contracts.edit_comparisons import EDIT_COMPARISONS
from qloc.contracts.edit_summaries import EDIT_SUMMARIES
from qloc.tables import empty, read_table

METHODS = ("ig", "sig")
SETS = ("query", "union", "union_top")
PLACE = ["method", "operation", "preset"]


@pytest.fixture
def compare(study, run_stage, tmp_path):
    """A function that compares the edits of two methods with three sets, and gives both tables."""
    edits = study["edits"]
    is_kept = edits["neuron_set"].isin(SETS) & edits["strength"].isin([0, 2])
    study.tables["edits"] = edits[is_kept]

    def compare(methods=METHODS, criterion="otsu", static_threshold=0.1):
        options = {
            "edits": " ".join(
                study.write_by_operation(tmp_path, "edits", method=method) for method in methods
            ),
            "scores": " ".join(
                str(study.write(tmp_path, "consistency_scores", method=method))
                for method in methods
            ),
            "summaries": tmp_path / "summaries.parquet",
            "comparisons": tmp_path / "comparisons.parquet",
        }
        run_stage(
            "compare-edits",
            criterion=criterion,
            static_threshold=static_threshold,
            bootstrap_draws=40,
            seed=3,
            **options,
        )
        return (
            read_table(EDIT_SUMMARIES, options["summaries"]),
            read_table(EDIT_COMPARISONS, options["comparisons"]),
        )

    return compare


def test_every_strength_is_summarized_with_its_lambdas_and_the_chosen_one_compared(compare, study):
    summaries, comparisons = compare()
    named = ["operation", "preset", "strength", "lambda_1", "lambda_2", "is_chosen"]
    expected = study["edits"][named].drop_duplicates().sort_values(named, ignore_index=True)
    for method in METHODS:
        own = summaries.loc[summaries["method"] == method, named].drop_duplicates()
        found = own.sort_values(named, ignore_index=True)
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    strengths = comparisons.groupby(PLACE)["strength"].unique()
    assert {place: at.tolist() for place, at in strengths.items()} == {
        (method, operation, preset): [at]
        for method in METHODS
        for operation in ("erase", "update")
        for preset, at in (("calibrated", 2), ("paper", 0))
    }


def test_numbers_are_those_of_the_edits_of_the_place(compare, study):
    summaries, comparisons = compare()
    edits = study["edits"]
    is_meant = (edits["operation"] == "update") & (edits["preset"] == "calibrated")
    is_meant &= (edits["scorer"] == "token_accuracy") & (edits["strength"] == 2)
    of_facts = edits[is_meant].pivot(index="fact_id", columns="neuron_set", values="locality")
    place = ("sig", "update", "calibrated", "token_accuracy", "locality", "otsu", "all")
    keys = [*PLACE, "scorer", "metric", "criterion", "fact_class", "neuron_set"]
    rows = summaries[summaries["strength"] == 2].set_index(keys)
    row = rows.loc[(*place, "union_top")]
    assert row["mean"] == pytest.approx(of_facts["union_top"].mean())
    assert row["n_facts"] == of_facts["union_top"].notna().sum() > 0
    assert row["simultaneous_ci_low"] < row["ci_low"] < row["mean"]
    assert row["mean"] < row["ci_high"] < row["simultaneous_ci_high"]
    pair = comparisons.set_index([*keys, "other_set"]).loc[(*place, "union", "query")]
    expected = (of_facts["union"] - of_facts["query"]).mean()
    assert pair["difference"] == pytest.approx(expected)
    assert pair["p_value"] <= pair["p_holm"]


def test_classes_are_those_of_one_criterion(compare):
    for table in compare(["ig"], "static", 0):
        assert set(table["criterion"]) == {"static"}
        sizes = table[table["fact_class"] == "inconsistent"]["n_facts"]
        assert (sizes == 0).all()


def test_edits_of_no_fact_give_no_rows(compare, study):
    study.tables["edits"] = study["edits"].iloc[:0]
    for table, contract in zip(compare(["ig"]), (EDIT_SUMMARIES, EDIT_COMPARISONS), strict=True):
        assert table.equals(empty(contract))
