"""Every rule stands on a line of its own, with what the table says of it."""

import numpy as np
import pytest

from qloc.figures import quadratures
from qloc.measures.proportion import wilson_interval
from qloc.measures.quadrature_comparison import COMPARED, ROUNDING


@pytest.fixture
def rows(study):
    return study["quadrature_comparisons"]


def draw(rows, quadrature="adaptive", steps=20):
    return quadratures.draw(rows, quadrature, steps, 1e-3)


def marks(axes, marker):
    return [float(line.get_xdata()[0]) for line in axes.lines if line.get_marker() == marker]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_counts_and_means_are_those_of_the_table(rows):
    found = quadratures.by_rule(rows.sample(frac=1, random_state=1)).set_index(
        ["quadrature", "steps"]
    )
    assert list(found.index) == list(COMPARED)
    for rule in COMPARED:
        own = rows[(rows["quadrature"] == rule[0]) & (rows["steps"] == rule[1])]
        row, n_other = found.loc[rule], int((~own["is_same_set"]).sum())
        assert (row["n_queries"], row["n_other_set"]) == (72, n_other)
        assert (row["ci_low"], row["ci_high"]) == wilson_interval(n_other, 72)
        assert row["n_other_set_by_rounding"] == (own["cut_distance"] <= ROUNDING).sum()
        assert row["mean_jaccard"] == pytest.approx(own["jaccard"].mean())
        assert row["score_error_largest"] == own["score_error"].max()
    assert found["n_not_settled"].tolist()[:1] == [1]
    assert found["n_not_settled"].isna().tolist() == [False] + 8 * [True]
    assert found["n_other_set_by_rounding"].tolist() == [4, 3, 2, 1, 1, 1, 1, 1, 0]


def test_the_share_of_other_sets_stands_within_its_interval(rows):
    found, axes = quadratures.by_rule(rows), draw(rows).axes[0]
    assert marks(axes, "o") == found["share_other_set"].tolist()
    bars = [tuple(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2]
    assert bars == list(zip(found["ci_low"], found["ci_high"], strict=True))
    assert texts(axes)[0] == "36 (4*)"
    assert texts(axes)[-1] == "7"


def test_errors_are_drawn_from_the_median_to_the_largest(rows):
    changed = rows.copy()
    changed.loc[changed.index[0], "score_error"] = 0.5  # of one query by the first rule
    axes = draw(changed).axes[1]
    assert marks(axes, "o") == pytest.approx([10.0 ** -(2 + n) for n in range(7)] + 2 * [1e-8])
    assert marks(axes, "|")[0] == 0.5
    assert axes.lines[-1].get_xdata()[0] == 1e-3  # the tolerance


def test_costs_are_bars_with_their_numbers(rows):
    axes = draw(rows).axes[2]
    widths = [bar.get_width() for bar in axes.containers[0]]
    assert widths == [11.25, 20, 50, 100, 20, 20, 6, 12, 20]
    assert texts(axes)[0] == "11.2"


def test_the_rules_of_paper_and_study_are_named(rows):
    def labels(*own):
        return [label.get_text() for label in draw(rows, *own).axes[0].get_yticklabels()]

    assert labels("adaptive", 20)[:3] == [
        "adaptive (this study)",
        "right Riemann 20 (paper)",
        "right Riemann 50",
    ]
    assert labels("riemann_right", 20)[:2] == ["adaptive", "right Riemann 20 (paper, this study)"]


def test_the_description_counts_the_studys_rule_and_the_papers(rows):
    said = quadratures.describe(rows, "adaptive", 20)
    assert ": adaptive for 36 of 72 queries [" in said
    assert said.endswith(", right Riemann 20 for 24 of 72 queries [23.5, 44.8 %].")
    assert quadratures.describe(rows, "riemann_right", 20).count("right Riemann") == 1


def test_queries_without_scores_have_no_error_to_draw(rows):
    nothing = rows.assign(score_error=np.nan, is_same_set=True, cut_distance=np.nan)
    axes = draw(nothing).axes
    assert texts(axes[1]) == 9 * ["none"]
    assert set(texts(axes[0])) == {"0"}
