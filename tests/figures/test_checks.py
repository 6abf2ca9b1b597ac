"""The checks show how many attributions have which error."""

import numpy as np
import pandas as pd
import pytest

from qloc.figures import checks


def of_words(rows, *shares):
    """The same attributions by as many paths as shares: each word has its share of the errors."""
    errors = ["completeness_gap", "score_change"]
    parts = [
        rows.assign(word=word, nodes=rows["nodes"] + word, **(rows[errors] * share))
        for word, share in enumerate(shares, start=3)
    ]
    return pd.concat(parts, ignore_index=True)


def test_a_curve_says_how_many_errors_are_as_large(study):
    rows = study["attribution_checks"]
    axes = checks.draw(rows, 1e-3).axes[0]
    curve = axes.lines[0]
    gaps = rows["completeness_gap"].to_numpy()
    for at, share in zip(curve.get_xdata(), curve.get_ydata(), strict=True):
        assert share == pytest.approx((gaps >= at).mean())
    assert axes.lines[1].get_xdata()[0] == 1e-3


def test_an_error_of_zero_is_drawn_at_the_smallest(study):
    rows = study["attribution_checks"].assign(score_change=0.0)
    curve = checks.draw(rows, 1e-3).axes[1].lines[0]
    assert set(curve.get_xdata()) == {checks.SMALLEST}


def test_bars_count_the_nodes(study):
    nodes = study["attribution_checks"]["nodes"].value_counts().sort_index()
    axes = checks.draw(study["attribution_checks"], 1e-3).axes[2]
    assert [bar.get_height() for bar in axes.containers[0]] == nodes.tolist()
    assert [label.get_text() for label in axes.get_xticklabels()] == [str(n) for n in nodes.index]


def test_what_did_not_settle_is_counted(study):
    rows = study["attribution_checks"]
    assert checks.n_not_settled(rows) == 1
    assert checks.describe(rows, 1e-3).startswith("1 of 576 attributions")
    table = checks.by_layer(rows).set_index("layer")
    assert table.loc["all", "n_not_settled"] == 1
    assert table.loc["0", "n_attributions"] == 144
    assert table.loc["all", "completeness_gap_largest"] == rows["completeness_gap"].max()


def test_a_rule_without_a_tolerance_has_nothing_to_settle(study):
    rows = study["attribution_checks"].assign(is_settled=None, score_change=np.nan)
    assert checks.n_not_settled(rows) == 0
    assert "without a tolerance" in checks.describe(rows, 1e-3)
    texts = [text.get_text() for text in checks.draw(rows, 1e-3).axes[1].texts]
    assert texts == ["not taken by this rule"]


def test_errors_of_words_are_added_and_an_attribution_counts_once(study):
    rows = study["attribution_checks"]
    words = of_words(rows, 0.5, 0.25, 0.25)
    found = checks.attributions(words).set_index(["query_id", "layer"])
    own = rows.set_index(["query_id", "layer"]).loc[found.index]
    for error in checks.ERRORS:
        np.testing.assert_allclose(found[error], own[error], rtol=1e-12)
    assert (found["is_settled"] == own["is_settled"]).all()
    assert (checks.n_not_settled(words), checks.n_judged(words)) == (1, 576)
    assert checks.describe(words, 1e-3) == checks.describe(rows, 1e-3)
    one, many = (checks.by_layer(table).set_index("layer").loc["all"] for table in (rows, words))
    assert (many["n_attributions"], many["n_paths"]) == (576, 3 * 576)
    assert many["n_not_settled"] == one["n_not_settled"] == 1
    assert many["completeness_gap_p99"] == pytest.approx(one["completeness_gap_p99"])


def test_bars_count_the_nodes_of_every_path(study):
    words = of_words(study["attribution_checks"], 0.5, 0.5)
    axes = checks.draw(words, 1e-3).axes[2]
    assert sum(bar.get_height() for bar in axes.containers[0]) == 2 * 576
    assert axes.get_title(loc="left").endswith(f"{words['nodes'].mean():.1f}")
