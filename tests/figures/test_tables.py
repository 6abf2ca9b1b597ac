"""The paper's tables hold the study's numbers."""

import numpy as np
import pytest

from qloc.contracts.class_agreements import CLASS_AGREEMENTS
from qloc.figures import tables
from qloc.tables import empty


def placed(rows, model="m", method="ig"):
    return rows.assign(model=model, method=method)


def rows_of(summaries, comparisons, agreements=None):
    compared = empty(CLASS_AGREEMENTS) if agreements is None else agreements
    return tables.class_rows(placed(summaries), placed(comparisons), compared.assign(model="m"))


@pytest.fixture
def class_rows(study):
    return rows_of(study["class_summaries"], study["class_comparisons"])


def test_table_1_has_a_row_for_every_model_method_and_criterion(study, class_rows):
    rows = class_rows.set_index("criterion")
    summary = study["class_summaries"].set_index(["criterion", "statistic"])
    for criterion in ("static", "otsu"):
        for statistic in ("inconsistent_share", "mean_consistent", "threshold"):
            for end in ("ci_low", "conditional_ci_high"):
                found = rows.loc[criterion, f"{statistic}_{end}"]
                assert found == summary.loc[(criterion, statistic), end]
            assert rows.loc[criterion, statistic] == summary.loc[(criterion, statistic), "estimate"]
    assert rows.loc["otsu", "sanity_t"] == 14.5
    assert rows.loc["otsu", "n_consistent"] + rows.loc["otsu", "n_inconsistent"] == 36


def test_table_1_prints_intervals_and_tiny_p_values(class_rows):
    cells = tables.class_cells(class_rows)
    row, numbers = cells.iloc[0], class_rows.iloc[0]
    share = numbers["inconsistent_share"]
    assert row["R_I"] == f"{share:.2f} [{share - 0.05:.2f}, {share + 0.05:.2f}]"
    assert row["R_I, these relations"] == f"{share:.2f} [{share - 0.02:.2f}, {share + 0.02:.2f}]"
    assert row["p (sanity)"] == "< 1e−300"
    assert row["model, method"] == "m, IG"


def test_an_empty_class_and_an_undefined_threshold_are_said(study):
    summaries = placed(study["class_summaries"])
    empty = summaries["statistic"].isin(["mean_inconsistent", "threshold"])
    columns = ["estimate", "ci_low", "ci_high", "conditional_ci_low", "conditional_ci_high"]
    summaries.loc[empty, columns] = np.nan
    cells = tables.class_cells(rows_of(summaries, study["class_comparisons"].iloc[:0]))
    assert set(cells["mean CS of K_I"]) == {"no such fact"}
    assert set(cells["criterion"]) == {"static: not defined", "Otsu: not defined"}
    assert set(cells["Welch's t (sanity)"]) == {"not defined"}


def test_table_1_has_the_share_of_all_methods_beside_that_of_each(study):
    agreements = study["class_agreements"]
    rows = rows_of(study["class_summaries"], study["class_comparisons"], agreements)
    found = rows.set_index("criterion").loc["otsu"]
    shares = agreements[agreements["criterion"] == "otsu"].set_index(["statistic", "method"])
    assert found["inconsistent_by_all"] == shares.loc[("inconsistent_share", "all"), "estimate"]
    assert found["excess_within_relations_ci_low"] == pytest.approx(0.07)
    assert found["n_facts_of_all_methods"] == 36


def test_all_methods_stand_against_independent_ones(study):
    agreements = study["class_agreements"].assign(model="m")
    cells = tables.agreement_cells(agreements).set_index("criterion")
    assert cells.index.tolist() == ["static", "Otsu"]
    otsu = cells.loc["Otsu"].to_dict()
    assert [otsu[f"R_I, {name}"] for name in ("IG", "SIG", "AMIG")] == ["0.51", "0.67", "0.49"]
    assert otsu["R_I, all methods"] == "0.34 [0.28, 0.40]"
    assert otsu["if independent within relations"] == "0.21 [0.15, 0.27]"
    assert otsu["excess within relations"] == "0.13 [0.07, 0.19]"
    assert otsu["facts"] == "36 facts"


def test_table_4_has_the_papers_thresholds_beside_the_runs(study):
    rows = tables.threshold_rows(placed(study["class_summaries"]))
    own = rows[rows["source"] == "this run"].set_index("criterion")["threshold"]
    assert own["static"] == 0.1
    assert own["otsu"] == study["consistency_scores"]["consistency_score"].median()
    paper = rows[rows["source"] == "paper"]
    assert paper.groupby("model")["threshold"].apply(list).to_dict() == {
        "GPT-2": [0.146, 0.150, 0.148],
        "LLaMA2": [0.170, 0.169, 0.170],
        "LLaMA3": [0.080, 0.082, 0.081],
    }
    cells = tables.threshold_cells(rows).set_index("model, method")["threshold [95 % interval]"]
    assert cells["LLaMA3, three methods"] == "0.080 / 0.082 / 0.081"
    assert "0.100" in cells["m, IG"].tolist()


def test_table_5_is_the_last_fact_through_the_first_pattern(study):
    queries = study["queries"].sample(frac=1, random_state=1)
    rows = tables.example_rows(study["facts"].sample(frac=1, random_state=2), queries)
    assert rows["fact_id"].tolist() == ["P1/00011", "P2/00011", "P3/00011"]
    assert rows["prompt"].tolist()[0] == "Subject 1-11 is the capital of"
    assert rows["n_facts"].tolist() == [12, 12, 12]
    assert rows["n_templates"].tolist() == [4, 4, 4]
    cells = tables.example_cells(rows)
    assert cells["first pattern"].tolist()[0] == "[X] is the capital of"
    assert cells["answer"].tolist()[0] == "Object 1"
