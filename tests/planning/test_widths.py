"""Widths of intervals: by hand, against the bootstrap itself, and from a run's tables."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qloc.contracts.class_summaries import CLASS_SUMMARIES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.measures.bootstrap import Draws, two_stage_interval, weighted_means
from qloc.planning.widths import (
    ASSUMED,
    INCONSISTENT,
    MEAN_SCORE,
    Spread,
    interval_width,
    measured_spreads,
    spread_of,
)
from qloc.tables import write_table


def test_the_width_by_hand() -> None:
    # 4 relations of 10 facts: ((3/4) (0.04 + 0.01) + (9/10) 0.01) / 4 = 0.011625.
    width = interval_width(Spread(between=0.04, within=0.1), 4, 10.0)
    # t(3) at 2.5 % is 3.182446.
    assert width == pytest.approx(2 * 3.182446 * math.sqrt(4 / 3 * 0.011625), rel=1e-6)


def test_the_threshold_that_moves_widens() -> None:
    still, moving = Spread(0.04, 0.1), Spread(0.04, 0.1, widening=1.5)
    assert interval_width(moving, 4, 10.0) == pytest.approx(1.5 * interval_width(still, 4, 10.0))


def test_facts_shrink_what_lies_within_and_relations_all() -> None:
    spread = ASSUMED[MEAN_SCORE]
    # t(34) at 2.5 % is 2.032244.
    of_relations = 2 * 2.032244 * math.sqrt(spread.between / 35)
    assert interval_width(spread, 35, 1e9) == pytest.approx(of_relations, rel=1e-4)
    assert interval_width(spread, 35, 5.0) > interval_width(spread, 35, 50.0) > of_relations
    assert interval_width(spread, 1_000_000, 5.0) < 0.001


@pytest.mark.parametrize(("n_relations", "n_facts"), [(1, 30.0), (0, 30.0), (8, 0.0)])
def test_from_nothing_there_is_no_interval(n_relations: int, n_facts: int) -> None:
    assert math.isnan(interval_width(ASSUMED[INCONSISTENT], n_relations, n_facts))


def test_the_assumed_spreads_give_the_widths_that_real_pararel_gave() -> None:
    """These were plain percentiles of the draws, which over 35 relations are 5 % narrower."""
    n_facts, widened = (959 + 964) / 2 / 35, 2.032 / 1.96 * math.sqrt(35 / 34)
    widths = [interval_width(ASSUMED[name], 35, n_facts) for name in (MEAN_SCORE, INCONSISTENT)]
    assert widths == [
        pytest.approx(0.11 * widened, abs=0.005),
        pytest.approx(0.18 * widened, abs=0.01),
    ]


def facts_like(
    spread: Spread, n_relations: int, n_facts: int, draws: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    relations = np.repeat(np.arange(n_relations), n_facts)
    of_relation = draws.normal(0.5, math.sqrt(spread.between), n_relations)[relations]
    return of_relation + draws.normal(0, math.sqrt(spread.within), len(relations)), relations


def bootstrapped_width(
    values: np.ndarray, relations: np.ndarray, draws: np.random.Generator
) -> float:
    def mean(drawn: Draws) -> np.ndarray:
        return weighted_means(values[:, None], drawn.facts)

    low, high = two_stage_interval(mean, relations, 400, draws)[:2, 0]
    return float(high - low)


@pytest.mark.slow
@pytest.mark.parametrize(("n_relations", "n_facts"), [(8, 30), (12, 4), (35, 10)])
@pytest.mark.parametrize("spread", [Spread(0.027, 0.02), Spread(0.001, 0.012)])
def test_the_bootstrap_is_as_wide(spread: Spread, n_relations: int, n_facts: int) -> None:
    draws = np.random.default_rng(5)
    widths = [
        bootstrapped_width(*facts_like(spread, n_relations, n_facts, draws), draws)
        for _ in range(150)
    ]
    root_mean_square = math.sqrt(np.mean(np.square(widths)))
    assert root_mean_square == pytest.approx(
        interval_width(spread, n_relations, float(n_facts)), rel=0.05
    )


def test_the_spread_by_hand() -> None:
    # Means 2 and 5 of relations of 2 facts; within: (1+1+1+1)/(4-2) = 2, of means: 2·2·1.5²/1 = 9.
    values, relations = np.array([1.0, 3.0, 4.0, 6.0]), np.array([0, 0, 1, 1])
    spread = spread_of(values, relations, math.nan)
    assert (spread.between, spread.within, spread.widening) == (3.5, 2.0, 1.0)


def test_the_width_of_a_run_is_met_at_its_own_size() -> None:
    values, relations = facts_like(Spread(0.03, 0.02), 8, 30, np.random.default_rng(2))
    spread = spread_of(values, relations, 0.25)
    assert interval_width(spread, 8, 30.0) == pytest.approx(0.25)


def test_spreads_are_found_again_where_relations_differ_in_size() -> None:
    draws = np.random.default_rng(3)
    relations = np.repeat(np.arange(2000), draws.integers(2, 20, 2000))
    values = draws.normal(0, 0.2, 2000)[relations] + draws.normal(0, 0.3, len(relations))
    spread = spread_of(values, relations, math.nan)
    assert spread.between == pytest.approx(0.04, rel=0.1)
    assert spread.within == pytest.approx(0.09, rel=0.05)


def test_relations_that_are_alike_differ_by_nothing() -> None:
    values, relations = np.array([0.0, 1.0, 0.0, 1.0]), np.array([0, 0, 1, 1])
    assert spread_of(values, relations, math.nan).between == 0


def write_run(results: Path, scores: list[float]) -> None:
    facts = pd.DataFrame({column.name: [0] * len(scores) for column in CONSISTENCY_SCORES.columns})
    facts["fact_id"] = [f"fact {number}" for number in range(len(scores))]
    facts["relation"] = ["P36", "P103"] * (len(scores) // 2)
    facts["consistency_score"] = scores
    write_table(CONSISTENCY_SCORES, facts, results / "consistency_scores/gpt2/ig.parquet")
    summaries = pd.DataFrame(
        {
            "criterion": "otsu",
            "statistic": ["threshold", INCONSISTENT, MEAN_SCORE],
            "n_facts": len(scores),
            "n_relations": 2,
            "estimate": [0.5, 0.5, 0.45],
            "ci_low": [0.4, 0.1, 0.3],
            "ci_high": [0.6, 0.9, 0.6],
            "conditional_ci_low": 0.4,
            "conditional_ci_high": 0.5,
            "simultaneous_ci_low": 0.05,
            "simultaneous_ci_high": 0.95,
        }
    )
    write_table(CLASS_SUMMARIES, summaries, results / "class_summaries/gpt2/ig.parquet")


def test_a_finished_study_says_how_its_own_facts_differ(tmp_path: Path) -> None:
    write_run(tmp_path, [0.2, 0.6, 0.4, 0.8, 0.3, 0.4])
    spreads = measured_spreads(tmp_path, "gpt2", "ig")
    assert set(spreads) == {MEAN_SCORE, INCONSISTENT}
    # P36: 0.2 0.4 0.3; P103: 0.6 0.8 0.4 (inconsistent: 1 1 1; 0 0 1).
    assert spreads[MEAN_SCORE].within == pytest.approx((0.02 + 0.08) / 4)
    assert spreads[INCONSISTENT].within == pytest.approx((2 / 3) / 4)
    assert interval_width(spreads[MEAN_SCORE], 2, 3.0) == pytest.approx(0.3)
    assert interval_width(spreads[INCONSISTENT], 2, 3.0) == pytest.approx(0.8)


def test_without_a_run_nothing_is_measured(tmp_path: Path) -> None:
    assert measured_spreads(tmp_path, "gpt2", "ig") == {}


def test_one_fact_of_each_relation_tells_nothing(tmp_path: Path) -> None:
    write_run(tmp_path, [0.2, 0.6])
    assert measured_spreads(tmp_path, "gpt2", "ig") == {}
