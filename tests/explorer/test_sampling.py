"""The facts on a page have their shares of relations and classes, however many fit."""

import numpy as np
import pandas as pd
import pytest

from qloc.explorer import sampling
from qloc.explorer.sampling import facts_in_line, fitting


@pytest.fixture
def tables():
    """120 facts of P1 and 30 of P2; of each, a third is consistent."""
    facts = [f"P1/{n:05d}" for n in range(120)] + [f"P2/{n:05d}" for n in range(30)]
    scores = pd.DataFrame({"fact_id": facts, "relation": [fact[:2] for fact in facts]})
    classes = pd.DataFrame({"fact_id": facts, "is_consistent": [i % 3 == 0 for i in range(150)]})
    return scores, classes


@pytest.mark.parametrize("n_facts", [15, 30, 75])
def test_every_first_part_has_the_shares_of_all(tables, n_facts):
    scores, classes = tables
    line = facts_in_line(scores, classes, 4)
    first = classes.set_index("fact_id").loc[line[:n_facts]]
    in_first = first.index.str.startswith("P1/")
    assert in_first.mean() == pytest.approx(0.8, abs=0.02)
    assert first["is_consistent"].mean() == pytest.approx(1 / 3, abs=0.04)
    assert first.loc[~in_first, "is_consistent"].mean() == pytest.approx(1 / 3, abs=0.04)


def test_the_seed_and_nothing_else_decides_who_comes_first(tables):
    scores, classes = tables
    line = facts_in_line(scores, classes, 4)
    shuffled = scores.sample(frac=1, random_state=1), classes.sample(frac=1, random_state=2)
    assert facts_in_line(*shuffled, 4) == line
    assert facts_in_line(scores, classes, 5) != line
    assert sorted(line) == sorted(scores["fact_id"])


def test_facts_without_a_class_stand_in_line(tables):
    scores, classes = tables
    line = facts_in_line(scores, classes.iloc[:0], 4)
    assert len(line) == 150


def test_no_more_facts_are_read_than_a_page_could_show(tables, monkeypatch):
    monkeypatch.setattr(sampling, "MOST_FACTS", 20)
    assert facts_in_line(*tables, 4) == facts_in_line(*tables, 4)[:20]
    assert len(facts_in_line(*tables, 4)) == 20


def test_the_lowest_stop_is_the_one_at_which_enough_facts_fit(monkeypatch):
    monkeypatch.setattr(sampling, "BUDGET", 100)
    monkeypatch.setattr(sampling, "ENOUGH_FACTS", 5)
    costs = [np.full(9, 50.0), np.full(9, 25.0), np.full(9, 20.0), np.full(9, 10.0)]
    assert fitting(costs) == (2, 5)
    assert fitting(costs[:2]) == (1, 4)
    assert fitting([np.full(3, 20.0)]) == (0, 3)
    assert fitting([np.full(3, 500.0)]) == (0, 1)
    assert fitting([np.zeros(0)]) == (0, 0)
