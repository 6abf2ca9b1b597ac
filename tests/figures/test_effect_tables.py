"""Tables of interventions show classes where there are some, in percent."""

from types import SimpleNamespace

import pandas as pd
import pytest

from qloc.figures import effect_tables

NAN = float("nan")


@pytest.fixture
def summaries(study):
    """Of two models; the static threshold parts the facts of the second, by one method."""
    first, second = (study["mapping_summaries"].assign(model=name) for name in ("m", "n"))
    parted = (second["criterion"] == "static") & (second["method"] == "sig")
    second.loc[parted, "n_facts"] = 9
    return pd.concat([first, second], ignore_index=True)


def test_otsu_comes_first_and_static_only_where_it_parts_facts(summaries):
    shown = [found[:2] for found in effect_tables.by_classes(summaries)]
    assert shown == [("otsu", "m"), ("otsu", "n"), ("static", "n")]
    for criterion, model, rows in effect_tables.by_classes(summaries):
        assert set(rows["criterion"]) == {criterion}
        assert set(rows["model"]) == {model}


def test_rows_of_a_threshold_that_parts_no_facts_are_left_out(summaries):
    found = effect_tables.without_unparted(summaries, summaries)
    shown = found[["criterion", "model"]].drop_duplicates()
    assert set(shown.itertuples(index=False, name=None)) == {
        ("otsu", "m"),
        ("otsu", "n"),
        ("static", "n"),
    }
    assert len(found) == 0.75 * len(summaries)


def test_models_with_one_class_are_named(summaries):
    (note,) = effect_tables.notes_on_static(summaries)
    assert "static threshold m has facts of one class only" in note


def test_classes_split_between_methods_are_not_both(summaries):
    of_static = summaries[(summaries["model"] == "m") & (summaries["criterion"] == "static")].copy()
    sizes = {("ig", "consistent"): 0, ("ig", "inconsistent"): 9}
    for (method, kind), n in sizes.items():
        chosen = (of_static["method"] == method) & (of_static["fact_class"] == kind)
        of_static.loc[chosen, "n_facts"] = n
    assert list(effect_tables.by_classes(of_static)) == []


def test_effects_and_comparisons_stand_in_one_form(study):
    summaries, comparisons = study["mapping_summaries"], study["mapping_comparisons"]
    rows = effect_tables.effect_rows(summaries, comparisons)
    assert len(rows) == len(summaries) + len(comparisons)
    assert rows["estimate"].tolist()[0] == summaries["mean"].iloc[0]
    assert rows["estimate"].tolist()[-1] == comparisons["difference"].iloc[-1]
    assert rows["other_set"].isna().sum() == len(summaries)
    assert rows["p_holm"].iloc[: len(summaries)].isna().all()
    assert rows["n_queries"].dtype == "Int64"
    assert list(rows)[:6] == [
        "method", "criterion", "fact_class", "manipulation", "neuron_set", "other_set"
    ]  # fmt: skip


def test_effects_are_percent():
    row = SimpleNamespace(mean=0.456, difference=-0.0123, ci_low=-0.02, ci_high=0.5, p_holm=2e-9)
    assert effect_tables.in_percent(row) == "45.6 [−2.0, 50.0]"
    assert effect_tables.tested(row) == "−1.2 [−2.0, 50.0], p\N{NO-BREAK SPACE}2e−09"
    row.p_holm, row.difference = NAN, NAN
    assert effect_tables.tested(row) == "not defined, p\N{NO-BREAK SPACE}not defined"


def test_sizes_are_counted():
    rows = [SimpleNamespace(n_facts=1280), SimpleNamespace(n_facts=7)]
    assert effect_tables.sizes(rows) == "1,280, 7"
