"""The funnel shows what every step left and dropped."""

from qloc.contracts.funnels import FUNNELS
from qloc.figures import funnel


def test_bars_are_the_counts_left_and_dropped(study):
    rows = funnel.steps(study["funnels"])
    figure = funnel.draw(study["funnels"])
    for axes, unit in zip(figure.axes, funnel.UNITS, strict=True):
        kept, dropped = axes.containers
        assert [bar.get_width() for bar in kept] == rows[f"n_{unit}"].tolist()
        assert [bar.get_width() for bar in dropped] == rows[f"n_{unit}_dropped"].tolist()
        assert [bar.get_x() for bar in dropped] == rows[f"n_{unit}"].tolist()


def test_every_bar_has_its_numbers_beside_it(study):
    figure = funnel.draw(study["funnels"])
    texts = [text.get_text() for text in figure.axes[1].texts]
    assert texts == ["180", "144  (−36)", "108  (−36)"]


def test_only_the_steps_over_all_relations_are_shown(study):
    rows = study["funnels"]
    one = rows.assign(relation="P1", n_facts=1)
    assert funnel.steps(one).empty
    assert len(funnel.steps(rows)) == 3


def test_every_reason_of_the_table_has_words():
    reasons = next(column for column in FUNNELS.columns if column.name == "reason").choices
    assert set(funnel.REASONS) == set(reasons)
