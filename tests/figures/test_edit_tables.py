"""Pages of edits have a table for everything that was edited, and no line without a number."""

import pandas as pd
import pytest

from qloc.figures.edit_tables import edit_tables, shown_comparisons, shown_summaries


@pytest.fixture
def shown(study):
    """The tables of two models, of which the second comes first in the alphabet."""

    def of_models(name):
        return pd.concat(
            [study[name].assign(model=model) for model in ("tiny-llama", "tiny-gpt2")],
            ignore_index=True,
        )

    return (
        shown_summaries(of_models("edit_summaries")),
        shown_comparisons(of_models("edit_comparisons")),
    )


def test_tables_stand_in_the_order_of_the_study(shown):
    captions = [table.caption for table in edit_tables(*shown)]
    assert len(captions) == 2 * 2 * 2 * 2 * 3
    assert captions[:2] == [
        f"{what}: tiny-llama, IG, erase, preset paper (set to 0), classes by Otsu's threshold;"
        " sets of half of the queries, Gen on the others"
        for what in ("Quality of edits", "Differences within facts")
    ]
    assert captions[3].endswith("; sets of all queries, Gen on the same")
    assert "tiny-llama, IG, erase, preset calibrated (λ₁ = 1)" in captions[6]
    assert "tiny-llama, IG, update, preset paper (λ₁ = 2, λ₂ = 2)" in captions[12]
    assert "tiny-gpt2, IG, erase" in captions[24]


def test_numbers_are_of_the_chosen_strength_and_the_first_scorer(shown, study):
    summaries, comparisons = shown
    assert summaries["is_chosen"].all()
    others = summaries[summaries["scorer"] != "first_token"]
    assert set(others["metric"]) == {"average", "average_seen"}
    assert set(comparisons["scorer"]) == {"first_token"}
    everything = study["edit_summaries"]
    is_told = everything["is_chosen"] & (everything["scorer"] == "first_token")
    is_told &= everything["fact_class"] != "all"
    n_rows = int((is_told & everything["mean"].notna()).sum())
    assert len(summaries[summaries["scorer"] == "first_token"]) == 2 * n_rows


def test_a_perplexity_too_large_for_all_is_shown_and_nothing_else_that_is_missing(study):
    summaries = study["edit_summaries"].assign(model="m")
    is_lost = (summaries["metric"] == "perplexity_change") & (summaries["neuron_set"] == "union")
    summaries.loc[is_lost, "n_missing"] += summaries.loc[is_lost, "n_facts"]
    summaries.loc[is_lost, "n_facts"] = 0
    numbers = ["mean", "ci_low", "ci_high", "median"]
    summaries.loc[is_lost, numbers] = float("nan")
    shown = shown_summaries(summaries)
    assert set(shown[shown["mean"].isna()]["neuron_set"]) == {"union"}
    tables = edit_tables(shown, shown_comparisons(study["edit_comparisons"].assign(model="m")))
    cells = tables[3].cells.set_index("set, facts")
    assert cells.loc["union, K_I", "ΔPPL, %"].startswith("beyond any number: ")


def test_all_facts_together_are_shown_where_none_has_a_class(study):
    summaries, comparisons = (
        study[name].assign(model="m") for name in ("edit_summaries", "edit_comparisons")
    )
    numbers = ["mean", "ci_low", "ci_high", "median"]
    for table in (summaries, comparisons):
        is_of_class = table["fact_class"] != "all"
        table.loc[is_of_class, "n_facts"] = 0
        table.loc[is_of_class, [name for name in numbers if name in table]] = float("nan")
    summaries.loc[summaries["fact_class"] != "all", "n_missing"] = 0
    tables = edit_tables(shown_summaries(summaries), shown_comparisons(comparisons))
    assert len(tables) == 2 * 2 * 2 * 3
    assert all(table.cells.iloc[:, 0].str.endswith(", all facts").all() for table in tables)


def test_without_held_out_queries_there_is_one_way_to_judge(shown):
    summaries, comparisons = shown
    unseen = ["generalization", "average"]
    tables = edit_tables(
        summaries[~summaries["metric"].isin(unseen)],
        comparisons[~comparisons["metric"].isin(unseen)],
    )
    assert len(tables) == 2 * 2 * 2 * 3
    assert all("sets of all queries" in table.caption for table in tables)


def test_nothing_edited_gives_no_table(shown):
    assert edit_tables(*(table.iloc[:0] for table in shown)) == []
