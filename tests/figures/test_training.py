"""The curves of training are the table's columns."""

import numpy as np
import pytest

from qloc.figures import training


def test_every_measure_is_a_line_over_the_steps(study):
    rows = study["training"]
    figure = training.draw(rows.sample(frac=1, random_state=1))
    for axes, (_, lines) in zip(figure.axes, training.PANELS.values(), strict=True):
        for line, column in zip(axes.lines, lines, strict=True):
            assert list(line.get_xdata()) == rows["step"].tolist()
            assert list(line.get_ydata()) == rows[column].tolist()


def test_the_last_value_stands_in_the_legend(study):
    figure = training.draw(study["training"])
    labels = [line.get_label() for axes in figure.axes for line in axes.lines]
    assert labels[:2] == ["trained 0.97", "held out 0.86"]
    assert labels[-1] == "perplexity 541"


def test_without_held_out_templates_there_is_one_line(study):
    rows = study["training"].assign(held_out_accuracy=np.nan)
    assert len(training.draw(rows).axes[0].lines) == 1
    assert "not defined" in training.describe(rows)


@pytest.mark.parametrize(("share", "said"), [(0.9972, "99.7 %"), (0.9999, "99.9 %"), (1, "100 %")])
def test_a_share_is_never_rounded_up_to_all(study, share, said):
    rows = study["training"].assign(trained_accuracy=share)
    assert f" answers {said} of the trained queries" in training.describe(rows)
