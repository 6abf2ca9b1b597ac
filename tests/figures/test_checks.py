"""The checks show how many attributions have which error."""

import numpy as np
import pytest

from qloc.figures import checks


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
