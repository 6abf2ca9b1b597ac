"""Lines of tables of edits hold the study's numbers."""

import numpy as np
import pytest
from tests.edits import quality

from qloc.contracts.neuron_sets import EDITED_SETS
from qloc.figures.edit_cells import JUDGED, pair_cells, quality_cells, scorer_cells

HELD_OUT, SEEN = JUDGED
RANDOM, TOP = "– as many at random", "– as many top scores"


@pytest.fixture
def rows(study):
    """Updates of the preset `calibrated` at the chosen strength: summaries, comparisons."""
    found = {}
    for name in ("edit_summaries", "edit_comparisons"):
        table = study[name]
        is_meant = (table["operation"] == "update") & (table["preset"] == "calibrated")
        found[name] = table[is_meant & (table["strength"] == 2)].copy()
    return found


def test_every_set_is_judged_once_and_stands_above_its_controls():
    assert sorted({*HELD_OUT.lines, *SEEN.lines}) == sorted(EDITED_SETS)
    assert set(HELD_OUT.lines) & set(SEEN.lines) == {"query", "query_random"}
    assert SEEN.lines[2:5] == ["union", "union_random", "union_top"]


def test_a_line_has_the_metrics_of_its_set_and_class(rows):
    cells = quality_cells(rows["edit_summaries"], SEEN).set_index("set, facts")
    assert [name for name in cells.index if name.startswith("– as many top")] == [
        f"{TOP}, {kind}" for _ in range(2) for kind in ("K_C", "K_I")
    ]
    line = cells.loc["union, K_I"]
    values = {name: pair[1] for name, pair in quality("union", "update", "calibrated", 2).items()}
    average = values["average_seen"]
    assert line["Rel"] == f"{values['reliability']:.2f} [0.87, 1.05]"
    assert line["Gen"] == f"{values['generalization_seen']:.2f} [0.71, 0.89]"
    assert line["Loc"] == f"{values['locality']:.2f} [0.31, 0.49]"
    assert line["Avg"] == f"{average:.2f} [{average - 0.09:.2f}, {average + 0.09:.2f}]"
    assert line["ΔPPL, %"] == "150 [127, 172]"
    assert line["median ΔPPL, %"] == "150"
    assert (line["neurons"], line["no edit, %"]) == ("30.0", "0.0")
    assert cells.loc["consistency-aware, K_I", "no edit, %"] == "10.0"


def test_held_out_sets_are_judged_by_held_out_queries(rows):
    cells = quality_cells(rows["edit_summaries"], HELD_OUT).set_index("set, facts")
    for name in ("query", "union", "consistency-aware"):
        of_set = name.replace("-", "_") + ("" if name == "query" else "_held_out")
        value = quality(of_set, "update", "calibrated", 2)["generalization"][0]
        assert cells.loc[f"{name}, K_C", "Gen"].startswith(f"{value:.2f} [")


def test_a_difference_of_classes_has_no_size_and_no_median(rows):
    cells = quality_cells(rows["edit_summaries"], SEEN).set_index("set, facts")
    line = cells.loc["query, K_I − K_C"]
    assert line["Gen"] == "−0.30 [−0.39, −0.21]"
    missing = ["neurons", "no edit, %", "median ΔPPL, %"]
    assert line[missing].tolist() == ["–"] * 3
    assert f"{RANDOM}, K_I − K_C" not in cells.index


def test_a_perplexity_too_large_for_some_facts_has_no_mean(rows):
    summaries = rows["edit_summaries"]
    is_meant = (summaries["neuron_set"] == "union") & (summaries["metric"] == "perplexity_change")
    summaries.loc[is_meant, "n_facts"] -= 2
    cells = quality_cells(summaries, SEEN).set_index("set, facts")
    line = cells.loc["union, K_C"]
    assert (line["ΔPPL, %"], line["median ΔPPL, %"]) == ("beyond any number: 2 facts", "–")
    assert cells.loc["query, K_C", "ΔPPL, %"] == "2.0 [−7.2, 11.2]"
    lost = quality_cells(summaries[~is_meant], SEEN).set_index("set, facts")
    n_facts = line["facts: Rel, Gen"].partition(",")[0]
    assert lost.loc["union, K_C", "ΔPPL, %"] == f"beyond any number: {n_facts} facts"


def test_numbers_of_facts_are_those_of_both_metrics(rows):
    summaries = rows["edit_summaries"]
    held_out = summaries["metric"] == "generalization"
    summaries.loc[held_out, "n_facts"] = 5
    cells = quality_cells(summaries, HELD_OUT).set_index("set, facts")
    n_facts = summaries[(summaries["fact_class"] == "consistent") & ~held_out]["n_facts"].max()
    assert cells.loc["query, K_C", "facts: Rel, Gen"] == f"{n_facts}, 5"


def test_without_a_threshold_all_facts_are_shown(rows):
    summaries, comparisons = rows["edit_summaries"], rows["edit_comparisons"]
    summaries = summaries[summaries["fact_class"] == "all"]
    comparisons = comparisons[comparisons["fact_class"] == "all"]
    for cells in (quality_cells(summaries, SEEN), pair_cells(comparisons, SEEN)):
        assert cells.iloc[:, 0].str.endswith(", all facts").all()


def test_pairs_are_compared_with_p_in_the_order_of_the_lines(rows):
    cells = pair_cells(rows["edit_comparisons"], SEEN).set_index("sets, facts")
    assert cells.index.tolist() == [
        f"{pair}, {kind}"
        for pair in (
            "query − as many at random",
            "union − query",
            "union − as many at random",
            "union − as many top scores",
            "consistency-aware − query",
            "consistency-aware − union",
            "consistency-aware − as many at random",
            "consistency-aware − as many top scores",
        )
        for kind in ("K_C", "K_I")
    ]
    line = cells.loc["union − query, K_I"]
    assert line["Loc"] == "−0.52 [−0.58, −0.46], p\N{NO-BREAK SPACE}0.02"
    assert line["ΔPPL, %"] == "149 [143, 155]"


def test_what_was_not_tested_has_no_p_and_what_does_not_vary_no_interval(rows):
    comparisons = rows["edit_comparisons"]
    comparisons[["p_holm", "ci_low", "ci_high"]] = np.nan
    line = pair_cells(comparisons, HELD_OUT).set_index("sets, facts").loc["union − query, K_I"]
    assert line["Loc"] == "−0.52 [not estimable]"
    assert line["ΔPPL, %"] == "149 [not estimable]"


def test_scorers_are_shown_where_they_differ(rows):
    summaries = rows["edit_summaries"]
    cells = scorer_cells(summaries, SEEN).set_index("set, facts")
    average = quality("union", "update", "calibrated", 2)["average_seen"][0]
    assert cells.loc["union, K_C"].tolist() == [
        f"{average * factor:.2f}" for factor in (1, 0.9, 0.8)
    ]
    assert cells.columns.tolist() == ["first token", "token accuracy", "exact match"]
    means = summaries.groupby(["neuron_set", "fact_class", "metric"])["mean"]
    assert scorer_cells(summaries.assign(mean=means.transform("first")), SEEN).empty
