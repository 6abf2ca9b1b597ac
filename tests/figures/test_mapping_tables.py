"""Tables of neuron sets hold the study's numbers."""

import pytest

from qloc.contracts.query_mappings import NEURON_SETS
from qloc.figures.mapping_tables import mapping_tables


@pytest.fixture
def tables(study):
    return mapping_tables(
        study["mapping_summaries"].assign(model="m"),
        study["mapping_comparisons"].assign(model="m"),
    )


def test_every_manipulation_has_effects_and_comparisons(tables):
    assert [table.caption.partition(":")[0] for table in tables] == [
        "Effect on the answer in percent",
        "Differences of effects in points",
    ] * 2
    assert "neurons suppressed, classes by Otsu's threshold" in tables[0].caption
    assert "neurons enhanced" in tables[3].caption


def test_a_line_has_the_numbers_of_its_set(tables, study):
    summaries = study["mapping_summaries"].set_index(
        ["method", "criterion", "fact_class", "manipulation", "neuron_set"]
    )
    cells = tables[2].cells.set_index("method, set")
    assert len(cells) == 3 * len(NEURON_SETS)
    line = cells.loc["SIG, intersection"]
    found = {
        kind: summaries.loc[("sig", "otsu", kind, "enhance", "intersection")]
        for kind in ("all", "consistent", "inconsistent", "difference")
    }
    for name, kind in {"all facts": "all", "K_C": "consistent", "K_I − K_C": "difference"}.items():
        assert line[name].startswith(f"{100 * found[kind]['mean']:.1f} [".replace("-", "−"))
    medians = [100 * found[kind]["median"] for kind in ("consistent", "inconsistent")]
    expected = ", ".join(f"{median:.1f}" for median in medians).replace("-", "−")
    assert line["medians of K_C, K_I"] == expected
    assert line["neurons"] == "3.5"
    assert line["empty, %"] == "12.5"
    assert line["facts: K_C, K_I"] == "18, 18"


def test_sets_are_compared_with_p_and_classes_without(tables):
    line = tables[1].cells.set_index("method, sets").loc["IG, self − unrelated"]
    assert line["K_I"] == "61.0 [56.0, 65.0], p\N{NO-BREAK SPACE}0.01"
    assert line["K_I − K_C"] == "15.2 [10.2, 19.2]"


def test_no_fact_has_no_number(make_study):
    study = make_study(1, 12)
    summaries = study["mapping_summaries"].assign(model="m", n_facts=0, mean=float("nan"))
    table = mapping_tables(summaries, study["mapping_comparisons"].assign(model="m"))[0]
    assert set(table.cells["K_C"]) == {"not defined"}
