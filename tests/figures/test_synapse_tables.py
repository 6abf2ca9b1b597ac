"""Tables of synapses hold the study's numbers."""

import pandas as pd
import pytest

from qloc.figures import synapse_tables
from qloc.figures.synapse_tables import shown_comparisons, shown_effects


@pytest.fixture
def summaries(study):
    return shown_effects(study["synapse_summaries"].assign(model="m"))


@pytest.fixture
def tables(study, summaries):
    comparisons = shown_comparisons(study["synapse_comparisons"].assign(model="m"))
    return synapse_tables.synapse_tables(summaries, comparisons)


def cells(tables, caption):
    (found,) = [table.cells for table in tables if table.caption == caption]
    return found.set_index("method, synapses")


def numbers(summaries, *place):
    key = ["method", "criterion", "fact_class", "preset", "manipulation", "is_renormalised"]
    row = summaries.set_index([*key, "outcome"]).loc[place]
    ends = [f"{100 * row[name]:.1f}" for name in ("mean", "ci_low", "ci_high")]
    return "{} [{}, {}]".format(*ends).replace("-", "−")


def test_the_papers_preset_stands_first_with_five_tables_each(tables):
    assert len(tables) == 10
    assert all("preset paper" in table.caption for table in tables[:5])
    assert all("preset lift" in table.caption for table in tables[5:])


def test_effects_are_shown_by_class_plain_and_renormalised(tables, summaries):
    found = cells(tables, "Effects in percent: m, preset lift, classes by Otsu's threshold")
    assert len(found) == 3 * 2 * 2
    line = found.loc["AMIG, enhanced, renormalised"]
    place = ("lift", "enhance", True)
    of_answer = numbers(summaries, "amig", "otsu", "inconsistent", *place, "answer")
    assert line["answer: K_I"] == of_answer
    of_own = numbers(summaries, "amig", "otsu", "difference", *place, "own")
    assert line["own: K_I − K_C"] == of_own
    assert line["facts: K_C, K_I"] == "18, 18"


def test_all_that_is_looked_at_is_shown_for_all_facts(tables, summaries):
    line = cells(tables, "Effects in percent: m, preset paper, all facts").loc["IG, suppressed"]
    for outcome in ("neighbors only", "random any", "own", "answer"):
        place = ("ig", "otsu", "all", "paper", "suppress", False, outcome.replace(" ", "_"))
        assert line[outcome] == numbers(summaries, *place)
    assert line["own, based on"] == "36 facts, 144 queries"


def test_medians_and_ratios_of_means_stand_beside_means(tables, summaries):
    (found,) = [
        table.cells for table in tables if "Medians" in table.caption and "lift" in table.caption
    ]
    line = found.set_index("method, synapses").loc["SIG, enhanced"]
    chosen = (summaries["method"] == "sig") & (summaries["manipulation"] == "enhance")
    chosen &= (summaries["fact_class"] == "all") & (summaries["criterion"] == "otsu")
    chosen &= (summaries["preset"] == "lift") & ~summaries["is_renormalised"]
    (row,) = summaries[chosen & (summaries["outcome"] == "random")].to_dict("records")
    expected = f"{100 * row['median']:.1f}, {100 * row['ratio_of_means']:.1f}"
    assert line["random"] == expected.replace("-", "−")


def test_controls_are_taken_away_and_what_does_not_exist_is_a_dash(tables):
    caption = "Effect on own neurons less that of a control, in points: m, preset paper, all facts"
    found = cells(tables, caption)
    plain, renormalised = found.loc["SIG, suppressed"], found.loc["SIG, suppressed, renormalised"]
    assert plain["− mass matched"] == "9.9 [4.9, 13.9], p\N{NO-BREAK SPACE}0.01"
    assert renormalised["− mass matched"] == "–"
    assert renormalised["− random columns"].startswith("22.2 [")
    assert found.loc["SIG, enhanced", "suppressed − enhanced, sizes"] == "–"
    answers = cells(tables, caption.replace("own neurons", "the answer"))
    assert list(answers) == ["− mass matched"]


def test_classes_of_the_static_threshold_come_last_and_say_nothing_new_of_all(study, summaries):
    rows = summaries.copy()
    rows.loc[rows["criterion"] == "static", "n_facts"] = 5
    comparisons = shown_comparisons(study["synapse_comparisons"].assign(model="m"))
    tables = synapse_tables.synapse_tables(rows, comparisons)
    assert [table.caption for table in tables[10:]] == [
        f"Effects in percent: m, preset {preset}, classes by the static threshold"
        for preset in ("paper", "lift")
    ]


def test_only_synapses_and_what_is_compared_most_are_shown(study, summaries):
    assert set(summaries["synapse_set"]) == {"synapses"}
    assert len(summaries) == len(study["synapse_summaries"]) * 4 // 14
    comparisons = study["synapse_comparisons"]
    others = comparisons.assign(outcome="neighbors")
    assert shown_comparisons(others).empty
    assert len(shown_comparisons(comparisons)) == len(comparisons)


def test_what_is_manipulated_is_a_mean_over_facts():
    rows = [
        ("m", "lift", which, manipulation, False, fact, 4, n, share, mass)
        for which, fact, n, share, mass in (
            ("synapses", "P1/0", 1, 0.0, 0.5),
            ("synapses", "P1/0", 3, 1.0, 0.7),
            ("synapses", "P1/1", 4, 0.0, 1.0),
            ("random_columns", "P1/0", 0, None, 0.0),
            ("mass_matched", "P1/0", 4, 0.0, 1.0),
        )
        for manipulation in ("suppress", "enhance")
    ]
    names = ["model", "preset", "synapse_set", "manipulation", "is_renormalised", "fact_id"]
    numbers = ["n_columns", "n_synapses", "first_column_share", "attention_mass"]
    found = synapse_tables.column_rows(pd.DataFrame(rows, columns=[*names, *numbers]))
    assert found["synapse_set"].tolist() == ["synapses", "random_columns"]
    assert found["n_facts"].tolist() == [2, 1]
    of_synapses = found.loc[0, ["column_share", "first_column_share", "attention_mass"]]
    assert of_synapses.tolist() == pytest.approx([0.75, 0.25, 0.8])
    cells = synapse_tables.column_table(found).cells
    assert cells.iloc[0].tolist() == ["m, lift", "synapses", "75.0", "25.0", "80.0", "2"]
    assert cells.iloc[1]["of these in the first token's, %"] == "not defined"
