"""The figure shows how far every two methods agree, and what all of them call inconsistent."""

import numpy as np
import pytest

from qloc.figures import agreement, style


@pytest.fixture
def drawn(study):
    figure = agreement.draw(study["method_agreements"], study["class_agreements"])
    return figure.axes


def marks(axes, shape):
    """Where the marks of one shape stand: (x, y), from top to bottom."""
    found = [line for line in axes.lines if line.get_marker() == shape and len(line.get_xdata())]
    places = [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in found]
    return sorted(places, key=lambda place: place[1])


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_every_pair_of_methods_has_a_mark_for_every_partner(study, drawn):
    rows = study["method_agreements"]
    of_all = rows[rows["relation"] == "all"]
    for partner, (_, shape, _) in agreement.PARTNERS.items():
        own = of_all[of_all["partner"] == partner].set_index(["method", "other_method"])
        pairs = [("ig", "sig"), ("ig", "amig"), ("sig", "amig")]
        expected = [own.loc[pair, "mean_jaccard"] for pair in pairs]
        assert [x for x, _ in marks(drawn[0], shape)] == expected
    labels = [label.get_text() for label in drawn[0].get_yticklabels()]
    assert labels == ["IG, SIG\nn=144", "IG, AMIG\nn=144", "SIG, AMIG\nn=144"]
    assert [x for x, _ in marks(drawn[0], "|")] == [0.7] * 3
    assert "0.62 [0.57, 0.67]" in texts(drawn[0])


def test_methods_alone_keep_their_marks_and_colours(drawn):
    for method, share in (("ig", 0.51), ("sig", 0.67), ("amig", 0.49)):
        places = marks(drawn[1], style.METHOD_MARK[method])
        assert [x for x, _ in places] == [0.0, share]
        lines = [line for line in drawn[1].lines if line.get_label() == style.METHOD_NAME[method]]
        assert [line.get_color() for line in lines] == [style.METHOD_COLOUR[method]]


def test_all_at_once_stands_above_both_kinds_of_independence(drawn):
    assert [x for x, _ in marks(drawn[1], "D")] == [0.0, 0.0, 0.0, 0.34, 0.21, 0.17]
    assert "0.34 [0.28, 0.40]" in texts(drawn[1])
    assert texts(drawn[1]).count("0.00 [not estimable]") == 3
    assert "Otsu threshold, n=36 facts" in texts(drawn[1])


def test_the_description_tells_overlaps_and_the_share_of_all(study):
    text = agreement.describe(study["method_agreements"], study["class_agreements"])
    assert "by mean Jaccard 0.27 to 0.62 (" in text
    assert text.endswith("; 0.34 [0.28, 0.40] of 36 facts are inconsistent to all (Otsu).")


def test_a_criterion_without_a_threshold_has_no_shares(study):
    classes = study["class_agreements"]
    is_otsu = classes["criterion"] == "otsu"
    columns = ["estimate", "ci_low", "ci_high", "conditional_ci_low", "conditional_ci_high"]
    classes.loc[is_otsu, columns] = np.nan
    assert "Otsu" not in agreement.describe(study["method_agreements"], classes)
    axes = agreement.draw(study["method_agreements"], classes).axes[1]
    assert len(marks(axes, "D")) == 3


def test_two_methods_are_one_pair(study):
    rows, classes = study["method_agreements"], study["class_agreements"]
    two = rows[(rows["method"] == "ig") & (rows["other_method"] == "amig")]
    axes = agreement.draw(two, classes[classes["method"] != "sig"]).axes
    assert len(axes[0].get_yticklabels()) == 1
    names = [text.get_text() for text in axes[1].get_legend().get_texts()]
    assert names == ["IG", "AMIG"]
